package dev.sopwith.bot.matrix

import de.connect2x.trixnity.client.MatrixClient
import de.connect2x.trixnity.client.key
import de.connect2x.trixnity.client.roomEventEncryptionServices
import de.connect2x.trixnity.client.room.decrypt
import de.connect2x.trixnity.client.store.AccountStore
import de.connect2x.trixnity.client.store.KeyStore
import de.connect2x.trixnity.client.store.OlmCryptoStore
import de.connect2x.trixnity.clientserverapi.model.room.GetEvents
import de.connect2x.trixnity.clientserverapi.model.sync.Sync
import de.connect2x.trixnity.core.model.EventId
import de.connect2x.trixnity.core.model.RoomId
import de.connect2x.trixnity.core.model.events.ClientEvent.RoomEvent
import de.connect2x.trixnity.core.model.events.MessageEventContent
import de.connect2x.trixnity.core.model.events.m.ReactionEventContent
import de.connect2x.trixnity.core.model.events.m.RelatesTo
import de.connect2x.trixnity.core.model.events.m.room.EncryptedMessageEventContent
import de.connect2x.trixnity.core.model.events.m.room.EncryptedMessageEventContent.MegolmEncryptedMessageEventContent
import de.connect2x.trixnity.core.model.events.m.room.EncryptionEventContent
import de.connect2x.trixnity.core.model.events.m.room.MemberEventContent
import de.connect2x.trixnity.core.model.events.m.room.Membership
import de.connect2x.trixnity.core.model.events.m.room.PowerLevelsEventContent
import de.connect2x.trixnity.core.model.events.m.room.RedactionEventContent
import de.connect2x.trixnity.core.model.events.m.room.RoomMessageEventContent
import de.connect2x.trixnity.core.model.events.m.room.TombstoneEventContent
import de.connect2x.trixnity.crypto.key.DeviceTrustLevel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.future.await
import kotlinx.coroutines.withTimeoutOrNull
import java.time.Instant
import java.util.Optional
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** Makes happenings of what the server tells, in its order: gaps are filled, what is encrypted is read. */
internal class SyncReader(private val client: MatrixClient, private val listener: SyncListener) {
    private val tokens = client.di.get<AccountStore>()

    /** Returns when the listener has taken it; the library keeps the new position only then. */
    suspend fun read(answer: Sync.Response) {
        val since = tokens.getAccount()?.syncBatchToken
        val all = ArrayList<Happening>()
        val budget = Budget()
        answer.room?.invite?.forEach { (room, invite) ->
            val mine = invite.strippedState?.events?.firstOrNull {
                it.content is MemberEventContent && it.stateKey == client.userId.full
            }
            mine?.sender?.let { all += Happening.Invited(room.full, it.full) }
        }
        // The first answer ever holds what was before us, and that is not for us.
        if (since != null) {
            answer.room?.join?.forEach { (room, joined) ->
                all += timeline(room, joined.timeline, since, budget)
            }
            answer.room?.leave?.forEach { (room, left) ->
                all += timeline(room, left.timeline, since, budget).filterIsInstance<Happening.Membership>()
            }
        }
        listener.heard(Optional.ofNullable(since), answer.nextBatch, all).await()
    }

    private suspend fun timeline(room: RoomId, timeline: Sync.Response.Rooms.Timeline?, since: String, budget: Budget): List<Happening> {
        if (timeline == null) return emptyList()
        val shown = timeline.events.orEmpty()
        val before = timeline.previousBatch
        val isGap = timeline.limited == true && before != null && shown.none(::isComing)
        val events = if (isGap) gap(room, before, since) + shown else shown
        // What was said in a room before we came is not for us.
        return events.drop(events.indexOfLast(::isComing) + 1).mapNotNull { happening(it, budget) } +
            events.filter(::isComing).mapNotNull { happening(it, budget) }
    }

    /** Whether we came into the room with this; another name or picture of ours is no coming. */
    private fun isComing(event: RoomEvent<*>): Boolean {
        if (event !is RoomEvent.StateEvent<*> || event.stateKey != client.userId.full) return false
        if ((event.content as? MemberEventContent)?.membership != Membership.JOIN) return false
        val before = event.unsigned?.previousContent
        return (before as? MemberEventContent)?.membership != Membership.JOIN
    }

    /** What lies between two positions, oldest first. */
    private suspend fun gap(room: RoomId, from: String, to: String): List<RoomEvent<*>> {
        val all = ArrayDeque<RoomEvent<*>>()
        var at = from
        while (true) {
            val page = client.api.room.getEvents(room, at, GetEvents.Direction.BACKWARDS, to = to, limit = PAGE).getOrThrow()
            val events = page.chunk.orEmpty()
            events.forEach { all.addFirst(it) }
            val end = page.end
            if (end == null || end == at || events.isEmpty()) return all
            at = end
        }
    }

    /**
     * What happened in a room after a position of ours. Where the other position lies before it
     * there is nothing, and what a server tells too much comes again under the same id.
     */
    suspend fun between(room: String, from: String, to: String): List<Happening> {
        val all = ArrayList<Happening>()
        val budget = Budget()
        var at = from
        while (true) {
            val page = client.api.room.getEvents(RoomId(room), at, GetEvents.Direction.FORWARDS, to = to, limit = PAGE).getOrThrow()
            val events = page.chunk.orEmpty()
            events.forEach { event -> happening(event, budget)?.let { all += it } }
            val end = page.end
            if (end == null || end == at || events.isEmpty()) return all
            at = end
        }
    }

