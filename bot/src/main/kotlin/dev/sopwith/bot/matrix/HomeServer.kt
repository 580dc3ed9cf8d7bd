package dev.sopwith.bot.matrix

import dev.sopwith.bot.matrix.MatrixFailure.Kind
import io.ktor.client.engine.HttpClientEngine
import io.ktor.client.engine.okhttp.OkHttp
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonPrimitive
import okhttp3.Call
import okhttp3.EventListener
import okhttp3.Handshake
import okhttp3.OkHttpClient
import okhttp3.Request
import java.io.InterruptedIOException
import java.util.Optional
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** What an account is opened with. */
sealed interface Credential {
    /** An access token: the device is that of whoever made it. */
    class Token(@JvmField val value: String) : Credential

    /** Makes a device, or a new token for the one there is. */
    class Password(@JvmField val value: String) : Credential
}

/**
 * A homeserver by its address: whether it is one, and whose a token is. All requests to it go by one
 * HTTP client.
 *
 * Threading: safe from any thread.
 */
class HomeServer(url: String) : AutoCloseable {
    @JvmField val url: String = url.trimEnd('/')

    private val http: OkHttpClient = OkHttpClient.Builder()
        .connectTimeout(10, TimeUnit.SECONDS)
        .readTimeout(60, TimeUnit.SECONDS)
        .retryOnConnectionFailure(true)
        .addInterceptor(NoStateAfter)
        .addInterceptor(TellTooMany)
        .build()

    internal val engine: HttpClientEngine = OkHttp.create { preconfigured = http }

    /** The versions of the protocol that it speaks; fails where something else answers. */
    fun versions(): CompletableFuture<List<String>> = asked {
        val greeting = Greeting()
        val impatient = http.newBuilder().readTimeout(GREETING_SECONDS, TimeUnit.SECONDS).eventListener(greeting).build()
        val answer = try {
            get("/_matrix/client/versions", Optional.empty(), impatient)
        } catch (e: InterruptedIOException) {
            if (!greeting.isUnderWay) throw e
            throw MatrixFailure(Kind.UNREACHABLE, "the TLS connection failed: nobody answers; what listens there may speak http and not https")
        }
        answer["versions"]?.jsonArray?.map { it.jsonPrimitive.content }
            ?: throw MatrixFailure(Kind.UNREACHABLE, NO_SERVER)
    }

    /** Whose token it is; fails where it is nobody's. */
    fun whoAmI(token: String): CompletableFuture<WhoAmI> = asked {
        val answer = get("/_matrix/client/v3/account/whoami", Optional.of(token))
        WhoAmI(
            answer["user_id"]?.jsonPrimitive?.content ?: throw MatrixFailure(Kind.UNREACHABLE, NO_SERVER),
            answer["device_id"]?.jsonPrimitive?.content ?: "",
        )
    }

    private fun <T> asked(block: suspend () -> T): CompletableFuture<T> = CoroutineScope(Dispatchers.IO).told(block)

    /** Whether a connection waits for the other end to speak TLS. */
    private class Greeting : EventListener() {
        @Volatile var isUnderWay = false

        override fun secureConnectStart(call: Call) {
            isUnderWay = true
        }

        override fun secureConnectEnd(call: Call, handshake: Handshake?) {
            isUnderWay = false
        }
    }

    private fun get(path: String, token: Optional<String>, by: OkHttpClient = http): JsonObject {
        val request = Request.Builder().url(url + path)
        token.ifPresent { request.header("Authorization", "Bearer $it") }
        by.newCall(request.build()).execute().use { response ->
            val text = response.peekBody(ANSWER_MAX).string()
            if (response.code == 401) throw MatrixFailure(Kind.UNAUTHENTICATED, "the server does not know the token")
            val json = runCatching { Json.parseToJsonElement(text) as JsonObject }.getOrNull()
                ?: throw MatrixFailure(Kind.UNREACHABLE, "$NO_SERVER (HTTP ${response.code}, ${response.header("Content-Type") ?: "no type"})")
            if (!response.isSuccessful) throw MatrixFailure(Kind.UNREACHABLE, "it answers HTTP ${response.code}")
            return json
        }
    }

    override fun close() {
        engine.close()
        http.dispatcher.executorService.shutdown()
        http.connectionPool.evictAll()
    }

    private companion object {
        const val GREETING_SECONDS = 8L
        const val ANSWER_MAX = 65_536L
        const val NO_SERVER = "what answers there is no Matrix homeserver"
    }
}
