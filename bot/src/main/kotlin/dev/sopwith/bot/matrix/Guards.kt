package dev.sopwith.bot.matrix

import de.connect2x.trixnity.clientserverapi.client.MatrixClientAuthProvider
import de.connect2x.trixnity.clientserverapi.client.MatrixClientServerApiClient
import de.connect2x.trixnity.clientserverapi.client.MatrixClientServerApiClientFactory
import de.connect2x.trixnity.clientserverapi.client.SyncBatchTokenStore
import de.connect2x.trixnity.core.ErrorResponse
import de.connect2x.trixnity.core.MatrixServerException
import de.connect2x.trixnity.core.decodeErrorResponse
import de.connect2x.trixnity.core.model.UserId
import de.connect2x.trixnity.core.serialization.events.EventContentSerializerMappings
import de.connect2x.trixnity.utils.RetryFlowDelayConfig
import io.ktor.client.HttpClientConfig
import io.ktor.client.engine.HttpClientEngine
import io.ktor.client.statement.HttpResponse
import io.ktor.client.statement.bodyAsText
import io.ktor.http.HttpStatusCode
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.longOrNull
import okhttp3.Interceptor
import okhttp3.Response
import java.io.IOException
import kotlin.coroutines.CoroutineContext

/**
 * trixnity 5.0.1 asks for `state_after` and then does not look there for encryption: in 2 of 3
 * cases it would send readable text into encrypted rooms. Without the parameter every server answers
 * with the state block that it does read.
 */
internal object NoStateAfter : Interceptor {
    override fun intercept(chain: Interceptor.Chain): Response {
        val request = chain.request()
        if (!request.url.encodedPath.endsWith("/sync")) return chain.proceed(request)
        val url = request.url.newBuilder().removeAllQueryParameters("use_state_after").build()
        return chain.proceed(request.newBuilder().url(url).build())
    }
}

/** A server that has had enough, for the queue to wait: the library would sleep while prompts wait. */
internal class TooMany(val retryAfterMillis: Long) : IOException("too many requests")

internal object TellTooMany : Interceptor {
    private const val PAUSE_MILLIS = 2_000L
    private const val BODY_MAX = 4_096L
    private val sends = Regex(".*/rooms/[^/]+/(send|redact)/.*")

    override fun intercept(chain: Interceptor.Chain): Response {
        val response = chain.proceed(chain.request())
        if (response.code != HttpStatusCode.TooManyRequests.value) return response
        if (!sends.matches(chain.request().url.encodedPath)) return response
        response.use { throw TooMany(pause(it)) }
    }

    private fun pause(response: Response): Long {
        val seconds = response.header("Retry-After")?.trim()?.toLongOrNull()
        if (seconds != null) return seconds.coerceIn(0, 3_600) * 1_000
        val millis = runCatching {
            val body = Json.parseToJsonElement(response.peekBody(BODY_MAX).string()).jsonObject
            body["retry_after_ms"]?.jsonPrimitive?.longOrNull
        }.getOrNull()
        return (millis ?: PAUSE_MILLIS).coerceIn(0, 3_600_000)
    }
}

/**
 * One `M_UNKNOWN_TOKEN` makes trixnity wipe its whole store, with all keys. Here it is told, and
 * nothing else: whoever owns the account decides.
 */
internal class KeepStore(private val rejected: (Boolean) -> Unit) : MatrixClientServerApiClientFactory {
    override fun create(
        authProvider: MatrixClientAuthProvider,
        eventContentSerializerMappings: EventContentSerializerMappings,
        json: Json,
        syncBatchTokenStore: SyncBatchTokenStore,
        syncErrorDelayConfig: RetryFlowDelayConfig,
        coroutineContext: CoroutineContext,
        asUserId: UserId?,
        asDeviceId: String?,
        httpClientEngine: HttpClientEngine?,
        httpClientConfig: (HttpClientConfig<*>.() -> Unit)?,
    ): MatrixClientServerApiClient = super.create(
        Guarded(authProvider), eventContentSerializerMappings, json, syncBatchTokenStore,
        syncErrorDelayConfig, coroutineContext, asUserId, asDeviceId, httpClientEngine, httpClientConfig,
    )

    private inner class Guarded(private val provider: MatrixClientAuthProvider) : MatrixClientAuthProvider by provider {
        /** The body can be read only once: so what the library would throw is thrown here. */
        override suspend fun refreshToken(response: HttpResponse): Boolean {
            if (response.status != HttpStatusCode.Unauthorized) return false
            val error = errors.decodeErrorResponse(response.bodyAsText())
            if (error is ErrorResponse.UnknownToken) rejected(error.softLogout)
            throw MatrixServerException(response.status, error, null)
        }
    }

    private companion object {
        val errors = Json { ignoreUnknownKeys = true }
    }
}
