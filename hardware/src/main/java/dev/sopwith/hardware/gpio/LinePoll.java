package dev.sopwith.hardware.gpio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for all lines that are held, of all chips, and tells of their edges and of their loss.
 *
 * <p>Threading: one platform thread of its own, because it waits in the kernel; listeners run on it
 * and must hand over at once. Everything else from any thread.
 */
final class LinePoll implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LinePoll.class.getName());

    /** A pass is microseconds. */
    private static final Duration PASS = Duration.ofSeconds(2);

    private static final int POLL_BYTES = 8;
    private static final int EVENTS_AT = 4;
    private static final int RESULT_AT = 6;
    private static final short READABLE = 1;

    private static final int EVENT_BYTES = 48;
    private static final int KIND_AT = 8;
    private static final int SEQUENCE_AT = 20;
    private static final int ROSE = 1;
    private static final int EVENTS_AT_ONCE = 64;

    private final int wake;
    private final Thread thread;
    private final Map<Integer, Watched> lines = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<CountDownLatch> passed = new ConcurrentLinkedQueue<>();
    private volatile boolean isClosed;

    /** Hears what becomes of a line. */
    interface Listener {
        /**
         * It went on or off.
         *
         * @param nanos when, by the clock of {@link System#nanoTime}
         * @param sequence of the edges of this line, from 1
         * @param missed edges just before it that nobody read in time
         */
        void edge(boolean isOn, long nanos, long sequence, long missed);

        /** The chip is gone; nothing more comes. */
        void lost();
    }

    private static final class Watched {
        private final int descriptor;
        private final boolean isInput;
        private final Listener listener;
        private long last;

        Watched(int descriptor, boolean isInput, Listener listener) {
            this.descriptor = descriptor;
            this.isInput = isInput;
            this.listener = listener;
        }
    }

    LinePoll() throws Linux.Failure {
        wake = Linux.eventDescriptor();
        thread = Thread.ofPlatform().daemon().name("gpio-lines").start(this::run);
    }

    /** From now on the listener hears of a line that is held. */
    void add(int descriptor, boolean isInput, Listener listener) {
        lines.put(descriptor, new Watched(descriptor, isInput, listener));
        wake();
    }

    /** Returns when nothing is asked of the descriptor any more, so that it can be closed. */
    void remove(int descriptor) {
        lines.remove(descriptor);
        if (Thread.currentThread() == thread || isClosed) return;
        var pass = new CountDownLatch(1);
        passed.add(pass);
        wake();
        try {
            if (!pass.await(PASS.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "the thread of the pins does not pass");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        try (var arena = Arena.ofConfined()) {
            var one = arena.allocate(JAVA_LONG);
            one.set(JAVA_LONG, 0, 1L);
            Linux.write(wake, one);
        } catch (Linux.Failure _) {
            // It was woken so often that it will not sleep.
        }
    }

    private void run() {
        try (var arena = Arena.ofConfined()) {
            var events = arena.allocate((long) EVENT_BYTES * EVENTS_AT_ONCE, Long.BYTES);
            var woken = arena.allocate(JAVA_LONG);
            while (!isClosed) {
                for (var it = passed.poll(); it != null; it = passed.poll()) it.countDown();
                pass(events, woken);
            }
        } catch (Linux.Failure e) {
            LOG.log(System.Logger.Level.ERROR, "pins are not heard any more", e);
            lines.values().forEach(it -> it.listener.lost());
        } finally {
            for (var it = passed.poll(); it != null; it = passed.poll()) it.countDown();
        }
    }

    private void pass(MemorySegment events, MemorySegment woken) throws Linux.Failure {
        var now = lines.values().toArray(Watched[]::new);
        try (var arena = Arena.ofConfined()) {
            var asked = arena.allocate((long) POLL_BYTES * (now.length + 1), Long.BYTES);
            ask(asked, 0, wake, READABLE);
            for (int i = 0; i < now.length; i++) {
                // Of an output nothing is to be had but that it is gone.
                ask(asked, i + 1, now[i].descriptor, now[i].isInput ? READABLE : 0);
            }
            try {
                Linux.poll(asked, now.length + 1L);
            } catch (Linux.Failure e) {
                if (e.number() == Linux.EINTR) return;
                throw e;
            }
            if (result(asked, 0) != 0) unread(woken);
            for (int i = 0; i < now.length; i++) {
                int result = result(asked, i + 1);
                if (result == 0 || lines.get(now[i].descriptor) != now[i]) continue;
                if ((result & READABLE) != 0 && now[i].isInput) read(now[i], events);
                else lose(now[i]);
            }
        }
    }

    private static void ask(MemorySegment asked, int index, int descriptor, short events) {
        asked.set(JAVA_INT, (long) index * POLL_BYTES, descriptor);
        asked.set(JAVA_SHORT, (long) index * POLL_BYTES + EVENTS_AT, events);
    }

    private static int result(MemorySegment asked, int index) {
        return asked.get(JAVA_SHORT, (long) index * POLL_BYTES + RESULT_AT);
    }

    private void unread(MemorySegment woken) {
        try {
            Linux.read(wake, woken);
        } catch (Linux.Failure _) {
            // Nothing in it: somebody woke it between two looks.
        }
    }

    private void read(Watched line, MemorySegment events) {
        long length;
        try {
            length = Linux.read(line.descriptor, events);
        } catch (Linux.Failure e) {
            if (e.number() != Linux.EAGAIN && e.number() != Linux.EINTR) lose(line);
            return;
        }
        for (long at = 0; at + EVENT_BYTES <= length; at += EVENT_BYTES) {
            long sequence = Integer.toUnsignedLong(events.get(JAVA_INT, at + SEQUENCE_AT));
            long missed = Math.max(0, sequence - line.last - 1);
            line.last = sequence;
            boolean isOn = events.get(JAVA_INT, at + KIND_AT) == ROSE;
            line.listener.edge(isOn, events.get(JAVA_LONG, at), sequence, missed);
        }
    }

    private void lose(Watched line) {
        lines.remove(line.descriptor);
        line.listener.lost();
    }

    /** Whoever has added lines has removed them. */
    @Override
    public void close() {
        isClosed = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        Linux.close(wake);
    }
}
