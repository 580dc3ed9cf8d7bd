package dev.sopwith.engine.library;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The file systems of this machine, through the attributes that Linux and other Unixes know.
 *
 * <p>Threading: holds nothing.
 */
final class LocalDisk implements Disk {
    private static final String ATTRIBUTES = "unix:mode,size,lastModifiedTime,ctime,dev,ino";

    // The file type in st_mode, see inode(7).
    private static final int TYPE = 0170000;
    private static final int OWNER_MAY_EXECUTE = 0100;

    @Override
    public List<Path> list(Path folder, int max) throws IOException {
        var paths = new ArrayList<Path>();
        try (var stream = Files.newDirectoryStream(folder)) {
            for (var path : stream) {
                if (paths.size() == max) break;
                paths.add(path);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return paths;
    }

    @Override
    public Stamp stamp(Path path) throws IOException {
        var known = Files.readAttributes(path, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        int mode = get(known, "mode", Integer.class);
        return new Stamp(
                kind(mode),
                (mode & OWNER_MAY_EXECUTE) != 0,
                get(known, "size", Long.class),
                get(known, "lastModifiedTime", FileTime.class),
                get(known, "ctime", FileTime.class),
                get(known, "dev", Long.class),
                get(known, "ino", Long.class));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Callers ask for the kind first, as opening a pipe waits for a writer. Java cannot open and
     * look in one go, so who swaps a file for a pipe within that instant holds up this thread.
     */
    @Override
    public byte[] read(Path file, int max) throws IOException {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(max);
        }
    }

    private static <T> T get(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name)));
    }

    private static Kind kind(int mode) {
        return switch (mode & TYPE) {
            case 0100000 -> Kind.FILE;
            case 0040000 -> Kind.FOLDER;
            case 0120000 -> Kind.LINK;
            case 0010000 -> Kind.PIPE;
            case 0140000 -> Kind.SOCKET;
            default -> Kind.DEVICE;
        };
    }
}
