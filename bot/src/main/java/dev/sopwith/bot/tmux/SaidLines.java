package dev.sopwith.bot.tmux;

import dev.sopwith.bot.local.Room;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.roster.Identity;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What people say in the room of the terminals, until the inbox has taken it: once, however often a
 * client says it again.
 *
 * <p>Threading: safe from any thread; one virtual thread calls the inbox. Nothing is durable: a
 * client keeps a line until it hears that it was taken.
 */
final class SaidLines implements AutoCloseable {
    /** Lines that wait to be taken. */
    static final int PENDING_MAX = 1_000;

    /** Characters of a line. */
    static final int SAID_MAX = 8_000;

    private static final int TAKEN_MAX = 10_000;
    private static final int BATCH_MAX = 100;
    private static final int ID_MAX = 100;
    private static final Duration PAUSE_MIN = Duration.ofMillis(50);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
    private static final System.Logger LOG = System.getLogger(SaidLines.class.getName());

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by lock
    private final Map<String, Pending> pending = new LinkedHashMap<>(); // by event id
    private final Set<String> taken = new LinkedHashSet<>(); // event ids, oldest first
    private Optional<Listener> listener = Optional.empty();
    private boolean isClosed;

    /** What was said and not taken yet. */
    private record Pending(InboundEvent.Message event, Room.Told told) {}

    SaidLines(InstantSource clock) {
        this.clock = clock;
    }

    /** Somebody says something; they are told when it was taken, or why it is not. */
    void hear(Room.Said said, Room.Told told) {
        heard(said, told).ifPresent(it -> told.hear(it.refusal()));
    }

    /**
     * What is known at once about something that was said.
     *
     * @param refusal why it is not taken; empty when it was taken before
     */
    private record Known(Optional<String> refusal) {}

    private Optional<Known> heard(Room.Said said, Room.Told told) {
        var refusal = refusal(said);
        if (refusal.isPresent()) return Optional.of(new Known(refusal));
        var sender = Identity.local(said.by().login()).toString();
        var eventId = sender + "/" + said.id();
        lock.lock();
        try {
            if (isClosed) return Optional.empty(); // it is said again, to the next one
            if (taken.contains(eventId)) return Optional.of(new Known(Optional.empty()));
            var known = Optional.ofNullable(pending.get(eventId));
            if (known.isEmpty() && pending.size() >= PENDING_MAX) {
                return Optional.of(new Known(Optional.of("too much waits to be heard")));
            }
            var event =
                    new InboundEvent.Message(
                            eventId,
                            TmuxConnector.ROOM,
                            said.thread(),
                            Optional.empty(),
                            sender,
                            true,
                            said.text(),
                            clock.instant());
            pending.put(eventId, new Pending(known.map(Pending::event).orElse(event), told));
            changed.signalAll();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<String> refusal(Room.Said said) {
        if (said.id().isEmpty() || said.id().length() > ID_MAX) {
            return Optional.of("a line needs an id of %d characters at most".formatted(ID_MAX));
        }
        if (said.text().length() > SAID_MAX) {
            return Optional.of("a line has %,d characters at most".formatted(SAID_MAX));
        }
        return Optional.empty();
    }

    /**
     * Takes what is said to the inbox from now on.
     *
     * @throws IllegalStateException when somebody listens already, or it is closed
     */
    Connector.Subscription subscribe(Optional<String> since, Consumer<Connector.Heard> inbox) {
        var stale = new ArrayList<Pending>();
        var one = new Listener(inbox);
        lock.lock();
        try {
            if (listener.isPresent()) throw new IllegalStateException("somebody listens already");
            if (isClosed) throw new IllegalStateException("the room has closed");
            if (since.isEmpty()) {
                stale.addAll(pending.values());
                pending.clear();
            }
            listener = Optional.of(one);
        } finally {
            lock.unlock();
        }
        stale.forEach(it -> it.told().hear(Optional.of("nobody listened when it was said")));
        one.thread.start();
        return () -> stop(one);
    }

    /** Takes what is said to the inbox, for as long as it is the listener. */
    private final class Listener implements Runnable {
        private final Consumer<Connector.Heard> inbox;
        private final Thread thread = Thread.ofVirtual().name("tmux-inbox").unstarted(this);
        private boolean isStopped; // guarded by lock

        Listener(Consumer<Connector.Heard> inbox) {
            this.inbox = inbox;
        }

        @Override
        public void run() {
            try {
                var pause = PAUSE_MIN;
                for (var batch = next(); !batch.isEmpty(); batch = next()) {
                    if (isTaken(batch)) {
                        pause = PAUSE_MIN;
                    } else {
                        pause(pause);
                        pause = pause.multipliedBy(2);
                        if (pause.compareTo(PAUSE_MAX) > 0) pause = PAUSE_MAX;
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        /** What waits; nothing when nobody listens any more. */
        private List<Pending> next() throws InterruptedException {
            lock.lock();
            try {
                while (pending.isEmpty() && !isStopped) changed.await();
                if (isStopped) return List.of();
                return pending.values().stream().limit(BATCH_MAX).toList();
            } finally {
                lock.unlock();
            }
        }

        private boolean isTaken(List<Pending> batch) {
            var events = batch.stream().<InboundEvent>map(Pending::event).toList();
            try {
                inbox.accept(new Connector.Heard(events, events.getLast().eventId()));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "what was said was not taken; again", e);
                return false;
            }
            taken(events).forEach(it -> it.hear(Optional.empty()));
            return true;
        }

        private void pause(Duration time) throws InterruptedException {
            lock.lock();
            try {
                long left = time.toNanos();
                while (!isStopped && left > 0) left = changed.awaitNanos(left);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Those who wait to be told; a client that came back may have replaced the first one. */
    private List<Room.Told> taken(List<InboundEvent> events) {
        lock.lock();
        try {
            var told = new ArrayList<Room.Told>();
            for (var event : events) {
                Optional.ofNullable(pending.remove(event.eventId()))
                        .ifPresent(it -> told.add(it.told()));
                taken.add(event.eventId());
            }
            while (taken.size() > TAKEN_MAX) taken.remove(taken.iterator().next());
            return told;
        } finally {
            lock.unlock();
        }
    }

    private void stop(Listener one) {
        lock.lock();
        try {
            one.isStopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            one.thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            if (listener.filter(it -> it == one).isPresent()) listener = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more; what was not taken is said again, to the next service. */
    @Override
    public void close() {
        Optional<Listener> now;
        lock.lock();
        try {
            isClosed = true;
            now = listener;
        } finally {
            lock.unlock();
        }
        now.ifPresent(this::stop);
    }
}
