package dev.sopwith.cli;

import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.LocalFeed;
import dev.sopwith.bot.local.Room;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Follows the room of a service for as long as it is open, however often the service goes and comes
 * back: no message is lost and none is shown twice.
 *
 * <p>Threading: one virtual thread follows and calls {@code show}; everything else from any thread.
 */
final class ChatRoom implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Path socket;
    private final String start;
    private final Consumer<List<String>> show;
    private final ChatPage page = new ChatPage();
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by lock
    private boolean isThere;
    private boolean isClosed;
    private Optional<LocalFeed> feed = Optional.empty();

    // of the thread that follows
    private Room.Place place = Room.Place.NEW;
    private String said = "";
    private boolean wasThere;

    /**
     * @param start what to write to start the service
     * @param show prints lines; called by one thread
     */
    ChatRoom(Path socket, String start, Consumer<List<String>> show) {
        this.socket = socket;
        this.start = start;
        this.show = show;
        this.thread = Thread.ofVirtual().name("chat-room").unstarted(this::follow);
    }

    void open() {
        thread.start();
    }

    /** Waits until the service is there; false when it is not by then. */
    boolean awaitService(Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lockInterruptibly();
        try {
            while (!isThere && !isClosed && left > 0) left = changed.awaitNanos(left);
            return isThere;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody saw that the service has gone: it is to be found again before it is asked again. */
    void lost() {
        lock.lock();
        try {
            isThere = false;
            feed.ifPresent(LocalFeed::close);
        } finally {
            lock.unlock();
        }
    }

    private void follow() {
        try {
            while (!isClosed()) {
                followOnce();
                set(Optional.empty());
                pause();
            }
        } catch (InterruptedException _) {
            // It was closed.
        }
    }

    private void followOnce() {
        try (var now = LocalFeed.subscribe(socket, place)) {
            begin(now);
            now.follow(new Eyes());
        } catch (LocalClient.Refused e) {
            tell(String.valueOf(e.getMessage()));
        } catch (IOException _) {
            if (isClosed()) return;
            tell(
                    wasThere
                            ? "service gone, waiting ..."
                            : "no service runs here; start it: %s; waiting ...".formatted(start));
        }
    }

    private void begin(LocalFeed now) {
        if (!said.isEmpty()) show.accept(List.of(note(wasThere ? "back" : "the service is there")));
        if (now.missed() && wasThere) {
            show.accept(List.of(note("some messages are not kept any more; see: runs, pending")));
        }
        said = "";
        wasThere = true;
        place = now.from();
        set(Optional.of(now));
    }

    private final class Eyes implements LocalFeed.Listener {
        @Override
        public void seen(Frame frame) {
            if (isClosed()) return;
            show.accept(page.lines(frame));
            passed(frame.seq());
        }

        @Override
        public void passed(long seq) {
            place = new Room.Place(place.epoch(), seq);
        }
    }

    /** Says once how it is, until it is otherwise. */
    private void tell(String how) {
        if (said.equals(how)) return;
        said = how;
        show.accept(List.of(note(how)));
    }

    static String note(String text) {
        return Ink.FAINT.of("-- " + text);
    }

    private void set(Optional<LocalFeed> now) {
        lock.lock();
        try {
            feed = now;
            isThere = now.isPresent();
            changed.signalAll();
            if (isClosed) now.ifPresent(LocalFeed::close);
        } finally {
            lock.unlock();
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

    private void pause() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = PAUSE.toNanos();
            while (!isClosed && left > 0) left = changed.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for its end. */
    void join() throws InterruptedException {
        thread.join();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            feed.ifPresent(LocalFeed::close);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
