package dev.sopwith.bot.matrix

import de.connect2x.trixnity.client.CryptoDriverModule
import de.connect2x.trixnity.client.MatrixClient
import de.connect2x.trixnity.client.MediaStoreModule
import de.connect2x.trixnity.client.RepositoriesModule
import de.connect2x.trixnity.client.create
import de.connect2x.trixnity.client.createTrixnityBotModuleFactories
import de.connect2x.trixnity.client.cryptodriver.vodozemac.vodozemac
import de.connect2x.trixnity.client.key
import de.connect2x.trixnity.client.media
import de.connect2x.trixnity.client.media.inMemory
import de.connect2x.trixnity.client.room
import de.connect2x.trixnity.client.room.encrypt
import de.connect2x.trixnity.client.roomEventEncryptionServices
import de.connect2x.trixnity.client.store.AuthenticationStore
import de.connect2x.trixnity.client.store.repository.exposed.exposed
import de.connect2x.trixnity.client.user
import de.connect2x.trixnity.client.user.PowerLevel
import de.connect2x.trixnity.client.verification
import de.connect2x.trixnity.client.verification.SelfVerificationMethod
import de.connect2x.trixnity.client.verification.VerificationService.SelfVerificationMethods
import de.connect2x.trixnity.client.verification.createVerificationModule
import de.connect2x.trixnity.clientserverapi.client.ClassicMatrixClientAuthProviderData
import de.connect2x.trixnity.clientserverapi.client.MatrixClientAuthProviderData
import de.connect2x.trixnity.clientserverapi.client.SyncState
import de.connect2x.trixnity.clientserverapi.client.UIA
import de.connect2x.trixnity.clientserverapi.client.classic
import de.connect2x.trixnity.clientserverapi.client.classicLoginWithPassword
import de.connect2x.trixnity.clientserverapi.model.authentication.IdentifierType
import de.connect2x.trixnity.clientserverapi.model.room.GetEvents
import de.connect2x.trixnity.clientserverapi.model.uia.AuthenticationRequest
import de.connect2x.trixnity.core.ClientEventEmitter
import de.connect2x.trixnity.core.model.EventId
import de.connect2x.trixnity.core.model.RoomAliasId
import de.connect2x.trixnity.core.model.RoomId
import de.connect2x.trixnity.core.model.UserId
import de.connect2x.trixnity.core.model.events.MessageEventContent
import de.connect2x.trixnity.core.model.events.RedactedEventContent
import de.connect2x.trixnity.core.model.events.m.Mentions
import de.connect2x.trixnity.core.model.events.m.ReactionEventContent
import de.connect2x.trixnity.core.model.events.m.RelatesTo
import de.connect2x.trixnity.core.model.events.m.room.EncryptedMessageEventContent
import de.connect2x.trixnity.core.model.events.m.room.EncryptionEventContent
import de.connect2x.trixnity.core.model.events.m.room.FileInfo
import de.connect2x.trixnity.core.model.events.m.room.PowerLevelsEventContent
import de.connect2x.trixnity.core.model.events.m.room.RoomMessageEventContent
import de.connect2x.trixnity.core.model.events.m.room.TombstoneEventContent
import de.connect2x.trixnity.crypto.key.DeviceTrustLevel
import de.connect2x.trixnity.crypto.sign.SignService
import dev.sopwith.bot.matrix.MatrixFailure.Kind
import dev.sopwith.engine.store.UnpackedLibraries
import io.ktor.http.ContentType
import io.ktor.http.Url
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.future.future
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.serialization.json.Json
import org.jetbrains.exposed.sql.Database
import java.util.Optional
import java.util.concurrent.CompletableFuture
import javax.sql.DataSource
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * One account at its homeserver, by way of trixnity: ids are strings, what takes time is a future
 * that fails with a [MatrixFailure]. Decides nothing.
 *
 * Threading: safe from any thread. Durable: keys and the library's own position, in the data source.
 */
