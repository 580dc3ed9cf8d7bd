package dev.sopwith.engine.library;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * What reading SOPs asks of a file system. Links are never followed.
 *
 * <p>Threading: any number of threads.
 */
interface Disk {
    /** What a folder holds, in no order; at most {@code max} paths, the rest is not looked at. */
    List<Path> list(Path folder, int max) throws IOException;

    /** What is known about a path without opening it. */
    Stamp stamp(Path path) throws IOException;

    /** At most {@code max} bytes from the beginning of a regular file. */
    byte[] read(Path file, int max) throws IOException;

    /** What a path leads to. */
    enum Kind {
        FILE("file"),
        FOLDER("folder"),
        LINK("symbolic link"),
        PIPE("named pipe"),
        SOCKET("socket"),
        DEVICE("device");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * One file or folder as it was at one moment. A file with an equal stamp has equal content,
     * except for edits that follow each other faster than the file system's clock ticks.
     *
     * @param executable for its owner
     * @param modified when the content was last written, which programs may set as they like
     * @param changed when content, name or mode were last changed, which they may not
     */
    record Stamp(
            Kind kind,
            boolean executable,
            long size,
            FileTime modified,
            FileTime changed,
            long device,
            long inode) {

        private static final FileTime NO_TIME = FileTime.fromMillis(0);

        /** The same without what changes when something inside a folder does. */
        Stamp asFolder() {
            return new Stamp(kind, false, 0, NO_TIME, NO_TIME, device, inode);
        }

        boolean isSamePlace(Stamp other) {
            return device == other.device && inode == other.inode;
        }
    }
}
