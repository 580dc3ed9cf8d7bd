package dev.sopwith.bot.tmux;

import dev.sopwith.bot.local.Frame;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The newest state of the last messages of the room, in a file: so a client that comes back after
 * the service was killed gets what it has not seen, and a message that is sent again is not shown
 * twice. What is true stands in the store; of this only memory is lost when it is lost, and it
 * begins anew under another epoch.
 *
 * <p>Each change is one line, written before anybody sees it. It is not synced: who dies with the
 * machine are also all clients. A line that was cut short was never seen, and is dropped.
 *
 * <p>Threading: one thread at a time.
 */
final class Journal implements AutoCloseable {
    /** Messages that are kept. */
    static final int MESSAGES_MAX = 2_000;

    /** Characters of all of them together. */
    static final long SIZE_MAX = 16 * 1024 * 1024;

    /** Keys of messages: also of some that are not kept any more. */
    static final int KEYS_MAX = 10_000;

    /** Bytes of the file beyond which it is written anew. */
    static final long FILE_MAX = 64 * 1024 * 1024;

    private static final System.Logger LOG = System.getLogger(Journal.class.getName());
    private static final int VERSION = 1;

    private final Path file;
    private final String epoch;
    private final Map<String, String> ids = new LinkedHashMap<>(); // by key, oldest first
    private final Map<String, Entry> entries = new LinkedHashMap<>(); // by id, by seq
    private FileChannel channel;
    private long end;
    private long last;
    private long forgotten;
    private long size;

    /**
     * @param isOpen whether it asks for something
     */
    record Entry(String key, Frame frame, boolean isOpen) {
        long size() {
            return frame.title().length() + frame.lines().stream().mapToLong(String::length).sum();
        }
    }

    private Journal(Path file, String epoch, FileChannel channel) {
        this.file = file;
        this.epoch = epoch;
        this.channel = channel;
    }

    /**
     * Opens the one in this file, or begins one.
     *
     * @param newEpoch names the numbers of a new one
     */
    static Journal open(Path file, Supplier<String> newEpoch) throws IOException {
        var lines = Files.exists(file) ? lines(Files.readAllBytes(file)) : List.<byte[]>of();
        var first = lines.isEmpty() ? Optional.<ObjectNode>empty() : parse(lines.getFirst());
        boolean isOurs = first.filter(it -> it.path("journal").asInt(0) == VERSION).isPresent();
        if (!lines.isEmpty() && !isOurs) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} is no journal of this version; the room begins anew",
                    file);
        }
        var epoch = isOurs ? first.orElseThrow().path("epoch").asString("") : newEpoch.get();
        var journal = new Journal(file, epoch, channel(file));
        if (isOurs) lines.stream().skip(1).forEach(journal::replay);
        journal.rewrite(); // without what is not needed any more, and whole again
        return journal;
    }

    private static FileChannel channel(Path file) throws IOException {
        var rights = PosixFilePermissions.fromString("rw-------");
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(rights));
        }
        return FileChannel.open(file, StandardOpenOption.WRITE);
    }

    /** What was written whole. */
    private static List<byte[]> lines(byte[] bytes) {
        var lines = new ArrayList<byte[]>();
        var line = new ByteArrayOutputStream();
        for (byte next : bytes) {
            if (next == '\n') {
                lines.add(line.toByteArray());
                line.reset();
            } else {
                line.write(next);
            }
        }
        return lines;
    }

    private static Optional<ObjectNode> parse(byte[] line) {
        try {
            var text = new String(line, StandardCharsets.UTF_8);
            return Optional.of(JsonMapper.shared().readTree(text))
                    .filter(ObjectNode.class::isInstance)
                    .map(ObjectNode.class::cast);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private void replay(byte[] line) {
        var json = parse(line);
        if (json.isEmpty()) return; // not ours: nobody was ever told of it
        var key = json.get().path("key").asString("");
        last = Math.max(last, json.get().path("last").asLong(0));
        forgotten = Math.max(forgotten, json.get().path("forgotten").asLong(0));
        var frame = Frame.of(json.get());
        if (frame.isPresent()) {
            keep(new Entry(key, frame.get(), json.get().path("open").asBoolean(false)));
        } else if (!key.isEmpty()) {
            ids.put(key, json.get().path("id").asString(""));
        }
    }

    String epoch() {
        return epoch;
    }

    /** The highest number so far. */
    long last() {
        return last;
    }

    /** Up to this number not everything is kept any more. */
    long forgotten() {
        return forgotten;
    }

    /** The message that has this key, if it is remembered. */
    Optional<String> id(String key) {
        return Optional.ofNullable(ids.get(key));
    }

    Optional<Entry> entry(String id) {
        return Optional.ofNullable(entries.get(id));
    }

    /** The newest state of everything that changed after this, oldest first. */
    List<Entry> after(long seq) {
        if (seq >= last) return List.of();
        return entries.values().stream().filter(it -> it.frame().seq() > seq).toList();
    }

    /**
     * Writes the newest state of a message.
     *
     * @throws IOException when it cannot be written; then nothing has changed
     */
    void add(Entry entry) throws IOException {
        append(json(entry));
        keep(entry);
        if (end > FILE_MAX) rewrite();
    }

    private void keep(Entry entry) {
        var frame = entry.frame();
        var before = Optional.ofNullable(entries.remove(frame.id()));
        before.ifPresent(it -> size -= it.size());
        entries.put(frame.id(), entry);
        ids.put(entry.key(), frame.id());
        size += entry.size();
        last = Math.max(last, frame.seq());
        while (entries.size() > MESSAGES_MAX || (size > SIZE_MAX && entries.size() > 1)) {
            var oldest = entries.remove(entries.keySet().iterator().next());
            if (oldest == null) break;
            size -= oldest.size();
            forgotten = oldest.frame().seq();
        }
        while (ids.size() > KEYS_MAX) ids.remove(ids.keySet().iterator().next());
    }

    private static ObjectNode json(Entry entry) {
        return entry.frame().json().put("key", entry.key()).put("open", entry.isOpen());
    }

    private void append(JsonNode json) throws IOException {
        var line = (json + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            write(channel, ByteBuffer.wrap(line), end);
            end += line.length;
        } catch (IOException e) {
            channel.truncate(end); // half a line would spoil the next
            throw e;
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long next = at;
        while (bytes.hasRemaining()) next += channel.write(bytes, next);
    }

    /** Writes another file with what is kept, and puts it in the place of this one. */
    private void rewrite() throws IOException {
        var text = new StringBuilder();
        var head = JsonMapper.shared().createObjectNode();
        text.append(head.put("journal", VERSION).put("epoch", epoch)).append('\n');
        var far = JsonMapper.shared().createObjectNode();
        text.append(far.put("last", last).put("forgotten", forgotten)).append('\n');
        ids.forEach(
                (key, id) -> {
                    var one = JsonMapper.shared().createObjectNode();
                    text.append(one.put("key", key).put("id", id)).append('\n');
                });
        entries.values().forEach(it -> text.append(json(it)).append('\n'));
        var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        var next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        var other = channel(next);
        try {
            write(other, ByteBuffer.wrap(bytes), 0);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            other.close();
            throw e;
        }
        channel.close();
        channel = other;
        end = bytes.length;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