class MatrixBridge private constructor(
    private val client: MatrixClient,
    private val scope: CoroutineScope,
    private val server: HomeServer,
    private val listener: SyncListener,
) : AutoCloseable {
    private val reader = SyncReader(client, listener)

    val userId: String get() = client.userId.full
    val deviceId: String get() = client.deviceId

    companion object {
        /** The device of a store that was used before; empty of a new one. */
        private const val COUNT = "select count(*) from account"

        /**
         * Connects an account: with the device of its store, else with a token, else by a password, which
         * makes a device. Asks nobody else; starts no sync.
         */
        @JvmStatic
        fun open(server: HomeServer, user: String, secret: Optional<Credential>, store: DataSource, listener: SyncListener): CompletableFuture<MatrixBridge> {
            LibraryLog.install()
            val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default + CoroutineName("matrix"))
            return scope.told {
                val auth = if (isUsed(store)) null else login(server, user, secret)
                val client = MatrixClient.create(
                    repositoriesModule = RepositoriesModule.exposed(Database.connect(store)),
                    mediaStoreModule = MediaStoreModule.inMemory(),
                    cryptoDriverModule = CryptoDriverModule.vodozemac(),
                    authProviderData = auth,
                    configuration = {
                        name = "matrix"
                        httpClientEngine = server.engine
                        matrixClientServerApiClientFactory = KeepStore(listener::rejected)
                        // By default whoever has the power to forge a tombstone moves us into any public room.
                        autoJoinUpgradedRooms = false
                        modulesFactories = createTrixnityBotModuleFactories() + ::createVerificationModule + OneAtATime::module
                    },
                ).getOrThrow()
                UnpackedLibraries.unlink() // of vodozemac
                if (client.userId.full != user) {
                    client.closeSuspending()
                    throw MatrixFailure(Kind.UNAUTHENTICATED, "the store is of ${client.userId.full}, and the roster names $user")
                }
                MatrixBridge(client, scope, server, listener)
            }.whenComplete { _, failed -> if (failed != null) scope.cancel() }
        }

        /** Whether a device has used this store. */
        @JvmStatic
        fun isUsed(store: DataSource): Boolean = runCatching {
            store.connection.use { c -> c.createStatement().use { s -> s.executeQuery(COUNT).use { it.next() && it.getInt(1) > 0 } } }
        }.getOrDefault(false)

        private suspend fun login(server: HomeServer, user: String, secret: Optional<Credential>, device: String? = null): ClassicMatrixClientAuthProviderData =
            when (val it = secret.orElseThrow { MatrixFailure(Kind.UNAUTHENTICATED, "there is neither a token nor a password") }) {
                is Credential.Token -> MatrixClientAuthProviderData.classic(Url(server.url), it.value)
                is Credential.Password -> MatrixClientAuthProviderData.classicLoginWithPassword(
                    baseUrl = Url(server.url), identifier = IdentifierType.User(user), password = it.value, deviceId = device,
                    initialDeviceDisplayName = "Sopwith", httpClientEngine = server.engine,
                ).getOrElse { e -> throw e.toFailure().ofPassword() }
            }

        /** To a login a server says "forbidden" where it means the password. */
        private fun MatrixFailure.ofPassword(): MatrixFailure =
            if (kind != Kind.FORBIDDEN) this else MatrixFailure(Kind.UNAUTHENTICATED, "the server does not take MATRIX_PASSWORD: $message")
    }

    private fun <T> told(block: suspend () -> T): CompletableFuture<T> = scope.told(block)

    // Receiving

    /** From now on the listener hears. */
    fun startSync(): CompletableFuture<Void?> = told {
        client.api.sync.subscribe(ClientEventEmitter.Priority.LAST) { reader.read(it.syncResponse) }
        client.startSync()
        null
    }

    /** Everything until now has been heard when it completes. */
    fun syncOnce(): CompletableFuture<Void?> = told { client.syncOnce().getOrThrow(); null }

    fun stopSync(): CompletableFuture<Void?> = told { client.stopSync(); null }

    /** Goes on after [stopSync]. */
    fun resumeSync(): CompletableFuture<Void?> = told { client.startSync(); null }

    /** What happened in a room between two positions of a sync. */
    fun between(room: String, from: String, to: String): CompletableFuture<List<Happening>> = told { reader.between(room, from, to) }

    /** What could not be read when it came; empty while its key is not there. */
    fun again(room: String, event: String): CompletableFuture<Optional<Happening>> = told { Optional.ofNullable(reader.again(room, event)) }

    // Sending

    /** Sends a message; the same transaction is the same message. */
    fun send(room: String, message: Outgoing, transaction: String): CompletableFuture<String> =
        told { put(room, content(message, relation(message), message.body, message.html), transaction) }

    /** Shows something else in place of a message of ours. */
    fun edit(room: String, target: String, message: Outgoing, transaction: String): CompletableFuture<String> = told {
        val now = content(message, null, message.body, message.html)
        // Whoever was called by the first version is not called again by each edit.
        val silent = message.copy(mentions = emptySet())
        put(room, content(silent, RelatesTo.Replace(EventId(target), now), "* ${message.body}", "* ${message.html}"), transaction)
    }

    fun react(room: String, target: String, key: String, transaction: String): CompletableFuture<String> =
        told { put(room, ReactionEventContent(RelatesTo.Annotation(EventId(target), key)), transaction) }

    fun redact(room: String, target: String, transaction: String): CompletableFuture<String> =
        told { client.api.room.redactEvent(RoomId(room), EventId(target), txnId = transaction).getOrThrow().full }

    /** Sends a file, encrypted where the room is. */
    fun sendFile(room: String, bytes: ByteArray, name: String, type: String, thread: Optional<String>, transaction: String): CompletableFuture<String> = told {
        val info = FileInfo(mimeType = type, size = bytes.size.toLong())
        val relation = thread.orElse(null)?.let { RelatesTo.Thread(EventId(it), RelatesTo.ReplyTo(EventId(it)), true) }
        val file = if (isEncrypted(RoomId(room))) {
            val prepared = client.media.prepareUploadEncryptedMedia(flowOf(bytes))
            val url = client.media.uploadMedia(prepared.url, keepMediaInCache = false).getOrThrow()
            RoomMessageEventContent.FileBased.File(body = name, fileName = name, info = info, file = prepared.copy(url = url), relatesTo = relation, mentions = Mentions())
        } else {
            val prepared = client.media.prepareUploadMedia(flowOf(bytes), ContentType.parse(type))
            val url = client.media.uploadMedia(prepared, keepMediaInCache = false).getOrThrow()
            RoomMessageEventContent.FileBased.File(body = name, fileName = name, info = info, url = url, relatesTo = relation, mentions = Mentions())
        }
        put(room, file, transaction)
    }

    /** Whether a message of ours is there and not deleted. */
    fun isThere(room: String, event: String): CompletableFuture<Boolean> = told {
        try {
            val found = client.api.room.getEvent(RoomId(room), EventId(event)).getOrThrow()
            found.unsigned?.redactedBecause == null && found.content !is RedactedEventContent
        } catch (e: Exception) {
            if (e.toFailure().kind == Kind.NOT_FOUND) false else throw e
        }
    }

    /** The message that a transaction of this device made, among the newest of a room. */
    fun find(room: String, transaction: String): CompletableFuture<Optional<String>> = told {
        var from = client.api.sync.sync(filter = NOTHING).getOrThrow().nextBatch
        repeat(PAGES) {
            val page = client.api.room.getEvents(RoomId(room), from, GetEvents.Direction.BACKWARDS, limit = 100).getOrThrow()
            page.chunk.orEmpty().firstOrNull { it.unsigned?.transactionId == transaction }?.let { return@told Optional.of(it.id.full) }
            from = page.end ?: return@told Optional.empty()
        }
        Optional.empty()
    }

    private fun relation(message: Outgoing): RelatesTo? {
        val thread = message.thread.orElse(null)
        val reply = message.replyTo.orElse(null)
        return when {
            thread != null -> RelatesTo.Thread(EventId(thread), RelatesTo.ReplyTo(EventId(reply ?: thread)), true)
            reply != null -> RelatesTo.Reply(RelatesTo.ReplyTo(EventId(reply)))
            else -> null
        }
    }

    private fun content(message: Outgoing, relation: RelatesTo?, body: String, html: String): RoomMessageEventContent {
        val called = if (message.mentions.isEmpty()) Mentions() else Mentions(users = message.mentions.map { UserId(it) }.toSet())
        return if (message.isNotice) RoomMessageEventContent.TextBased.Notice(body, HTML, html, relation, called)
        else RoomMessageEventContent.TextBased.Text(body, HTML, html, relation, called)
    }

    private suspend fun put(room: String, content: MessageEventContent, transaction: String): String {
        val id = RoomId(room)
        val outer = client.roomEventEncryptionServices.encrypt(content, id)
            ?: throw MatrixFailure(Kind.REFUSED, "nothing is known of room $room yet")
        val sent = outer.getOrThrow()
        // Whatever the library thinks: where a room has encryption state nothing readable goes into it. Reactions are never encrypted.
        if (sent !is EncryptedMessageEventContent && sent !is ReactionEventContent && isEncrypted(id)) {
            throw MatrixFailure(Kind.REFUSED, "room $room is encrypted, and this message cannot be encrypted: it is not sent")
        }
        return client.api.room.sendMessageEvent(id, sent, transaction).getOrThrow().full
    }

    private suspend fun isEncrypted(room: RoomId): Boolean =
        withTimeout(10.seconds) { client.room.getState(room, EncryptionEventContent::class).first() } != null

    // Rooms

    fun resolve(alias: String): CompletableFuture<String> = told { client.api.room.getRoomAlias(RoomAliasId(alias)).getOrThrow().roomId.full }
    fun joinedRooms(): CompletableFuture<Set<String>> = told { client.api.room.getJoinedRooms().getOrThrow().map { it.full }.toSet() }
    fun join(room: String): CompletableFuture<String> = told { client.api.room.joinRoom(RoomId(room)).getOrThrow().full }
    fun leave(room: String): CompletableFuture<Void?> = told { client.api.room.leaveRoom(RoomId(room)).getOrThrow(); null }
    fun encrypted(room: String): CompletableFuture<Boolean> = told { isEncrypted(RoomId(room)) }

    /** The room that a room says it goes on as. */
    fun replacement(room: String): CompletableFuture<Optional<String>> = told {
        val stone = withTimeout(10.seconds) { client.room.getState(RoomId(room), TombstoneEventContent::class).first() }
        Optional.ofNullable(stone?.content?.replacementRoom?.full)
    }

    /** What this account may do in a room; reads the local state. */
    fun rights(room: String): CompletableFuture<RoomRights> = told {
        withTimeout(10.seconds) {
            val levels = client.room.getState(RoomId(room), PowerLevelsEventContent::class).first()?.content
            val own = when (val it = client.user.getPowerLevel(RoomId(room), client.userId).first()) {
                is PowerLevel.Creator -> Long.MAX_VALUE
                is PowerLevel.User -> it.level
            }
            fun need(type: String) = levels?.events?.entries?.find { it.key.name == type }?.value ?: levels?.eventsDefault ?: 0
            RoomRights(own, need("m.room.message"), need("m.reaction"))
        }
    }

    // The account

    /** Asks the server who we are: the one question that tells all of reachable, authenticated and alive. */
    fun whoAmI(): CompletableFuture<WhoAmI> = told {
        withTimeout(PROBE) { client.api.authentication.whoAmI().getOrThrow() }.let { WhoAmI(it.userId.full, it.deviceId ?: "") }
    }

    val isSyncing: Boolean get() = client.syncState.value == SyncState.RUNNING

    /**
     * A new token for the same device, written where the library looks for it: its own way refuses just
     * this case. A hard logout has deleted the device at the server with its keys: they are told anew.
     */
    fun reauthenticate(secret: Credential): CompletableFuture<Void?> = told {
        val auth = login(server, userId, Optional.of(secret), deviceId)
        val text = Json { encodeDefaults = true; explicitNulls = false }
            .encodeToString(ClassicMatrixClientAuthProviderData.serializer(), auth)
        client.di.get<AuthenticationStore>().updateAuthentication { it?.copy(providerData = text, logoutInfo = null) }
        client.startSync()
        // Not at once: others fetch our keys at the login itself, and miss a second change meanwhile.
        delay(KEYS_AFTER)
        client.api.key.setKeys(deviceKeys = client.di.get<SignService>().getSelfSignedDeviceKeys()).getOrThrow()
        null
    }

    // Cross-signing

    /** `signed`, `unsigned` (the account has an identity that has not signed this device) or `none`. */
    fun signing(): CompletableFuture<String> = told {
        val own = withTimeoutOrNull(PROBE) { client.key.getTrustLevel(client.userId, client.deviceId).first() }
        if (own is DeviceTrustLevel.CrossSigned) return@told "signed"
        val methods = withTimeout(20.seconds) {
            client.verification.getSelfVerificationMethods().first { it !is SelfVerificationMethods.PreconditionsNotMet }
        }
        when (methods) {
            is SelfVerificationMethods.AlreadyCrossSigned -> "signed"
            is SelfVerificationMethods.NoCrossSigningEnabled -> "none"
            else -> "unsigned"
        }
    }

    /** Signs this device by the account's recovery key. */
    fun restoreSigning(recoveryKey: String): CompletableFuture<Void?> = told {
        val methods = withTimeout(20.seconds) {
            client.verification.getSelfVerificationMethods().filterIsInstance<SelfVerificationMethods.CrossSigningEnabled>().first { it.methods.isNotEmpty() }
        }
        val byKey = methods.methods.filterIsInstance<SelfVerificationMethod.AesHmacSha2RecoveryKey>().firstOrNull()
            ?: throw MatrixFailure(Kind.REFUSED, "the account has no recovery key")
        byKey.verify(recoveryKey).getOrThrow()
        null
    }

    /**
     * Gives the account an identity and a backup of its keys, and returns the key to both. Replaces
     * what there was: only for an account that has none.
     */
    fun bootstrapSigning(password: Optional<String>): CompletableFuture<String> = told {
        withTimeout(30.seconds) {
            val begun = client.key.bootstrapCrossSigning()
            var step = begun.result.getOrThrow()
            if (step is UIA.Step && password.isPresent) {
                step = step.authenticate(AuthenticationRequest.Password(IdentifierType.User(userId), password.get())).getOrThrow()
            }
            if (step !is UIA.Success) throw MatrixFailure(Kind.REFUSED, "the server asks for a password before keys are set up")
            begun.recoveryKey
        }
    }

    override fun close() {
        runBlocking { withTimeoutOrNull(CLOSING) { client.stopSync(); client.closeSuspending() } }
        scope.cancel()
    }
}

private const val HTML = "org.matrix.custom.html"
private const val NOTHING = """{"room":{"rooms":[]},"presence":{"types":[]},"account_data":{"types":[]}}"""
private const val PAGES = 5
private val PROBE: Duration = 5.seconds
private val CLOSING: Duration = 10.seconds
private val KEYS_AFTER: Duration = 3_000.milliseconds

internal fun <T> CoroutineScope.told(block: suspend () -> T): CompletableFuture<T> = future {
    try {
        block()
    } catch (e: kotlinx.coroutines.TimeoutCancellationException) {
        throw e.toFailure()
    } catch (e: kotlinx.coroutines.CancellationException) {
        throw e
    } catch (e: Throwable) {
        throw e.toFailure()
    }
}
