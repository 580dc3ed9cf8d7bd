package dev.sopwith.bench;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What a room asks of people, one thing after the other, and when it was over.
 *
 * <p>Threading: safe from any thread; who waits blocks.
 */
final class Prompts {
    private static final long WAIT_SECONDS = 60;

    private final BlockingQueue<String> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<Closed> closed = new LinkedBlockingQueue<>();

    private record Closed(String id, long at) {}

    void opened(String id) {
        opened.add(id);
    }

    void closed(String id) {
        closed.add(new Closed(id, System.nanoTime()));
    }

    /** {@return the id of the next message that asks for something} */
    String awaitOpened() {
        return next(opened, "no room asks for anything");
    }

    /** {@return when this message stopped asking} */
    long awaitClosed(String id) {
        Closed next;
        do {
            next = next(closed, id + " asks for ever");
        } while (!next.id().equals(id));
        return next.at();
    }

    private static <T> T next(BlockingQueue<T> queue, String problem) {
        try {
            var next = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            if (next == null) throw new IllegalStateException(problem);
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
