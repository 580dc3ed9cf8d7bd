package dev.sopwith.bot.matrix

import de.connect2x.trixnity.core.ErrorResponse
import de.connect2x.trixnity.core.MatrixServerException
import dev.sopwith.bot.matrix.MatrixFailure.Kind
import io.ktor.client.network.sockets.ConnectTimeoutException
import io.ktor.client.network.sockets.SocketTimeoutException
import io.ktor.client.plugins.HttpRequestTimeoutException
import io.ktor.http.HttpStatusCode
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.serialization.SerializationException
import java.io.IOException
import java.net.ConnectException
import java.net.UnknownHostException
import javax.net.ssl.SSLException

/** What went wrong, in words for people and a kind for programs. */
internal fun Throwable.toFailure(): MatrixFailure {
    val all = generateSequence(this) { it.cause }.take(20).toList()
    all.filterIsInstance<MatrixFailure>().firstOrNull()?.let { return it }
    all.filterIsInstance<TooMany>().firstOrNull()?.let {
        return MatrixFailure(Kind.TOO_MANY, "too many requests", it.retryAfterMillis)
    }
    all.filterIsInstance<MatrixServerException>().firstOrNull()?.let { return it.said() }
    val cause = all.firstOrNull { it is IOException || it is TimeoutCancellationException || it is SerializationException } ?: this
    return when (cause) {
        is SSLException -> MatrixFailure(Kind.UNREACHABLE, "the TLS connection failed: ${cause.message}")
        is UnknownHostException -> MatrixFailure(Kind.UNREACHABLE, "there is no host ${cause.message}")
        is HttpRequestTimeoutException, is ConnectTimeoutException, is SocketTimeoutException,
        is java.net.SocketTimeoutException, is TimeoutCancellationException ->
            MatrixFailure(Kind.UNREACHABLE, "no answer in time")
        is ConnectException -> MatrixFailure(Kind.UNREACHABLE, "nobody listens there: ${cause.message}")
        is IOException -> MatrixFailure(Kind.UNREACHABLE, cause.message ?: cause.javaClass.simpleName)
        is SerializationException -> MatrixFailure(Kind.UNREACHABLE, "the answer is not one of a homeserver")
        else -> MatrixFailure(Kind.REFUSED, message ?: javaClass.simpleName)
    }
}

private fun MatrixServerException.said(): MatrixFailure {
    val error = errorResponse
    val text = "%s (%d)".format(error.error.ifBlank { error::class.simpleName }, statusCode.value)
    val kind = when {
        error is ErrorResponse.UnknownToken || error is ErrorResponse.MissingToken ||
            error is ErrorResponse.UserDeactivated || error is ErrorResponse.UserSuspended ||
            statusCode == HttpStatusCode.Unauthorized -> Kind.UNAUTHENTICATED
        statusCode == HttpStatusCode.TooManyRequests -> Kind.TOO_MANY
        statusCode == HttpStatusCode.Forbidden -> Kind.FORBIDDEN
        statusCode == HttpStatusCode.NotFound -> Kind.NOT_FOUND
        statusCode.value >= 500 -> Kind.UNREACHABLE
        else -> Kind.REFUSED
    }
    return MatrixFailure(kind, text, retryAfter ?: 0)
}
