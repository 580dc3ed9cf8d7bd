package dev.sopwith.bot.local;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.secret.Secret;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What is said on one connection: hello, then one request after the other, each answered once. From
 * {@code subscribe} on it is {@link Following}.
 *
 * <p>Threading: the connection's own thread.
 */
final class Conversation {
    private static final System.Logger LOG = System.getLogger(Conversation.class.getName());
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);

    private final Peer client;
    private final LocalServer.Handler handler;
    private final Room room;

    Conversation(Peer client, LocalServer.Handler handler, Room room) {
        this.client = client;
        this.handler = handler;
        this.room = room;
    }

    /**
     * Goes on until one of both hangs up.
     *
     * @throws LocalServer.Gone when the client has gone while it was answered
     */
    void go() throws IOException, InterruptedException {
        if (!greet()) return;
        boolean goOn = true;
        while (goOn) goOn = serveOne();
    }

    private boolean greet() throws IOException {
        var hello = next();
        if (hello.isEmpty()) return false;
        int version = hello.get().path("hello").asInt(0);
        if (version != Wire.VERSION) {
            client.write(
                    LocalServer.error(
                            "this service speaks version %d of the protocol, the client version %d;"
                                            .formatted(Wire.VERSION, version)
                                    + " use the sopwith of the service, or restart the service"));
            return false;
        }
        client.write(
                Answer.empty()
                        .put("hello", Wire.VERSION)
                        .put("you", "local:" + client.caller().login()));
        return true;
    }

    private boolean serveOne() throws IOException, InterruptedException {
        Optional<ObjectNode> line;
        try {
            line = client.wire().read();
        } catch (Wire.Garbage e) {
            client.write(LocalServer.error(String.valueOf(e.getMessage())));
            return !e.isFatal();
        }
        if (line.isEmpty()) return false;
        var asked = line.get();
        if (asked.has("subscribe")) {
            Following.follow(room, client, asked.path("subscribe"));
            return false;
        }
        var reply = reply(asked);
        client.write(
                reply.orElseGet(() -> LocalServer.error("a request is {\"words\": [\"runs\"]}")));
        return true;
    }

    private Optional<ObjectNode> reply(ObjectNode asked) throws InterruptedException {
        if (asked.path("complete").isString()) {
            return Optional.of(completed(asked.path("complete").asString("")));
        }
        if (asked.path("asks").isString()) {
            var reply = Answer.empty();
            var line = Request.line(asked.path("asks").asString(""), run(asked));
            handler.secrets(line, client.caller()).forEach(reply.putArray("asks")::add);
            return Optional.of(reply);
        }
        var request = request(asked);
        if (request.isEmpty()) return Optional.empty();
        var reply = Answer.empty();
        reply.set("answer", answer(request.get()).json());
        return Optional.of(reply);
    }

    private static Optional<Request> request(ObjectNode asked) {
        var words = asked.path("words");
        var line = Optional.of(asked.path("line")).filter(JsonNode::isString);
        if (line.isPresent() == (words.isArray() && !words.isEmpty())) return Optional.empty();
        var secrets = new HashMap<String, Secret>();
        for (var secret : asked.path("secrets").properties()) {
            secrets.put(secret.getKey(), Secret.of(secret.getValue().asString("")));
        }
        return Optional.of(
                new Request(
                        Answer.texts(words),
                        line.map(it -> it.asString("")),
                        run(asked),
                        secrets,
                        asked.path("wait").asBoolean(false)));
    }

    private static Optional<RunId> run(ObjectNode asked) {
        return RunId.parse(asked.path("run").asString(""));
    }

    private ObjectNode completed(String text) {
        var completion = handler.complete(text, client.caller());
        var reply = Answer.empty();
        var one = reply.putObject("complete").put("from", completion.from());
        var candidates = one.putArray("candidates");
        for (var candidate : completion.candidates()) {
            candidates
                    .addObject()
                    .put("text", candidate.text())
                    .put("description", candidate.description());
        }
        return reply;
    }

    private Answer answer(Request request) throws InterruptedException {
        var answered = new CountDownLatch(1);
        var signs = Thread.ofVirtual().name("local-alive").start(() -> giveSigns(answered));
        try {
            return handler.answer(request, client.caller(), new Waiting());
        } catch (LocalServer.Gone e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request failed", e);
            return Answer.no("the service could not do it: " + e.getMessage());
        } finally {
            answered.countDown();
            signs.join(); // nothing comes after the answer
        }
    }

    /**
     * Some things take long: who waits for them must be able to tell that from a hanging service.
     */
    private void giveSigns(CountDownLatch answered) {
        try {
            while (!answered.await(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS)) {
                client.write(Answer.empty().put("alive", true));
            }
        } catch (IOException _) {
            // The client has gone: whoever writes the answer hears of it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The client while it waits for its answer. */
    private final class Waiting implements LocalServer.Asker {
        @Override
        public void accept(String said) {
            write(said.isEmpty() ? "alive" : "progress", said);
        }

        @Override
        public void output(String part) {
            write("output", part);
        }

        private void write(String what, String text) {
            var line = Answer.empty();
            if (text.isEmpty()) line.put(what, true);
            else line.put(what, text);
            try {
                client.write(line);
            } catch (IOException e) {
                throw new LocalServer.Gone(e);
            }
        }
    }

    /** The first line; none when there is none, or none that could be understood. */
    private Optional<ObjectNode> next() throws IOException {
        try {
            return client.wire().read();
        } catch (Wire.Garbage e) {
            client.write(LocalServer.error(e.getMessage() + "; the first one is {\"hello\": 1}"));
            return Optional.empty();
        }
    }
}
