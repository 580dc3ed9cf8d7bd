package dev.sopwith.bot.local;

import jdk.net.ExtendedSocketOptions;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/**
 * JSON lines over a socket. Each line is one object, UTF-8, of {@link #LINE_MAX} bytes at most.
 *
 * <ul>
 *   <li>client: {@code {"hello":1}}; service: {@code {"hello":1,"you":"local:alice"}}
 *   <li>client: {@code {"words":["run","deploy"],"wait":true}}; service: any number of {@code
 *       {"progress":"…"}} and {@code {"output":"…"}}, parts of a text that the answer speaks of,
 *       {@code {"alive":true}} every second, then {@code {"answer":{…}}}
 *   <li>client, instead of words: {@code {"line":"approve k7f3x","run":"R-12"}}, as a person wrote
 *       it, in the thread of that run; with {@code "secrets":{"token":"…"}} next to either
 *   <li>client: {@code {"complete":"appr"}}; service: {@code
 *       {"complete":{"from":0,"candidates":[…]}}}
 *   <li>client: {@code {"asks":"run deploy"}}; service: {@code {"asks":["token"]}}, the secret
 *       inputs that this line needs
 *   <li>client: {@code {"subscribe":{"epoch":"4f…","since":41}}}; service: {@code
 *       {"subscribed":{"epoch":"4f…","since":41,"missed":false}}}. From then on the connection is
 *       for the room alone. Service: {@code {"post":{…}}}, {@code {"update":{…}}}, {@code
 *       {"close":{…}}} with rising {@code seq} ({@link Frame}); client: {@code {"ack":42}}
 *   <li>client, subscribed: {@code {"say":{"id":"c9","text":"…","thread":"m7"}}}; service: {@code
 *       {"heard":"c9"}} when it is taken for good, or {@code {"unheard":"c9","why":"…"}}. A line
 *       without an answer is said again with the same id
 *   <li>both, subscribed: {@code {"alive":true}} every 15 s; whoever is silent for 45 s is gone
 *   <li>service, to what it does not understand: {@code {"error":"…"}}
 * </ul>
 *
 * <p>Threading: one thread reads, one writes.
 */
final class Wire implements AutoCloseable {
    /** Of the protocol. A client of another version is told so and nothing else. */
    static final int VERSION = 1;

    /** Bytes of a line: all inputs of a SOP at their longest fit, as does any answer. */
    static final int LINE_MAX = 4 * 1024 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(8 * 1024).flip();
    private volatile long heardAt = System.nanoTime();

    Wire(SocketChannel channel) {
        this.channel = channel;
    }

    /** What came is not a line of this protocol. */
    static final class Garbage extends Exception {
        private static final long serialVersionUID = 1;

        /** Whether where the next line begins is lost. */
        private final boolean fatal;

        Garbage(String problem, boolean fatal) {
            super(problem);
            this.fatal = fatal;
        }

        boolean isFatal() {
            return fatal;
        }
    }

    void connect(UnixDomainSocketAddress socket) throws IOException {
        channel.connect(socket);
    }

    /** When the last byte came, as {@link System#nanoTime} counts. */
    long heardAt() {
        return heardAt;
    }

    /** Who is on the other end, as the kernel knew when they connected. */
    UserPrincipal peer() throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    }

    /** The next line; none when the other end has closed. */
    Optional<ObjectNode> read() throws IOException, Garbage {
        var line = line();
        return line.isEmpty() ? Optional.empty() : Optional.of(parse(line.get()));
    }

    void write(JsonNode json) throws IOException {
        var bytes = escaped(MAPPER.writeValueAsString(json)).getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= LINE_MAX) throw new IOException("an answer is too long to be sent");
        var out = ByteBuffer.allocate(bytes.length + 1).put(bytes).put((byte) '\n').flip();
        while (out.hasRemaining()) channel.write(out);
    }

    /**
     * UTF-8 has no halves of characters, and JSON has escapes: what people typed arrives as it is.
     */
    private static String escaped(String json) {
        if (json.chars().noneMatch(c -> Character.isSurrogate((char) c))) return json;
        var escaped = new StringBuilder(json.length());
        json.codePoints()
                .forEach(
                        c -> {
                            boolean isHalf = Character.getType(c) == Character.SURROGATE;
                            if (isHalf) escaped.append("\\u%04x".formatted(c));
                            else escaped.appendCodePoint(c);
                        });
        return escaped.toString();
    }

    /**
     * Says that nothing more is sent, and takes in what still comes. Closing at once would throw
     * away what was sent last: the system resets a connection that has something unread.
     */
    void hangUp() throws IOException {
        channel.shutdownOutput();
        do buffer.clear();
        while (channel.read(buffer) >= 0);
    }

    /** Says that nothing more is sent; what comes is still read. */
    void finish() throws IOException {
        channel.shutdownOutput();
    }

    private Optional<byte[]> line() throws IOException, Garbage {
        var line = new ByteArrayOutputStream();
        while (true) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') return Optional.of(line.toByteArray());
                if (line.size() == LINE_MAX) {
                    throw new Garbage("a line has %,d bytes at most".formatted(LINE_MAX), true);
                }
                line.write(next);
            }
            buffer.clear();
            int read = channel.read(buffer);
            buffer.flip();
            heardAt = System.nanoTime();
            if (read < 0) return Optional.empty(); // a line without its end was cut short
        }
    }

    private static ObjectNode parse(byte[] line) throws Garbage {
        try {
            var text = new String(line, StandardCharsets.UTF_8);
            if (MAPPER.readTree(text) instanceof ObjectNode object) return object;
        } catch (JacksonException _) {
            // The same answer as to any other line that is no object.
        }
        throw new Garbage("each line must be one JSON object", false);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }
}
