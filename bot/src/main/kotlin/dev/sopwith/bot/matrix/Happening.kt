package dev.sopwith.bot.matrix

import java.time.Instant
import java.util.Optional
import java.util.concurrent.CompletionStage

/** Something in a room, in the words of the Java side: nothing of the library gets past the bridge. */
sealed interface Happening {
    val room: String

    /** The network's own id; empty of what has none. */
    val eventId: String
    val sender: String
    val at: Instant

    /**
     * Somebody wrote.
     *
     * @param type such as `m.text`
     * @param isProven whether it came encrypted, from a device that its owner has signed
     */
    @JvmRecord
    data class Said(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
        val thread: Optional<String>,
        val replyTo: Optional<String>,
        val type: String,
        val body: String,
        val html: Optional<String>,
        val mentions: Set<String>,
        val isProven: Boolean,
    ) : Happening

    /** Somebody changed what they wrote. */
    @JvmRecord
    data class Edited(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
        val target: String,
        val thread: Optional<String>,
        val type: String,
        val body: String,
        val mentions: Set<String>,
    ) : Happening

    /** Somebody reacted. */
    @JvmRecord
    data class Marked(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
        val target: String,
        val key: String,
    ) : Happening

    /** Somebody took away a message or a reaction. */
    @JvmRecord
    data class Redacted(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
        val target: String,
    ) : Happening

    /** Somebody's membership is another one. */
    @JvmRecord
    data class Membership(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
        val user: String,
        val membership: String,
    ) : Happening

    /** This account is asked into a room. */
    @JvmRecord
    data class Invited(
        override val room: String,
        override val sender: String,
    ) : Happening {
        override val eventId: String get() = ""
        override val at: Instant get() = Instant.EPOCH
    }

    /** Who may do what in the room, or whether it is encrypted, is not as before. */
    @JvmRecord
    data class Ruled(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
    ) : Happening

    /** Somebody says that the room goes on elsewhere. */
    @JvmRecord
    data class Moved(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
        val replacement: String,
    ) : Happening

    /** There is no key for it yet. */
    @JvmRecord
    data class Unreadable(
        override val room: String,
        override val eventId: String,
        override val sender: String,
        override val at: Instant,
    ) : Happening
}

/** Hears what the server tells. */
interface SyncListener {
    /**
     * One answer of the server, in order. Its position counts as reached once the stage has
     * completed; when it fails, the same comes again.
     *
     * @param since empty for the first one ever, which holds nothing that happened
     */
    fun heard(since: Optional<String>, next: String, happenings: List<Happening>): CompletionStage<*>

    /** The server does not know our token any more. */
    fun rejected(isSoft: Boolean)
}

/**
 * A message as the network takes it.
 *
 * @param isNotice whether it notifies nobody
 * @param mentions the accounts it calls
 */
@JvmRecord
data class Outgoing(
    val body: String,
    val html: String,
    val isNotice: Boolean,
    val thread: Optional<String>,
    val replyTo: Optional<String>,
    val mentions: Set<String>,
)

/** What a room lets this account do. */
@JvmRecord
data class RoomRights(val level: Long, val toWrite: Long, val toReact: Long)

/** A server's answer to `whoami`. */
@JvmRecord
data class WhoAmI(val user: String, val device: String)

/** Why something did not work. The message is for people. */
class MatrixFailure(@JvmField val kind: Kind, message: String, @JvmField val retryAfterMillis: Long) :
    RuntimeException(message) {
    constructor(kind: Kind, message: String) : this(kind, message, 0)

    /** Whether the same may work later, without anything being changed in the room. */
    val isPassing: Boolean
        get() = kind == Kind.UNREACHABLE || kind == Kind.UNAUTHENTICATED || kind == Kind.TOO_MANY

    enum class Kind {
        /** No answer, or none of a homeserver; waited out. */
        UNREACHABLE,

        /** The token or password is worth nothing; needs a person. */
        UNAUTHENTICATED,

        /** The room does not allow it. */
        FORBIDDEN,
        NOT_FOUND,
        TOO_MANY,

        /** What was asked makes no sense to the server, or goes against a rule of ours. */
        REFUSED,
    }
}
