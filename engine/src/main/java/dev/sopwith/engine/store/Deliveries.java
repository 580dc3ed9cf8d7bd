package dev.sopwith.engine.store;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What came in and what became of it; those without an outcome are the queue. */
public interface Deliveries {
    /** For how long two deliveries of one key are the same: 24 h. */
    long DEDUPE_MILLIS = Duration.ofHours(24).toMillis();

    /** Who goes first: higher priority, then in the order of arrival. */
    Comparator<DeliveryRow> ORDER =
            Comparator.comparingInt(DeliveryRow::priority)
                    .reversed()
                    .thenComparingLong(DeliveryRow::id);

    /** Counted deliveries that are kept for each SOP. */
    int COUNTED_KEPT_MAX = 100;

    Optional<DeliveryRow> find(long id);

    /** What it carried, as JSON; empty when retention erased it. */
    Optional<String> request(long id);

    /** The delivery that holds this key at that time. */
    Optional<DeliveryRow> holder(String dedupeKey, long at);

    /** All that wait: higher priority first, then in the order of arrival. May be many. */
    List<DeliveryRow> queue();

    int queueLength();

    /** For which SOPs something waits. */
    List<String> waitingSops();

    /**
     * The head of each line of a SOP. A line is all that wait for this SOP and the same lock:
     * higher priority first, then in the order of arrival.
     */
    List<DeliveryRow> heads(String sop);

    /** The head of one line, see {@link #heads}. */
    Optional<DeliveryRow> head(String sop, Optional<String> lock);

    /** The one that came last of those that wait in this line. */
    Optional<DeliveryRow> newest(String sop, Optional<String> lock);

    /** How many wait in this line. */
    int lineLength(String sop, Optional<String> lock);

    /** The newest deliveries for this SOP, newest first. */
    List<DeliveryRow> last(String sop, int max);

    /** Outcome to how often, of what is only counted. */
    Map<String, Long> counts(String sop);

    /** The id that the next new delivery must have. The same until one is added. */
    long nextId();

    /**
     * A delivery without what it carried.
     *
     * @param sop empty when it is for none
     * @param dedupeKey unique for {@link #DEDUPE_MILLIS}; contains all that makes it so, such as
     *     source and SOP
     * @param lock what it waits for, where its SOP has one
     * @param outcome empty while it waits
     * @param detail of the outcome, as it is shown
     * @param run the run it started
     */
    record DeliveryRow(
            long id,
            Optional<String> sop,
            String source,
            Optional<String> dedupeKey,
            long receivedAt,
            int priority,
            Optional<String> lock,
            Optional<String> outcome,
            String detail,
            OptionalLong run) {}

    /** What a work may do to deliveries. */
    interface Writable extends Deliveries {
        /**
         * Adds a delivery, to the queue if it has no outcome.
         *
         * @param request JSON
         * @return false, and nothing is written, when another delivery holds its key
         */
        boolean add(DeliveryRow row, String request);

        /**
         * Counts a delivery that came to nothing, and keeps it until {@link #COUNTED_KEPT_MAX}
         * newer ones of its SOP are counted.
         *
         * @param row with an outcome and without a key
         * @param request JSON
         */
        void count(DeliveryRow row, String request);

        /**
         * Ends the waiting of a delivery.
         *
         * @return false, and nothing is written, when it does not wait
         */
        boolean settle(long id, String outcome, String detail, OptionalLong run);

        /**
         * Gives a waiting delivery newer content.
         *
         * @return false, and nothing is written, when it does not wait
         */
        boolean replaceRequest(long id, String request);

        /** Gives all that waits for a SOP this priority, when the SOP has another one now. */
        void rank(String sop, int priority);
    }
}
