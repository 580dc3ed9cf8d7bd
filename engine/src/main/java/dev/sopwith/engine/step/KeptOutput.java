package dev.sopwith.engine.step;

import dev.sopwith.engine.secret.Masker;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the shim kept of a step's output: files {@code out.N} that begin at byte N of it. What lies
 * between two of them was dropped.
 *
 * @param files by the byte they begin at
 * @param lost bytes after the last file that could not be written, at least: a disk was full
 */
record KeptOutput(Path directory, SortedMap<Long, Path> files, long lost) {
    private static final String PREFIX = "out.";
    private static final String LOST = "lost";

    /** Longer than any number. */
    private static final String LOST_ROOM = " ".repeat(19) + "\n";

    /** Read around an excerpt, so that no secret is cut where the excerpt is. */
    private static final int WINDOW = 64 * 1024;

    /** Sets room aside for the number of bytes that a full disk does not take. */
    static void makeRoom(Path directory) throws IOException {
        Files.writeString(
                directory.resolve(PREFIX + LOST), LOST_ROOM, StandardOpenOption.CREATE_NEW);
    }

    static KeptOutput in(Path directory) throws IOException {
        var files = new TreeMap<Long, Path>();
        long lost = 0;
        try (var found = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (var file : found) {
                var end = String.valueOf(file.getFileName()).substring(PREFIX.length());
                if (end.matches("[0-9]{1,18}")) files.put(Long.parseLong(end), file);
                else if (end.equals(LOST)) lost = number(Files.readString(file));
            }
        } catch (NoSuchFileException e) {
            return new KeptOutput(directory, new TreeMap<>(), 0); // the step deleted it
        }
        return new KeptOutput(directory, files, lost);
    }

    /** Whether there is nothing, not even an empty file: it was not begun, or was removed. */
    boolean isEmpty() {
        return files.isEmpty();
    }

    /** How much there was, lost bytes included. */
    long bytes() throws IOException {
        return written() + lost;
    }

    /** How much of that is not in the files. */
    long dropped() throws IOException {
        return bytes() - keptBytes();
    }

    private long written() throws IOException {
        long written = 0;
        for (var file : files.entrySet()) written = file.getKey() + size(file.getValue());
        return written;
    }

    /** Whether all of it is there that ever was: once {@link #remove} has begun, it is not. */
    boolean isWhole() {
        return files.containsKey(0L);
    }

    /**
     * Removes the files, the first one first: what they hold is not masked. Only when nobody writes
     * any more.
     */
    void remove() throws IOException {
        for (var file : files.values()) Files.deleteIfExists(file);
        Files.deleteIfExists(directory.resolve(PREFIX + LOST));
    }

    /** Beginning and end, masked. */
    StepOutput excerpts(Masker masker) throws IOException {
        long written = written();
        long dropped = written - keptBytes() + lost;
        if (written <= WINDOW) {
            var all = masker.mask(read(0, WINDOW));
            if (all.length <= 2 * StepOutput.EXCERPT_MAX) {
                return output(written + lost, dropped, all, new byte[0]);
            }
            return output(written + lost, dropped, first(all), last(all));
        }
        var head = masker.mask(read(0, WINDOW));
        var tail = masker.mask(read(written - WINDOW, WINDOW));
        return output(written + lost, dropped, first(head), last(tail));
    }

    /** All of it, masked, with a line wherever something was dropped. */
    void write(Masker masker, OutputStream target) throws IOException {
        long at = 0;
        OutputStream part = masker.stream(new Unclosed(target));
        try {
            for (var file : files.entrySet()) {
                if (!Files.exists(file.getValue())) continue; // dropped since we looked
                if (file.getKey() > at) {
                    part.close(); // nothing goes on across a gap
                    target.write(StepOutput.gap(file.getKey() - at));
                    part = masker.stream(new Unclosed(target));
                }
                at = file.getKey() + copy(file.getValue(), part);
            }
        } finally {
            part.close();
        }
        if (lost > 0) target.write(StepOutput.gap(lost));
    }

    private StepOutput output(long bytes, long dropped, byte[] head, byte[] tail) {
        return new StepOutput(
                bytes,
                dropped,
                new String(head, StandardCharsets.UTF_8),
                new String(tail, StandardCharsets.UTF_8),
                Optional.of(directory));
    }

    private long keptBytes() throws IOException {
        long kept = 0;
        for (var file : files.values()) kept += size(file);
        return kept;
    }

    /** What is kept of the bytes from {@code from} on. */
    private byte[] read(long from, int length) throws IOException {
        return WholeFiles.with(() -> readOnce(from, length));
    }

    private byte[] readOnce(long from, int length) throws IOException {
        var read = ByteBuffer.allocate(length);
        for (var file : files.entrySet()) {
            long skip = Math.max(0, from - file.getKey());
            if (file.getKey() >= from + length || skip >= size(file.getValue())) continue;
            try (var channel = FileChannel.open(file.getValue())) {
                channel.position(skip);
                while (read.hasRemaining() && channel.read(read) > 0) {}
            } catch (NoSuchFileException e) {
                // Dropped since we looked.
            }
        }
        return Arrays.copyOf(read.array(), read.position());
    }

    /** The shim drops files while the step runs: one that is gone has no bytes. */
    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static long copy(Path file, OutputStream target) throws IOException {
        try {
            return Files.copy(file, target);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static byte[] first(byte[] bytes) {
        return Arrays.copyOf(bytes, Math.min(bytes.length, StepOutput.EXCERPT_MAX));
    }

    private static byte[] last(byte[] bytes) {
        int from = Math.max(0, bytes.length - StepOutput.EXCERPT_MAX);
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static long number(String text) {
        return text.strip().matches("[0-9]{1,18}") ? Long.parseLong(text.strip()) : 0;
    }

    /** Closing a masking stream says that a part is whole; the target goes on. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream target) {
            super(target);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
