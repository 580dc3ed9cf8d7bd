package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.Connector.Heard;
import dev.sopwith.engine.chat.Connector.Subscription;
import dev.sopwith.engine.chat.InboundEvent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What was heard and not taken yet, in its order.
 *
 * <p>Threading: {@link #add} from any thread, it never blocks; one virtual thread takes it to who
 * listens. Durable: nothing; the {@link Position} of what was taken is kept by who listens.
 */
final class Inbox {
    private static final int BATCH_MAX = 100;
    private static final int TAKEN_MAX = 10_000;
    private static final Duration PAUSE_MIN = Duration.ofMillis(50);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

    private static final System.Logger LOG = System.getLogger(Inbox.class.getName());

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Recent<String, Boolean> taken = new Recent<>(TAKEN_MAX);
    private Optional<Listener> listener = Optional.empty(); // guarded by this
    private boolean isClosed; // guarded by this

    /** Something that came; Discord may have to be asked what it is. */
    @FunctionalInterface
    interface Arrival {
        /**
         * What it is.
         *
         * @throws Rest.Failure when Discord does not say; it is asked again
         */
        List<InboundEvent> events(Position position) throws Rest.Failure;
    }

    void add(Arrival arrival) {
        synchronized (this) {
            if (listener.isEmpty()) return; // nobody is there to hear it
        }
        arrivals.add(arrival);
    }

    synchronized Subscription subscribe(Position from, Consumer<Heard> inbox) {
        if (listener.isPresent()) throw new IllegalStateException("somebody listens already");
        if (isClosed) throw new IllegalStateException("the connector is closed");
        arrivals.clear();
        var one = new Listener(from, inbox);
        listener = Optional.of(one);
        one.thread.start();
        return () -> stop(one);
    }

    void close() {
        Optional<Listener> now;
        synchronized (this) {
            isClosed = true;
            now = listener;
        }
        now.ifPresent(this::stop);
    }

    private void stop(Listener one) {
        one.thread.interrupt();
        try {
            one.thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (listener.filter(it -> it == one).isPresent()) listener = Optional.empty();
        }
    }

    private final class Listener implements Runnable {
        private final Position position;
        private final Consumer<Heard> inbox;
        private final Thread thread = Thread.ofVirtual().name("discord-inbox").unstarted(this);

        Listener(Position position, Consumer<Heard> inbox) {
            this.position = position;
            this.inbox = inbox;
        }

        @Override
        public void run() {
            try {
                while (true) take(next());
            } catch (InterruptedException _) {
                // That is the end of it.
            }
        }

        private List<Arrival> next() throws InterruptedException {
            var batch = new ArrayList<Arrival>();
            batch.add(arrivals.take());
            arrivals.drainTo(batch, BATCH_MAX - 1);
            return batch;
        }

        private void take(List<Arrival> batch) throws InterruptedException {
            var events = new ArrayList<InboundEvent>();
            for (var it : batch) {
                for (var event : resolved(it)) {
                    if (taken.get(event.eventId()).isEmpty() && position.isNews(event)) {
                        events.add(event);
                    }
                }
            }
            if (events.isEmpty()) return;
            deliver(events);
            events.forEach(it -> taken.put(it.eventId(), true));
        }

        private List<InboundEvent> resolved(Arrival arrival) throws InterruptedException {
            for (var pause = PAUSE_MIN; ; pause = longer(pause)) {
                try {
                    return arrival.events(position);
                } catch (Rest.Failure e) {
                    LOG.log(System.Logger.Level.DEBUG, "asks again: {0}", e.getMessage());
                } catch (RuntimeException e) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "what came makes no sense: {0}",
                            DiscordLog.where(e));
                    return List.of();
                }
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            }
        }

        /** Until it is taken. */
        private void deliver(List<InboundEvent> events) throws InterruptedException {
            var next = position.with(events);
            for (var pause = PAUSE_MIN; ; pause = longer(pause)) {
                try {
                    inbox.accept(new Heard(events, next));
                    return;
                } catch (RuntimeException e) {
                    if (Thread.interrupted()) throw new InterruptedException();
                    LOG.log(System.Logger.Level.WARNING, "what was said was not taken; again", e);
                }
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            }
        }

        private static Duration longer(Duration pause) {
            var twice = pause.multipliedBy(2);
            return twice.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : twice;
        }
    }
}
