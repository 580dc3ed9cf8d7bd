package dev.sopwith.bot.local;

import dev.sopwith.bot.command.Completion;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The other end of {@link LocalServer}.
 *
 * <p>Threading: one thread.
 */
public final class LocalClient implements AutoCloseable {
    private final Wire wire;

    private LocalClient(Wire wire) {
        this.wire = wire;
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
     * @throws IOException when no service listens there
     * @throws Refused when it does not talk to us
     */
    public static LocalClient connect(Path socket) throws IOException, Refused {
        return new LocalClient(greeted(socket));
    }

    /** A connection on which both have said hello. */
    static Wire greeted(Path socket) throws IOException, Refused {
        var problem = LocalServer.problem(socket);
        if (problem.isPresent()) throw new Refused(problem.get());
        var wire = new Wire(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        try {
            wire.write(Answer.empty().put("hello", Wire.VERSION));
            next(wire);
            return wire;
        } catch (IOException | Refused e) {
            wire.close();
            throw e;
        }
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param progress hears what happens meanwhile
     * @throws IOException when the service went away before it answered
     */
    public Answer ask(Request request, Consumer<String> progress) throws IOException, Refused {
        wire.write(line(request));
        while (true) {
            var heard = next();
            if (heard.has("answer")) {
                try {
                    return Answer.of(heard.path("answer"));
                } catch (IllegalArgumentException e) {
                    throw new Refused("what the service sent is no answer; is it of this version?");
                }
            }
            var said = heard.path("progress").asString("");
            if (!said.isEmpty()) progress.accept(said);
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
        wire.write(Answer.empty().put("complete", text));
        var complete = next().path("complete");
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
        wire.write(line);
        return Answer.texts(next().path("asks"));
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
