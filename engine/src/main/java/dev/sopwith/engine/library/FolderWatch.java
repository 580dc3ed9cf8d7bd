package dev.sopwith.engine.library;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits until something may have changed in some folders. A hint and nothing more: where the system
 * has no watches left, or a file system reports nothing, waiting just takes its full time.
 *
 * <p>Threading: {@link #close} from any thread, all else from one.
 */
final class FolderWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FolderWatch.class.getName());

    /** How long the folders must be quiet before a change is reported. */
    static final Duration QUIET = Duration.ofMillis(100);

    /** A change is reported after this many times {@link #QUIET} even if others follow. */
    private static final int QUIET_ATTEMPTS_MAX = 10;

    private static final WatchEvent.Kind<?>[] EVERYTHING = {
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_MODIFY,
        StandardWatchEventKinds.ENTRY_DELETE
    };

    private final Optional<WatchService> service;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<Path, Watched> watched = new HashMap<>();
    private boolean complained;

    /** A path under watch, and what it led to when that began. */
    private record Watched(String place, WatchKey key) {}

    FolderWatch() {
        service = newService();
    }

    /**
     * From now on these folders are watched and no others.
     *
     * @return whether some were not watched until now, so that a change in them went unseen
     */
    boolean follow(Set<Path> folders) {
        if (service.isEmpty()) return false;
        var forgotten = new HashSet<>(watched.keySet());
        forgotten.removeAll(folders);
        forgotten.forEach(this::forget);
        boolean any = false;
        for (var folder : folders) any |= follow(folder);
        return any;
    }

    /**
     * Waits until something changed and it is quiet again, or the time is over.
     *
     * @return whether this is still open
     */
    boolean await(Duration max) {
        try {
            if (service.isEmpty()) return !closed.await(max.toNanos(), TimeUnit.NANOSECONDS);
            var first = service.get().poll(max.toNanos(), TimeUnit.NANOSECONDS);
            if (first == null) return isOpen();
            first.pollEvents();
            first.reset();
            return awaitQuiet(service.get());
        } catch (ClosedWatchServiceException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends all waiting at once. */
    @Override
    public void close() {
        closed.countDown();
        try {
            if (service.isPresent()) service.get().close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot give back the watches on folders", e);
        }
    }

    private boolean awaitQuiet(WatchService service) throws InterruptedException {
        for (int attempt = 0; attempt < QUIET_ATTEMPTS_MAX; attempt++) {
            if (closed.await(QUIET.toMillis(), TimeUnit.MILLISECONDS)) return false;
            if (!drain(service)) break;
        }
        return isOpen();
    }

    private boolean drain(WatchService service) {
        boolean any = false;
        for (int i = 0; i <= watched.size(); i++) {
            var key = service.poll();
            if (key == null) break;
            key.pollEvents();
            key.reset();
            any = true;
        }
        return any;
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private boolean follow(Path folder) {
        try {
            var attributes =
                    Files.readAttributes(
                            folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            var place = String.valueOf(attributes.fileKey());
            var old = watched.get(folder);
            if (old != null && old.key().isValid() && old.place().equals(place)) return false;
            forget(folder);
            if (!attributes.isDirectory() || service.isEmpty()) return false;
            watched.put(folder, new Watched(place, folder.register(service.get(), EVERYTHING)));
            return true;
        } catch (NoSuchFileException e) {
            forget(folder);
        } catch (ClosedWatchServiceException e) {
            // Nobody waits any more.
        } catch (IOException e) {
            complain(folder, e);
        }
        return false;
    }

    private void forget(Path folder) {
        var old = watched.remove(folder);
        if (old != null) old.key().cancel();
    }

    /** Once: where one watch is refused, a thousand are. */
    private void complain(Path folder, IOException e) {
        if (complained) return;
        complained = true;
        LOG.log(System.Logger.Level.WARNING, "cannot watch " + folder + ", looking regularly", e);
    }

    private static Optional<WatchService> newService() {
        try {
            return Optional.of(FileSystems.getDefault().newWatchService());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot watch folders, looking regularly", e);
            return Optional.empty();
        }
    }
}
