package dev.sopwith.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folder of a store: nobody else's, and used by one store at a time.
 *
 * <p>The lock is the operating system's and ends with the process, however it ends; the file stays.
 * It does not reach over a network file system, where SQLite is not safe either.
 */
final class StoreFolder implements AutoCloseable {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /**
     * Folders in use by this process. The system forgets a process's lock as soon as the process
     * closes the file once more, so it must not even be opened to find out.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private static final int PID_LENGTH_MAX = 20;

    private final Path folder;
    private final FileChannel channel;

    private StoreFolder(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Makes the folder if need be, and keeps everyone else out of it until it is closed. */
    static StoreFolder take(Path wanted) throws IOException {
        if (!Files.isDirectory(wanted)) Files.createDirectories(wanted, OWNER_ONLY_FOLDER);
        var folder = wanted.toRealPath();
        requirePrivate(folder);
        if (!OURS.add(folder)) throw inUse(folder, "this process");
        try {
            return new StoreFolder(folder, lock(folder));
        } catch (IOException | RuntimeException e) {
            OURS.remove(folder);
            throw e;
        }
    }

    Path database() {
        return folder.resolve("sopwith.db");
    }

    /** A database that is being made; it becomes {@link #database} when it is complete. */
    Path unfinished() {
        return folder.resolve("sopwith.db.new");
    }

    /** Makes the unfinished database the one that counts. */
    void finish() throws IOException {
        sync(unfinished());
        Files.move(unfinished(), database(), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    /** Removes what a start that was cut short left behind. */
    void clearUnfinished() throws IOException {
        for (var suffix : new String[] {"", "-wal", "-shm", "-journal"}) {
            Files.deleteIfExists(Path.of(unfinished() + suffix));
        }
    }

    static void createPrivate(Path file) throws IOException {
        Files.createFile(file, OWNER_ONLY_FILE);
    }

    /** Makes a file, or the names in a folder, survive a loss of power. */
    static void sync(Path path) throws IOException {
        var mode = Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        try (var opened = FileChannel.open(path, mode)) {
            opened.force(true);
        }
    }

    @Override
    public void close() {
        if (!channel.isOpen()) return; // by now the folder may be another store's
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreException("cannot give back the lock of " + folder, e);
        } finally {
            OURS.remove(folder);
        }
    }

    private static void requirePrivate(Path folder) throws IOException {
        var rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
        if (!rights.endsWith("------")) {
            throw new StoreException(
                    "%s is open to others (%s) and will hold what nobody else may read;"
                                    .formatted(folder, rights)
                            + " chmod 700 it, or name a folder that is only the store's");
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        var file = folder.resolve("lock");
        if (!Files.exists(file)) createIfMissing(file);
        var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            if (!locked) throw inUse(folder, holder(channel));
            var pid = Long.toString(ProcessHandle.current().pid());
            channel.truncate(0);
            channel.write(StandardCharsets.US_ASCII.encode(pid));
            return channel;
        } finally {
            if (!locked) channel.close();
        }
    }

    private static void createIfMissing(Path file) throws IOException {
        try {
            createPrivate(file);
        } catch (FileAlreadyExistsException _) {
            // another process was quicker; the lock decides between the two
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(PID_LENGTH_MAX);
        channel.read(bytes, 0);
        var pid = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
        return pid.isBlank() ? "another process" : "process " + pid;
    }

    private static StoreException inUse(Path folder, String holder) {
        return new StoreException.InUse(
                "%s is in use by %s, and two services on one store would undo each other's work;"
                                .formatted(folder, holder)
                        + " stop that one, or give this one another folder");
    }
}
