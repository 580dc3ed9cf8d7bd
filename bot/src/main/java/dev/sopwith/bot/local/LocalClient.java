package dev.sopwith.bot.local;

import dev.sopwith.bot.command.Completion;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The other end of {@link LocalServer}. A service from which nothing comes any more is not waited
 * for without a word, and not for ever.
 *
 * <p>Threading: one thread.
 */
public final class LocalClient implements AutoCloseable {
    private final Wire wire;
    private final Silence silence;

    private LocalClient(Wire wire, Silence silence) {
        this.wire = wire;
        this.silence = silence;
    }

    /**
     * How long a service may say nothing.
     *
     * @param worry after this whoever waits is told
     * @param end after this it is not waited for any longer
     */
    record Patience(Duration worry, Duration end) {
        static final Patience NORMAL = new Patience(Duration.ofSeconds(2), Duration.ofSeconds(30));
    }

    /** The service is there, and nothing has come from it for too long. */
    public static final class Silent extends IOException {
        private static final long serialVersionUID = 1;
        private final boolean wasAsked;

        Silent(String why, boolean wasAsked) {
            super(why);
            this.wasAsked = wasAsked;
        }

        /** Whether it was sent what to do: then it may still do it. */
        public boolean wasAsked() {
            return wasAsked;
        }
    }

    /** The service is there and does not answer as it should. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }
    }

    /**
     * Connects.
     *
     * @throws IOException when no service listens there, or it is {@link Silent}
     * @throws Refused when it does not talk to us
     */
    public static LocalClient connect(Path socket) throws IOException, Refused {
        return connect(socket, _ -> {});
    }

    /**
     * Connects.
     *
     * @param worry hears, on another thread, that the service does not answer, and why
     * @throws IOException when no service listens there, or it is {@link Silent}
     * @throws Refused when it does not talk to us
     */
    public static LocalClient connect(Path socket, Consumer<String> worry)
            throws IOException, Refused {
        return connect(socket, worry, Patience.NORMAL);
    }

    static LocalClient connect(Path socket, Consumer<String> worry, Patience patience)
            throws IOException, Refused {
        var wire = open(socket);
        var silence = new Silence(socket, wire, worry, patience);
        greet(socket, wire, silence);
        return new LocalClient(wire, silence);
    }

    /** A connection on which both have said hello. */
    static Wire greeted(Path socket) throws IOException, Refused {
        var wire = open(socket);
        greet(socket, wire, new Silence(socket, wire, _ -> {}, Patience.NORMAL));
        return wire;
    }

    private static Wire open(Path socket) throws IOException, Refused {
        var problem = LocalServer.problem(socket);
        if (problem.isPresent()) throw new Refused(problem.get());
        return new Wire(SocketChannel.open(StandardProtocolFamily.UNIX));
    }

    /** Connecting waits as well: while the service takes in nobody and too many stand in line. */
    private static void greet(Path socket, Wire wire, Silence silence) throws IOException, Refused {
        try (var watch = silence.watch(false, false)) {
            try {
                wire.connect(UnixDomainSocketAddress.of(socket));
                wire.write(Answer.empty().put("hello", Wire.VERSION));
                next(wire);
            } catch (IOException e) {
                throw watch.reason(e);
            }
        } catch (IOException | Refused e) {
            wire.close();
            throw e;
        }
    }

    /**
     * Asks, and waits for the answer for as long as the service shows that it lives.
     *
     * @param progress hears what happens meanwhile
     * @throws IOException when the service went away before it answered, or is {@link Silent}
     */
    public Answer ask(Request request, Consumer<String> progress) throws IOException, Refused {
        return ask(request, progress, _ -> {});
    }

    /**
     * Asks, and waits for the answer for as long as the service shows that it lives.
     *
     * @param progress hears what happens meanwhile
     * @param output hears the parts of a text that the answer speaks of, before it comes
     * @throws IOException when the service went away before it answered, or is {@link Silent}
     */
    public Answer ask(Request request, Consumer<String> progress, Consumer<String> output)
            throws IOException, Refused {
        try (var watch = silence.watch(true, request.untilEnd())) {
            try {
                wire.write(line(request));
                while (true) {
                    var heard = next();
                    if (heard.has("answer")) return answer(heard.path("answer"));
                    var said = heard.path("progress").asString("");
                    if (!said.isEmpty()) progress.accept(said);
                    var part = heard.path("output").asString("");
                    if (!part.isEmpty()) output.accept(part);
                }
            } catch (IOException e) {
                throw watch.reason(e);
            }
        }
    }

    private static Answer answer(JsonNode json) throws Refused {
        try {
            return Answer.of(json);
        } catch (IllegalArgumentException e) {
            throw new Refused("what the service sent is no answer; is it of this version?");
        }
    }

    private static ObjectNode line(Request request) {
        var line = Answer.empty().put("wait", request.untilEnd());
        if (request.line().isPresent()) line.put("line", request.line().get());
        else request.words().forEach(line.putArray("words")::add);
        request.thread().ifPresent(it -> line.put("run", it.toString()));
        if (!request.secrets().isEmpty()) {
            var secrets = line.putObject("secrets");
            request.secrets().forEach((name, value) -> secrets.put(name, value.reveal()));
        }
        return line;
    }

    /** How a half-typed line may go on. */
    public Completion complete(String text) throws IOException, Refused {
        var complete = told(Answer.empty().put("complete", text)).path("complete");
        var candidates = new ArrayList<Completion.Candidate>();
        for (var one : complete.path("candidates").values()) {
            candidates.add(
                    new Completion.Candidate(
                            one.path("text").asString(""), one.path("description").asString("")));
        }
        return new Completion(complete.path("from").asInt(text.length()), candidates);
    }

    /** The secret inputs that this line needs and that are not part of it. */
    public List<String> secretsOf(Request request) throws IOException, Refused {
        var line = Answer.empty().put("asks", request.line().orElse(""));
        request.thread().ifPresent(it -> line.put("run", it.toString()));
        return Answer.texts(told(line).path("asks"));
    }

    /** The answer to what changes nothing. */
    private ObjectNode told(ObjectNode line) throws IOException, Refused {
        try (var watch = silence.watch(false, false)) {
            try {
                wire.write(line);
                return next();
            } catch (IOException e) {
                throw watch.reason(e);
            }
        }
    }

    private ObjectNode next() throws IOException, Refused {
        return next(wire);
    }

    static ObjectNode next(Wire wire) throws IOException, Refused {
        try {
            var line = wire.read();
            if (line.isEmpty()) throw new IOException("the service hung up");
            var error = line.get().path("error").asString("");
            if (!error.isEmpty()) throw new Refused(error);
            return line.get();
        } catch (Wire.Garbage e) {
            throw new Refused("what the service sent is not understood: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
