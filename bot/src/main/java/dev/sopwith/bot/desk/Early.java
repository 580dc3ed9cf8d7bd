package dev.sopwith.bot.desk;

import dev.sopwith.bot.room.Marks;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.store.Chat;
import dev.sopwith.engine.store.Store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * What people do to messages that the store does not know yet. Whoever reads a prompt may be
 * quicker than the network's answer to who sent it, and until that is stored nobody can say what a
 * mark on it is about. So it waits, for as long as something is on its way to the room.
 *
 * <p>Threading: the desk's lock. Durable: nothing; the position in the store stays before what
 * waits here, so after a crash it is heard again.
 */
final class Early {
    /** Longer than this nothing waits: the position has to go on some time. */
    private static final Duration WAITS = Duration.ofMinutes(10);

    private static final int WAITING_MAX = 1_000;
    private static final int TAKEN_MAX = 1_000;

    private static final System.Logger LOG = System.getLogger(Early.class.getName());

    private final String name;
    private final Store store;
    private final SequencedMap<String, Waiting> waiting = new LinkedHashMap<>(); // by event id

    /** Marks that have waited: a network that reads marks back tells them once more. */
    private final SequencedSet<Mark> taken = new LinkedHashSet<>();

    private record Waiting(InboundEvent event, String messageId, Instant since) {}

    private record Mark(String messageId, String account, String mark) {}

    /**
     * @param name of the connector
     */
    Early(String name, Store store) {
        this.name = name;
        this.store = store;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether nothing is to be done about this now: it waits here, or has done so before. */
    boolean holds(InboundEvent event, Instant now) {
        if (event instanceof InboundEvent.ReactionRemoved it) forget(mark(it));
        if (event instanceof InboundEvent.Reaction it && taken.contains(mark(it))) return true;
        var about = about(event);
        if (about.isEmpty() || !isUnclear(about.get())) return false;
        if (waiting.size() >= WAITING_MAX) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: more than {1} events are about messages on their way; the oldest is let go",
                    name,
                    WAITING_MAX);
            waiting.pollFirstEntry();
        }
        waiting.putIfAbsent(event.eventId(), new Waiting(event, about.get(), now));
        return true;
    }

    private void forget(Mark mark) {
        taken.remove(mark);
        waiting.values()
                .removeIf(
                        it ->
                                it.event() instanceof InboundEvent.Reaction r
                                        && mark(r).equals(mark));
    }

    /** What waits no longer, in order: it can be understood now, or never will be. */
    List<InboundEvent> due(Instant now) {
        if (waiting.isEmpty()) return List.of();
        var due = new ArrayList<InboundEvent>();
        for (var it : List.copyOf(waiting.values())) {
            boolean isOld = it.since().plus(WAITS).isBefore(now);
            if (!isOld && isUnclear(it.messageId())) continue;
            waiting.remove(it.event().eventId());
            due.add(it.event());
            if (it.event() instanceof InboundEvent.Reaction reaction) noteTaken(mark(reaction));
        }
        return due;
    }

    private void noteTaken(Mark mark) {
        if (taken.size() >= TAKEN_MAX) taken.removeFirst();
        taken.add(mark);
    }

    /** In one read: between two of them the answer of the network could be stored. */
    private boolean isUnclear(String messageId) {
        return store.read(
                reads ->
                        reads.chat().postOfMessage(name, messageId).isEmpty()
                                && reads.chat().openPosts(name).stream().anyMatch(Early::isSent));
    }

    /** Whether it may be there already, and the network has not said as what. */
    private static boolean isSent(Chat.PostRow row) {
        return row.messageId().isEmpty() && row.shown().isPresent();
    }

    /** The message without which this cannot be understood. */
    private static Optional<String> about(InboundEvent event) {
        return switch (event) {
            case InboundEvent.Reaction it ->
                    Optional.of(it.messageId()).filter(_ -> Marks.isVote(it.mark()));
            case InboundEvent.Message it ->
                    it.isAddressed() ? Optional.empty() : it.threadId().or(it::replyTo);
            case InboundEvent.ReactionRemoved _,
                    InboundEvent.Edited _,
                    InboundEvent.Button _,
                    InboundEvent.Modal _,
                    InboundEvent.Form _ ->
                    Optional.empty();
        };
    }

    private static Mark mark(InboundEvent.Reaction it) {
        return new Mark(it.messageId(), it.sender(), it.mark());
    }

    private static Mark mark(InboundEvent.ReactionRemoved it) {
        return new Mark(it.messageId(), it.sender(), it.mark());
    }
}
