package dev.sopwith.bench.synapse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What one person sees of a room from now on, and when: follows it by long polls, as clients do.
 *
 * <p>Threading: safe from any thread; one of its own asks the server.
 */
public final class RoomView implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(30);

    private final MatrixUser person;
    private final String room;
    private final Consumer<MatrixEvent> told;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;

    // guarded by lock
    private final List<Seen> seen = new ArrayList<>();
    private Optional<IOException> failure = Optional.empty();
    private boolean isClosed;

    /**
     * An event, and when it was told.
     *
     * @param at of {@link System#nanoTime}, when the answer of the server was there
     */
    public record Seen(MatrixEvent event, long at) {}

    private RoomView(MatrixUser person, String room, Consumer<MatrixEvent> told, String since) {
        this.person = person;
        this.room = room;
        this.told = told;
        this.thread = Thread.ofVirtual().name("view-" + person.name()).start(() -> follow(since));
    }

    /** Follows the room from now on. */
    public static RoomView of(MatrixUser person, String room) throws IOException {
        return of(person, room, _ -> {});
    }

    /**
     * The same.
     *
     * @param told each event, on the one thread
     */
    public static RoomView of(MatrixUser person, String room, Consumer<MatrixEvent> told)
            throws IOException {
        var first = person.sync(room, Optional.empty(), Duration.ZERO);
        return new RoomView(person, room, told, first.path("next_batch").asString(""));
    }

    private void follow(String since) {
        var at = since;
        try {
            while (!isClosed()) {
                var answer = person.sync(room, Optional.of(at), POLL);
                long now = System.nanoTime();
                at = answer.path("next_batch").asString("");
                var timeline = answer.path("rooms").path("join").path(room).path("timeline");
                if (timeline.path("limited").asBoolean(false)) {
                    throw new IOException("more happened at once than one answer has room for");
                }
                var events = new ArrayList<Seen>();
                for (var it : timeline.path("events")) {
                    events.add(new Seen(new MatrixEvent(it), now));
                }
                note(events);
                events.forEach(it -> told.accept(it.event()));
            }
        } catch (IOException e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(new IOException(e));
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    private void note(List<Seen> events) {
        lock.lock();
        try {
            seen.addAll(events);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(IOException e) {
        lock.lock();
        try {
            failure = Optional.of(e);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How much has been seen. */
    public int size() {
        lock.lock();
        try {
            return seen.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so many events like this have been seen.
     *
     * @param from how many of all do not count
     * @return them, oldest first
     * @throws IOException when they do not come in time, or the server fails
     */
    public List<Seen> await(int from, int count, Predicate<MatrixEvent> isIt, Duration patience)
            throws IOException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (true) {
                var found =
                        seen.subList(from, seen.size()).stream()
                                .filter(it -> isIt.test(it.event()))
                                .toList();
                if (found.size() >= count) return found;
                if (failure.isPresent()) throw new IOException("the view ended", failure.get());
                if (left <= 0) {
                    throw new IOException(
                            "%d of %d came in %s".formatted(found.size(), count, patience));
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a room");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
