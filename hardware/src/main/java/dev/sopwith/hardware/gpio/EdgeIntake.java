package dev.sopwith.hardware.gpio;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.sop.Trigger.Edge;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Channel;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes edges in, as many as have come in one commit, in the order they came. What cannot be taken
 * in now is tried again in place, under the same key: signal, number and time. Nobody sends an edge
 * again, so those that wait are lost when the process dies, and those that find no room any more
 * are counted.
 *
 * <p>Threading: {@link #heard} from any thread and never blocks; {@link #run} is one thread.
 */
final class EdgeIntake {
    private static final System.Logger LOG = System.getLogger(EdgeIntake.class.getName());

    /** Edges that wait at most. */
    static final int WAITING_MAX = 10_000;

    private static final int BATCH_MAX = 256;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    private final String board;
    private final Intake intake;
    private final InstantSource clock;
    private final LinkedBlockingQueue<Change> queue = new LinkedBlockingQueue<>(WAITING_MAX);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicLong dropped = new AtomicLong();
    private volatile Optional<Instant> last = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    EdgeIntake(String board, Intake intake, InstantSource clock) {
        this.board = board;
        this.intake = intake;
        this.clock = clock;
    }

    /** An edge that triggers ask for. */
    void heard(Change edge) {
        if (!queue.offer(edge)) dropped.incrementAndGet();
    }

    Optional<Instant> last() {
        return last;
    }

    /** Why nothing is taken in at the moment. */
    Optional<String> trouble() {
        return trouble;
    }

    /** How many found no room. */
    long dropped() {
        return dropped.get();
    }

    /** Nothing comes any more: {@link #run} takes in what is there, tries once, and returns. */
    void close() {
        closing.countDown();
    }

    /** Takes in until it is closed. */
    void run() {
        try {
            while (true) {
                boolean isLast = closing.getCount() == 0;
                var first = queue.poll(isLast ? 0 : LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (first == null && isLast) return;
                if (first != null && !take(batch(first))) return;
            }
        } catch (InterruptedException _) {
            // The service ends.
        }
    }

    private List<Arrival> batch(Change first) {
        var batch = new ArrayList<Arrival>();
        batch.add(arrival(first));
        while (batch.size() < BATCH_MAX) {
            var next = queue.poll();
            if (next == null) break;
            batch.add(arrival(next));
        }
        return batch;
    }

    private Arrival arrival(Change edge) {
        var key = "%s %d %s".formatted(edge.topic(), edge.sequence(), edge.at());
        return new Arrival(
                        new Delivery(Source.PERIPHERAL, edge.topic(), Payload.of(edge.json())),
                        Optional.of(key),
                        Map.of(),
                        Set.of(),
                        false,
                        "%s went %s".formatted(edge.topic(), edge.isOn() ? "on" : "off"),
                        clock.instant())
                .by(new Channel.Pin(edge.isOn() ? Edge.RISING : Edge.FALLING));
    }

    /** Tries until it is done, or the service ends. */
    private boolean take(List<Arrival> all) throws InterruptedException {
        var left = all;
        for (var wait = RETRY; ; wait = longer(wait)) {
            try {
                left = full(left, intake.deliverAll(left));
                if (left.isEmpty()) break;
                trouble = Optional.of("the queue is full: edges wait");
            } catch (RuntimeException e) {
                trouble = Optional.of("edges cannot be taken in: " + e.getMessage());
                LOG.log(System.Logger.Level.WARNING, "gpio {0}: {1}", board, trouble.get());
            }
            if (closing.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                int lost = left.size() + queue.size();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "gpio {0}: the service ends, and {1} edges could not be taken in: {2}",
                        board,
                        lost,
                        trouble.get());
                return false;
            }
        }
        trouble = Optional.empty();
        last = Optional.of(all.getLast().at());
        return true;
    }

    private static Duration longer(Duration wait) {
        var twice = wait.multipliedBy(2);
        return twice.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : twice;
    }

    /** Those that found the queue full: what took them already hears no second one. */
    private static List<Arrival> full(List<Arrival> arrivals, List<List<Outcome>> outcomes) {
        var left = new ArrayList<Arrival>();
        for (int i = 0; i < arrivals.size(); i++) {
            boolean isFull =
                    outcomes.get(i).stream().anyMatch(it -> it.kind() == Outcome.Kind.QUEUE_FULL);
            if (isFull) left.add(arrivals.get(i));
        }
        return left;
    }
}
