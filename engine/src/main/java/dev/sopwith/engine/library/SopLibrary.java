package dev.sopwith.engine.library;

import dev.sopwith.engine.sop.ExecutionMode;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The SOPs as they are now, while people edit them on disk: the one place that asks "which version
 * of this SOP runs?".
 *
 * <p>A good new version replaces the old one as soon as it is seen. What runs goes on running until
 * its folder is removed or holds a good version again:
 *
 * <ul>
 *   <li>A folder that broke keeps its last good version, and is told of once.
 *   <li>Of several folders with one name none is good, so each keeps its last good version.
 *   <li>A name that the last good version of another folder runs under is taken.
 *   <li>A folder is removed when it is gone, empty, hidden or a file.
 *   <li>When the folder of all SOPs cannot be read, or an empty one stands in its place (as when a
 *       disk is not mounted), nothing counts as removed: all goes on as it was known.
 * </ul>
 *
 * <p>Nothing is kept over a restart: a SOP that is broken then does not run.
 *
 * <p>Threading: {@link #current} from any thread, without waiting. Looks at the disk follow one
 * another, each by the thread that asks for it or by the one that watches; the listener hears all
 * events in order, from those threads, after the new set is in place. What a listener throws is
 * logged and stops nothing.
 */
public final class SopLibrary implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SopLibrary.class.getName());

    /** How often the disk is looked at even if nothing is heard from it. */
    public static final Duration PERIOD = Duration.ofSeconds(2);

    /** How often new folders are looked at before it is the next regular look's turn. */
    private static final int LOOKS_MAX = 3;

    private final SopsFolder folder; // guarded by looking
    private final Consumer<SopEvent> listener;
    private final AtomicReference<SopSet> current;

    // Held while the disk is read: looks are what it puts in a row. Nobody who uses SOPs takes it.
    private final ReentrantLock looking = new ReentrantLock();

    private Optional<Watching> watching = Optional.empty(); // guarded by this
    private boolean closed; // guarded by this

    private record Watching(FolderWatch watch, Thread thread) {}

    SopLibrary(SopsFolder folder, String shown, Consumer<SopEvent> listener) {
        this.folder = folder;
        this.listener = listener;
        this.current = new AtomicReference<>(SopSet.none(shown).followedBy(folder.look()));
    }

    /**
     * Reads all SOPs. Never throws: where the folder cannot be read, the set is empty and has a
     * {@link SopSet#problem} until it can.
     *
     * @param root the folder that holds the SOPs' folders
     * @param shown how it is named in diagnostics, such as {@code sops}
     * @param listener hears what changes from now on; not what is there already
     */
    public static SopLibrary open(
            Path root, String shown, InstantSource clock, Consumer<SopEvent> listener) {
        return open(root, shown, clock, ExecutionMode.SUPERVISED, listener);
    }

    /** The same, with a roster's mode for SOPs that name none. */
    public static SopLibrary open(
            Path root,
            String shown,
            InstantSource clock,
            ExecutionMode defaultMode,
            Consumer<SopEvent> listener) {
        var folder = SopsFolder.local(root, shown, clock, defaultMode);
        return new SopLibrary(folder, shown, listener);
    }

    /** The SOPs as the last look found them. */
    public SopSet current() {
        return current.get();
    }

    /**
     * Looks at the disk now. Reads only what was touched since the last look; the set is replaced
     * as a whole, then the listener hears of it.
     *
     * @return what the listener heard
     */
    public List<SopEvent> refresh() {
        if (looking.isHeldByCurrentThread()) {
            throw new IllegalStateException("a listener must not ask for the next look");
        }
        looking.lock();
        try {
            var before = current.get();
            var now = before.followedBy(folder.look());
            current.set(now);
            var events = SopChanges.between(before, now);
            events.forEach(this::tell);
            return events;
        } finally {
            looking.unlock();
        }
    }

    /** Begins to watch the disk and to look every {@link #PERIOD}, until closed. */
    public void watch() {
        watch(PERIOD);
    }

    /**
     * Begins to watch the disk, until closed; once.
     *
     * @param period how often to look even if nothing is heard: file systems over a network report
     *     nothing, and the system may have no watches left
     */
    public synchronized void watch(Duration period) {
        if (closed || watching.isPresent()) {
            throw new IllegalStateException("a library is watched once, until it is closed");
        }
        var watch = new FolderWatch();
        var thread = Thread.ofVirtual().name("sop-watch").start(() -> follow(watch, period));
        watching = Optional.of(new Watching(watch, thread));
    }

    /**
     * Stops watching and waits for a look that is under way, unless the listener asks, which is
     * part of one. The set stays as it is.
     */
    @Override
    public void close() {
        Optional<Watching> toStop;
        synchronized (this) {
            closed = true;
            toStop = watching;
        }
        toStop.ifPresent(it -> it.watch().close());
        if (looking.isHeldByCurrentThread()) return; // the listener closes: its look goes on anyway
        toStop.map(Watching::thread).ifPresent(SopLibrary::join);
    }

    /** An event only says "look": what is true is on the disk, not in the event. */
    private void follow(FolderWatch watch, Duration period) {
        do {
            try {
                lookAt(watch);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "a look at the SOPs failed, others follow", e);
            }
        } while (watch.await(period));
    }

    /** What happens in a new folder before it is watched is not heard of, so it is looked at. */
    private void lookAt(FolderWatch watch) {
        for (int i = 0; i < LOOKS_MAX; i++) {
            refresh();
            if (!watch.follow(foldersToWatch())) break;
        }
    }

    private Set<Path> foldersToWatch() {
        looking.lock();
        try {
            return folder.folders();
        } finally {
            looking.unlock();
        }
    }

    private void tell(SopEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the listener failed at " + event.getClass().getSimpleName(),
                    e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