    /** What could not be read when it came, once its key is there; empty while it is not. */
    suspend fun again(room: String, event: String): Happening? {
        val found = client.api.room.getEvent(RoomId(room), EventId(event)).getOrThrow()
        return happening(found, Budget(PATIENCE)).takeIf { it !is Happening.Unreadable }
    }

    private suspend fun happening(event: RoomEvent<*>, budget: Budget): Happening? = when (event) {
        is RoomEvent.StateEvent<*> -> state(event)
        is RoomEvent.MessageEvent<*> -> message(event, budget)
    }

    private fun state(event: RoomEvent.StateEvent<*>): Happening? {
        val room = event.roomId.full
        return when (val content = event.content) {
            is TombstoneEventContent ->
                Happening.Moved(room, event.id.full, event.sender.full, at(event), content.replacementRoom.full)
            is MemberEventContent ->
                Happening.Membership(room, event.id.full, event.sender.full, at(event), event.stateKey, content.membership.name.lowercase())
            is PowerLevelsEventContent, is EncryptionEventContent ->
                Happening.Ruled(room, event.id.full, event.sender.full, at(event))
            else -> null
        }
    }

    private suspend fun message(event: RoomEvent.MessageEvent<*>, budget: Budget): Happening? {
        val outer = event.content
        if (event.sender == client.userId) return null
        if (outer !is EncryptedMessageEventContent) return message(event, outer, null, false)
        val inner = withTimeoutOrNull(budget.left()) { client.roomEventEncryptionServices.decrypt(event) }?.getOrNull()
            ?: return Happening.Unreadable(event.roomId.full, event.id.full, event.sender.full, at(event))
        return message(event, inner, outer.relatesTo, isProven(event, outer))
    }

    private fun message(event: RoomEvent.MessageEvent<*>, content: MessageEventContent, outer: RelatesTo?, isProven: Boolean): Happening? {
        val room = event.roomId.full
        val id = event.id.full
        val sender = event.sender.full
        val at = at(event)
        return when (content) {
            is RoomMessageEventContent -> {
                val relation = content.relatesTo ?: outer
                val mentions = content.mentions?.users.orEmpty().map { it.full }.toSet()
                if (relation is RelatesTo.Replace) {
                    val now = relation.newContent as? RoomMessageEventContent
                    Happening.Edited(
                        room, id, sender, at, relation.eventId.full, Optional.empty(), content.type,
                        now?.body ?: content.body, mentions + now?.mentions?.users.orEmpty().map { it.full },
                    )
                } else {
                    Happening.Said(
                        room, id, sender, at, Optional.ofNullable((relation as? RelatesTo.Thread)?.eventId?.full),
                        Optional.ofNullable(replyTo(relation)), content.type, content.body,
                        Optional.ofNullable(content.formattedBody), mentions, isProven,
                    )
                }
            }
            is ReactionEventContent -> {
                val relation = content.relatesTo
                val key = relation?.key
                if (relation == null || key == null) null
                else Happening.Marked(room, id, sender, at, relation.eventId.full, key)
            }
            is RedactionEventContent -> Happening.Redacted(room, id, sender, at, content.redacts.full)
            else -> null
        }
    }

    /** In a thread a reply is one only when it says so: otherwise it is there for old clients. */
    private fun replyTo(relation: RelatesTo?): String? = when (relation) {
        is RelatesTo.Thread -> relation.replyTo?.eventId?.full.takeIf { relation.isFallingBack != true }
        is RelatesTo.Reply -> relation.replyTo.eventId.full
        else -> null
    }

    /**
     * Whether the session came straight from a device that its owner has signed: what the event says
     * about its device proves nothing.
     */
    private suspend fun isProven(event: RoomEvent.MessageEvent<*>, content: EncryptedMessageEventContent): Boolean {
        if (content !is MegolmEncryptedMessageEventContent) return false
        return withTimeoutOrNull(PATIENCE) {
            val session = client.di.get<OlmCryptoStore>().getInboundMegolmSession(content.sessionId, event.roomId).first()
            if (session == null || !session.isTrusted) return@withTimeoutOrNull false
            val devices = client.di.get<KeyStore>().getDeviceKeys(event.sender).first().orEmpty()
            val device = devices.values
                .find { known -> known.value.signed.keys.keys.any { it.value == session.senderKey } }
                ?.value?.signed?.deviceId
            device != null && client.key.getTrustLevel(event.sender, device).first() is DeviceTrustLevel.CrossSigned
        } ?: false
    }

    /** By our own clock where the server says how old it is: two clocks never agree. */
    private fun at(event: RoomEvent<*>): Instant {
        val age = event.unsigned?.age
        return if (age != null && age >= 0) Instant.now().minusMillis(age) else Instant.ofEpochMilli(event.originTimestamp)
    }

    /** How long one answer of the server waits for keys, all events of it together. */
    private class Budget(whole: Duration = 2.seconds) {
        private val end = TimeSource.Monotonic.markNow() + whole

        fun left(): Duration = (-end.elapsedNow()).coerceAtLeast(50.milliseconds)
    }

    private companion object {
        const val PAGE = 100L
        val PATIENCE = 5.seconds
    }
}
