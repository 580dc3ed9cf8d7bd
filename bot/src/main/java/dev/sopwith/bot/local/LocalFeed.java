package dev.sopwith.bot.local;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The room of a service as one client follows it, until the connection ends: whoever comes back
 * says how far they had seen.
 *
 * <p>Threading: {@link #follow} blocks its thread; a virtual thread gives signs of life; {@link
 * #say} and {@link #close} from any thread.
 */
public final class LocalFeed implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration GONE = Duration.ofSeconds(45);

    private final Wire wire;
    private final Room.Place from;
    private final boolean missed;
    private final ReentrantLock writing = new ReentrantLock(); // one line at a time
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long heardAt = System.nanoTime();

    private LocalFeed(Wire wire, Room.Place from, boolean missed) {
        this.wire = wire;
        this.from = from;
        this.missed = missed;
    }

    /** Hears what comes. */
    public interface Listener {
        /** A message, or another state of one. What it returns from counts as seen. */
        void seen(Frame frame);

        /** Up to this there was nothing more for them. */
        default void passed(long seq) {}

        /** A line was taken for good. */
        default void heard(String id) {}

        /** A line was refused for good. */
        default void unheard(String id, String why) {}
    }

    /**
     * Connects and subscribes.
     *
     * @throws IOException when no service listens there
     * @throws LocalClient.Refused when it does not let us follow
     */
    public static LocalFeed subscribe(Path socket, Room.Place since)
            throws IOException, LocalClient.Refused {
        var wire = LocalClient.greeted(socket);
        try {
            var place = Answer.empty().put("epoch", since.epoch()).put("since", since.seq());
            wire.write(Answer.empty().set("subscribe", place));
            var told = LocalClient.next(wire).path("subscribed");
            if (!told.isObject()) {
                throw new LocalClient.Refused("the service does not let clients follow the room");
            }
            var from = new Room.Place(told.path("epoch").asString(""), told.path("since").asLong());
            var feed = new LocalFeed(wire, from, told.path("missed").asBoolean(false));
            Thread.ofVirtual().name("local-heartbeat").start(feed::giveSigns);
            return feed;
        } catch (IOException | LocalClient.Refused e) {
            wire.close();
            throw e;
        }
    }

    /** From where on it follows. */
    public Room.Place from() {
        return from;
    }

    /** Whether something since then is not kept any more. */
    public boolean missed() {
        return missed;
    }

    /**
     * Hears everything until the connection ends.
     *
     * @throws IOException when it has ended
     */
    public void follow(Listener listener) throws IOException, LocalClient.Refused {
        while (true) {
            var line = LocalClient.next(wire);
            heardAt = System.nanoTime();
            var frame = Frame.of(line);
            if (frame.isPresent()) {
                listener.seen(frame.get());
                write(Answer.empty().put("ack", frame.get().seq()));
            } else if (line.has("passed")) {
                listener.passed(line.path("passed").asLong());
            } else if (line.has("heard")) {
                listener.heard(line.path("heard").asString(""));
            } else if (line.has("unheard")) {
                listener.unheard(line.path("unheard").asString(""), line.path("why").asString(""));
            }
        }
    }

    /**
     * Says a line into the room; until it is heard it is to be said again, with the same id.
     *
     * @param thread the message in whose thread it is said
     */
    public void say(String id, String text, Optional<String> thread) throws IOException {
        var said = Answer.empty().put("id", id).put("text", text);
        thread.ifPresent(it -> said.put("thread", it));
        write(Answer.empty().set("say", said));
    }

    private void write(ObjectNode line) throws IOException {
        writing.lock();
        try {
            wire.write(line);
        } finally {
            writing.unlock();
        }
    }

    /** Also ends a connection on which nothing comes any more: the service has stopped in it. */
    private void giveSigns() {
        try {
            while (!closed.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() - heardAt > GONE.toNanos()) break;
                write(Answer.empty().put("alive", true));
            }
        } catch (IOException _) {
            // Whoever reads from it hears of it as well.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        wire.close();
    }

    @Override
    public void close() {
        closed.countDown();
        wire.close();
    }
}
