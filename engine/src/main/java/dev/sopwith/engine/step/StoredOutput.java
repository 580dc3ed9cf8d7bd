package dev.sopwith.engine.step;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a step printed or a server answered, secrets masked: the file {@code printed} in the step's
 * directory. Whoever shows it needs no secret, so it can be shown when those are erased.
 *
 * <p>The first line is how many bytes there were and how many of them were dropped; what follows is
 * the text. Durable: as a whole or not at all.
 *
 * @param bytes how much there was
 * @param dropped how much of that was not kept
 * @param from where the text begins in the file
 */
record StoredOutput(Path file, long bytes, long dropped, int from) {
    private static final String NAME = "printed";
    private static final String ROOM = "printed.room";

    /** Both ends, and what is written around them. */
    private static final int ROOM_BYTES = 3 * StepOutput.EXCERPT_MAX;

    private static final int LINE_MAX = 64;
    private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) ([0-9]{1,18})\n");

    /** Writes the text. */
    @FunctionalInterface
    interface Text {
        void write(OutputStream target) throws IOException;
    }

    /** Keeps a text that is masked, in place of an earlier one. */
    static void write(Path directory, long bytes, long dropped, Text text) throws IOException {
        write(
                directory.resolve(NAME),
                target -> {
                    target.write(line(bytes, dropped));
                    text.write(target);
                });
        Files.deleteIfExists(directory.resolve(ROOM));
    }

    /** Writes a file durably, as a whole or not at all, in place of an earlier one. */
    static void write(Path file, Text text) throws IOException {
        WholeFiles.with(() -> writeOnce(file, text));
    }

    private static Path writeOnce(Path file, Text text) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh); // of a service that went down here
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var rights = PosixFilePermissions.fromString("rw-------");
        try (var channel =
                        FileChannel.open(
                                fresh, options, PosixFilePermissions.asFileAttribute(rights));
                var out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
            text.write(out);
            out.flush();
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(fresh); // on a full disk half of it helps nobody
            throw e;
        }
        return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Sets room aside for {@link #writeInRoom}: a full disk must not keep secrets in the open. */
    static void makeRoom(Path directory) throws IOException {
        var room = new byte[ROOM_BYTES];
        Arrays.fill(room, (byte) ' ');
        Files.write(directory.resolve(ROOM), room, StandardOpenOption.CREATE_NEW);
    }

    /** Keeps beginning and end where no more than that fits on the disk: they need no new space. */
    static void writeInRoom(Path directory, StepOutput output) throws IOException {
        var room = directory.resolve(ROOM);
        var text = new ByteArrayOutputStream();
        var ends = output.tail().isEmpty() ? output : output.withoutMiddle();
        text.write(line(ends.bytes(), ends.dropped()));
        ends.writeExcerpts(text);
        WholeFiles.with(() -> overwrite(room, text.toByteArray()));
        Files.move(room, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path overwrite(Path file, byte[] content) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.truncate(content.length);
            channel.force(true);
        }
        return file;
    }

    private static byte[] line(long bytes, long dropped) {
        return "%d %d\n".formatted(bytes, dropped).getBytes(StandardCharsets.US_ASCII);
    }

    /** What is kept in this directory, if anything is. */
    static Optional<StoredOutput> in(Path directory) throws IOException {
        var file = directory.resolve(NAME);
        try (var in = Files.newInputStream(file)) {
            var start = new String(in.readNBytes(LINE_MAX), StandardCharsets.ISO_8859_1);
            var line = LINE.matcher(start);
            if (!line.lookingAt()) throw new IOException(file + " is damaged");
            long bytes = Long.parseLong(line.group(1));
            return Optional.of(
                    new StoredOutput(file, bytes, Long.parseLong(line.group(2)), line.end()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Its beginning and its end. */
    StepOutput excerpts() throws IOException {
        return WholeFiles.with(this::excerptsOnce);
    }

    private StepOutput excerptsOnce() throws IOException {
        try (var channel = FileChannel.open(file)) {
            long length = channel.size() - from;
            int max = StepOutput.EXCERPT_MAX;
            if (length <= 2L * max) return output(read(channel, from, (int) length), "");
            return output(read(channel, from, max), read(channel, channel.size() - max, max));
        }
    }

    /** All of it. */
    void copy(OutputStream target) throws IOException {
        try (var in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            in.transferTo(target);
        }
    }

    private StepOutput output(String head, String tail) {
        return new StepOutput(bytes, dropped, head, tail, Optional.ofNullable(file.getParent()));
    }

    private static String read(FileChannel channel, long at, int length) throws IOException {
        var read = ByteBuffer.allocate(length);
        channel.position(at);
        while (read.hasRemaining() && channel.read(read) > 0) {}
        return new String(read.array(), 0, read.position(), StandardCharsets.UTF_8);
    }
}
