package dev.sopwith.engine.chat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One account in one chat network.
 *
 * <p>What every one promises ({@code ConnectorContract}): the same key sent twice is one message;
 * its own messages are not heard; a lost connection loses and repeats nothing; text arrives as
 * text, whatever is in it. What was taken right before the connector was closed may come once more
 * after the next start, under the same event id.
 *
 * <p>Threading: safe from any thread; calls block. The inbox is called by one thread, one batch
 * after the other.
 */
public interface Connector extends AutoCloseable {
    /** Which kind it is, as the registry knows it. */
    String kind();

    Capabilities capabilities();

    /**
     * Shows a message. Its key makes it repeatable: after an answer that got lost the same message
     * may be sent again.
     */
    SendResult send(OutboundMessage message);

    /**
     * Shows something else in place of a message that was sent, with the same key.
     *
     * @return {@link SendResult#gone} when somebody has deleted it
     */
    SendResult update(String messageId, OutboundMessage message);

    /** The room in which runs are shown, by the network's own id; a network of one room has any. */
    default String room() {
        return kind();
    }

    /**
     * The id of a message that was sent some time ago without an answer, where the network can look
     * for it. Empty when it is not there or that cannot be said: then it is sent again.
     */
    default Optional<String> find(OutboundMessage message) {
        return Optional.empty();
    }

    /**
     * Hears what people do from now on, and what they did since this position.
     *
     * @param since the position of the last batch that was taken; empty to begin now
     * @param inbox takes a batch: what it has returned from counts as heard, what it throws for
     *     comes again
     * @throws IllegalStateException when somebody listens already
     */
    Subscription subscribe(Optional<String> since, Consumer<Heard> inbox);

    /**
     * Lets people be helped while they write, where the network can ask for that. Before anybody
     * subscribes.
     */
    default void assist(Assistant assistant) {}

    /**
     * What was heard under this id is done and kept, and nothing more is said to it: nobody who
     * asked has to wait any longer.
     */
    default void unanswered(String eventId) {}

    /**
     * The roles that an account holds in the room right now, by their ids: asked of the network
     * each time and never remembered. An account that is not there holds none.
     *
     * @throws Unanswered when the network did not say, or has no roles; nobody may take that for a
     *     yes
     */
    default Set<String> roles(String account) throws Unanswered {
        throw new Unanswered("a network of kind %s has no roles".formatted(kind()));
    }

    /**
     * Tells when what failed to be sent may get through again, where the network notices; nothing
     * depends on it but how soon posts are there. Must not block.
     */
    default void whenBack(Runnable told) {}

    ConnectorHealth health();

    /** Ends the connection; what is under way fails. Again does nothing. */
    @Override
    void close();

    /**
     * Some events in the order in which they happened, and how far one has heard with them.
     *
     * @param position opaque, to be kept in the same commit as the events
     */
    record Heard(List<InboundEvent> events, String position) {
        public Heard {
            events = List.copyOf(events);
        }
    }

    /** A network did not say what it was asked. The message is for people. */
    final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;

        /** For this reason. */
        public Unanswered(String why) {
            super(why);
        }
    }

    /** Somebody listens, until this is closed. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
