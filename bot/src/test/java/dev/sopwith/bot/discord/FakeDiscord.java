package dev.sopwith.bot.discord;

import static dev.sopwith.bot.discord.FakeWorld.JSON;

import dev.sopwith.bot.discord.FakeWorld.User;

import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;

import okhttp3.MediaType;
import okhttp3.MultipartReader;

import okio.Buffer;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Discord on this machine: REST version 10 and its gateway, with one guild in it. What users do
 * fails where their client would not let them; what the application does fails where Discord would
 * refuse it. Every call is kept, to be held against the published description of the interface.
 *
 * <p>Threading: safe from any thread.
 */
public final class FakeDiscord implements AutoCloseable {
    public static final String TOKEN = "fake.bot.token";
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration LIFE = Duration.ofMinutes(15);
    private static final int WAIT_MILLIS = 5;

    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    public final FakeWorld world = new FakeWorld();
    public final FakeGateway gateway = new FakeGateway(world, TOKEN);
    public final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Interaction> interactions = new ConcurrentHashMap<>();
    public final FakeRest rest =
            new FakeRest(world, gateway, interactions, () -> this.firstWordWithin);
    private final MockWebServer server = new MockWebServer();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Map<String, long[]> buckets = new HashMap<>(); // guarded by itself
    private volatile boolean isDown;
    public volatile String token = TOKEN;

    /** How long Discord waits for the first word to an interaction. */
    public volatile Duration firstWordWithin = Duration.ofSeconds(3);

    private boolean isNextLate; // guarded by the world

    /** Calls that a route takes in a second; 0 is no limit. */
    public volatile int callsPerSecond;

    /** A call of the application, and what it was answered. */
    public record Call(
            String method,
            String path,
            String query,
            JsonNode body,
            int status,
            JsonNode answer,
            long nanos) {
        @Override
        public String toString() {
            return method + " " + path + " -> " + status;
        }
    }

    /** The next calls of this kind go wrong. */
    private record Fault(
            String method,
            Pattern path,
            AtomicInteger left,
            int status,
            Map<String, String> headers,
            String body,
            Duration delay,
            boolean isLost) {}

    /** Something that somebody did, and waits for an answer to. */
    public static final class Interaction {
        private final String id;
        private final String token = "aW50" + UUID.randomUUID().toString().replace("-", "");
        private final int type;
        private final User user;
        private final String channel;
        private final String source;
        private final long begun = System.nanoTime();
        private final CompletableFuture<JsonNode> first = new CompletableFuture<>();
        private final List<ObjectNode> told = new CopyOnWriteArrayList<>();
        private volatile String original = "";
        private volatile Duration ago = Duration.ZERO;

        private Interaction(String id, int type, User user, String channel, String source) {
            this.id = id;
            this.type = type;
            this.user = user;
            this.channel = channel;
            this.source = source;
        }

        public String id() {
            return id;
        }

        String token() {
            return token;
        }

        int type() {
            return type;
        }

        public User user() {
            return user;
        }

        String source() {
            return source;
        }

        String channel() {
            return channel;
        }

        public CompletableFuture<JsonNode> first() {
            return first;
        }

        String original() {
            return original;
        }

        void original(String id) {
            original = id;
        }

        void told(ObjectNode message) {
            told.add(message.deepCopy());
        }

        private Duration age() {
            return Duration.ofNanos(System.nanoTime() - begun).plus(ago);
        }

        /** So much more time has passed. */
        public void grow(Duration more) {
            ago = ago.plus(more);
        }

        boolean isOlderThan(Duration limit) {
            return age().compareTo(limit) > 0;
        }

        boolean isOver() {
            return age().compareTo(LIFE) > 0;
        }

        /** The first word of the application: a callback as it sent it. */
        public JsonNode firstWord() {
            try {
                return first.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("no first word to interaction " + id, e);
            }
        }

        /** What it was told after that, in the end. */
        public String answer() {
            var at = firstWord();
            if (at.path("type").asInt(0) == 4) return at.path("data").path("content").asString("");
            await("an answer to interaction " + id, () -> !told.isEmpty());
            return text(told.getLast());
        }

        /** The messages that whoever pressed or asked got, oldest first. */
        public List<ObjectNode> told() {
            return List.copyOf(told);
        }

        public boolean isToldPrivately() {
            return told.stream()
                    .allMatch(it -> (it.path("flags").asInt(0) & FakeRest.EPHEMERAL) != 0);
        }
    }

    public FakeDiscord() {
        this(0);
    }

    /**
     * @param port of the REST interface, the gateway has the next one; 0 takes free ones
     */
    public FakeDiscord(int port) {
        try {
            server.setBodyLimit(Long.MAX_VALUE);
            server.setServerSocketFactory(new Sockets(ConcurrentHashMap.newKeySet()));
            server.setDispatcher(
                    new Dispatcher() {
                        @Override
                        public MockResponse dispatch(RecordedRequest request) {
                            return answer(request);
                        }
                    });
            server.start(InetAddress.getLoopbackAddress(), port);
            gateway.start(port == 0 ? 0 : port + 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String restUrl() {
        return "http://127.0.0.1:" + server.getPort() + "/api/v10/";
    }

    /** What a roster says of it. */
    public Map<String, String> settings() {
        return Map.of(
                "channel_id", world.channelId, "base_url", restUrl(), "gateway_url", gateway.url());
    }

    @Override
    public void close() {
        gateway.close();
        server.close();
    }

    // What the application calls

    private MockResponse answer(RecordedRequest request) {
        var path = request.getUrl().encodedPath().replaceFirst("^/api/v10", "");
        path = path.replace("%40", "@"); // discord.js encodes it
        var query = Optional.ofNullable(request.getUrl().encodedQuery()).orElse("");
        var body = body(request);
        var fault = fault(request.getMethod(), path);
        if (isDown)
            return new MockResponse.Builder()
                    .onResponseStart(new SocketEffect.CloseSocket())
                    .build();
        boolean isByToken = path.startsWith("/interactions/") || path.startsWith("/webhooks/");
        FakeRest.Reply reply;
        var headers = new HashMap<String, String>();
        if (!isByToken && !("Bot " + token).equals(request.getHeaders().get("authorization"))) {
            reply = FakeRest.Reply.error(401, 0, "401: Unauthorized");
        } else if (fault.filter(it -> it.status() > 0).isPresent()) {
            headers.putAll(fault.get().headers());
            reply = new FakeRest.Reply(fault.get().status(), JSON.readTree(fault.get().body()));
        } else if (isTooMuch(request.getMethod(), path, headers)) {
            var json = JSON.createObjectNode().put("message", "You are being rate limited.");
            reply = new FakeRest.Reply(429, json.put("retry_after", 1.0).put("global", false));
        } else {
            synchronized (world) {
                reply = rest.handle(request.getMethod(), path, body, FakeRest.query(query));
            }
        }
        calls.add(
                new Call(
                        request.getMethod(),
                        path,
                        query,
                        body,
                        reply.status(),
                        reply.body().deepCopy(),
                        System.nanoTime()));
        var answer = new MockResponse.Builder().code(reply.status());
        // Without it JDA takes a 429 for a ban of this address.
        answer.setHeader("Via", "1.1 google");
        headers.forEach(answer::setHeader);
        if (!reply.body().isMissingNode()) {
            answer.setHeader("Content-Type", "application/json");
            answer.body(ASCII.writeValueAsString(reply.body()));
        }
        fault.ifPresent(
                it -> {
                    if (it.isLost()) answer.onResponseStart(new SocketEffect.CloseSocket());
                    answer.headersDelay(it.delay().toMillis(), TimeUnit.MILLISECONDS);
                });
        return answer.build();
    }

    private Optional<Fault> fault(String method, String path) {
        for (var it : faults) {
            if (it.method().equals(method)
                    && it.path().matcher(path).matches()
                    && it.left().getAndDecrement() > 0) {
                return Optional.of(it);
            }
        }
        return Optional.empty();
    }

    private boolean isTooMuch(String method, String path, Map<String, String> headers) {
        int limit = callsPerSecond;
        if (limit == 0 || path.startsWith("/interactions")) return false;
        var route = method + path.replaceAll("(/messages/)\\d+", "$1x");
        synchronized (buckets) {
            long now = System.currentTimeMillis();
            var bucket = buckets.computeIfAbsent(route, _ -> new long[2]);
            if (bucket[1] <= now) {
                bucket[0] = limit;
                bucket[1] = now + 1_000;
            }
            var left = Long.toString(Math.max(0, bucket[0] - 1));
            headers.put("X-RateLimit-Bucket", Integer.toHexString(route.hashCode()));
            headers.put("X-RateLimit-Limit", Integer.toString(limit));
            headers.put("X-RateLimit-Remaining", left);
            headers.put("X-RateLimit-Reset", Double.toString(bucket[1] / 1000.0));
            headers.put("X-RateLimit-Reset-After", Double.toString((bucket[1] - now) / 1000.0));
            if (bucket[0]-- > 0) return false;
            headers.put("Retry-After", "1");
            headers.put("X-RateLimit-Scope", "user");
            return true;
        }
    }

    private static JsonNode body(RecordedRequest request) {
        var raw = request.getBody();
        if (raw == null || raw.size() == 0) return JSON.missingNode();
        var type = Optional.ofNullable(request.getHeaders().get("content-type")).orElse("");
        if (!type.startsWith("multipart/form-data")) return JSON.readTree(raw.utf8());
        var json = JSON.createObjectNode();
        var files = JSON.createArrayNode();
        var boundary = Optional.ofNullable(MediaType.get(type).parameter("boundary")).orElse("");
        try (var reader = new MultipartReader(new Buffer().write(raw), boundary)) {
            for (var part = reader.nextPart(); part != null; part = reader.nextPart()) {
                var about = String.valueOf(part.headers().get("content-disposition"));
                var text = part.body().readUtf8();
                if (about.contains("name=\"payload_json\"")) {
                    json.setAll((ObjectNode) JSON.readTree(text));
                } else {
                    var name = about.replaceFirst(".*filename=\"([^\"]*)\".*", "$1");
                    files.addObject()
                            .put("name", name)
                            .put("size", text.length())
                            .put("text", text);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        json.set("__files", files);
        return json;
    }

    public List<Call> calls(String method, String path) {
        var pattern = Pattern.compile(path);
        return calls.stream()
                .filter(it -> it.method().equals(method) && pattern.matcher(it.path()).matches())
                .toList();
    }

    // Faults

    public void goDown() {
        isDown = true;
        gateway.refuses = true;
        gateway.cut();
    }

    public void comeBack() {
        gateway.refuses = false;
        isDown = false;
    }

    /** The token is not worth anything from now on. */
    public void revoke() {
        token = "another";
        gateway.token = "another";
        gateway.close(4004);
    }

    public void fail(String method, String path, int times, int status, String body) {
        fault(method, path, times, status, Map.of(), body, Duration.ZERO, false);
    }

    /** Too much, for so many seconds. */
    public void limit(String method, String path, int times, int seconds) {
        var body =
                "{\"message\":\"limit\",\"retry_after\":%d.0,\"global\":false}".formatted(seconds);
        fault(
                method,
                path,
                times,
                429,
                Map.of(
                        "Retry-After",
                        "" + seconds,
                        "X-RateLimit-Scope",
                        "user",
                        "X-RateLimit-Bucket",
                        "test",
                        "X-RateLimit-Limit",
                        "5",
                        "X-RateLimit-Remaining",
                        "0",
                        "X-RateLimit-Reset-After",
                        seconds + ".0"),
                body,
                Duration.ZERO,
                false);
    }

    /** It is done, and the answer does not arrive. */
    public void lose(String method, String path, int times) {
        fault(method, path, times, 0, Map.of(), "", Duration.ZERO, true);
    }

    public void delay(String method, String path, int times, Duration delay) {
        fault(method, path, times, 0, Map.of(), "", delay, false);
    }

    private void fault(
            String method,
            String path,
            int times,
            int status,
            Map<String, String> headers,
            String body,
            Duration delay,
            boolean isLost) {
        faults.add(
                new Fault(
                        method,
                        Pattern.compile(path),
                        new AtomicInteger(times),
                        status,
                        headers,
                        body,
                        delay,
                        isLost));
    }

    public void healFaults() {
        faults.clear();
    }

    /** The application's role loses a permission. */
    public void deny(int permission) {
        synchronized (world) {
            world.denied.add(permission);
            tellRoles();
        }
    }

    public void allowAll() {
        synchronized (world) {
            world.denied.clear();
            tellRoles();
        }
    }

    private void tellRoles() {
        for (var role : List.of(world.everyoneRole(), world.ownRole())) {
            var event = JSON.createObjectNode().put("guild_id", world.guildId);
            event.set("role", role);
            gateway.dispatch("GUILD_ROLE_UPDATE", event, 0);
        }
    }

    // What users do

    public User user(String name) {
        synchronized (world) {
            for (var it : world.users.values()) if (it.name().equals(name)) return it;
            var user = new User(world.snowflake(), name, false);
            world.users.put(user.id(), user);
            return user;
        }
    }

    /** Another application. */
    public User otherBot(String name) {
        synchronized (world) {
            var user = new User(world.snowflake(), name, true);
            world.users.put(user.id(), user);
            return user;
        }
    }

    /** Writes to the application. */
    public String mention(User user, String channel, String text) {
        return say(user, channel, "<@" + world.bot.id() + "> " + text);
    }

    public String say(User user, String channel, String text) {
        return publish(user, channel, text, Optional.empty());
    }

    /** Answers a message, with the mention that clients add. */
    public String reply(User user, String messageId, String text) {
        synchronized (world) {
            var to = world.messageOf(messageId);
            return publish(user, to.path("channel_id").asString(""), text, Optional.of(to));
        }
    }

    private String publish(User user, String channel, String text, Optional<ObjectNode> to) {
        synchronized (world) {
            var json = JSON.createObjectNode().put("content", text);
            var message = world.message(channel, user, json);
            to.ifPresent(
                    it -> {
                        message.put("type", 19).set("referenced_message", it.deepCopy());
                        message.putObject("message_reference")
                                .put("message_id", it.path("id").asString(""))
                                .put("channel_id", channel)
                                .put("guild_id", world.guildId);
                        message.putArray("mentions").add(it.get("author"));
                    });
            return rest.publish(message).path("id").asString("");
        }
    }

    /** Writes to the application alone. */
    public String whisper(User user, String text) {
        synchronized (world) {
            var id = world.snowflake();
            var channel = JSON.createObjectNode().put("id", id).put("type", 1).put("flags", 0);
            channel.putNull("last_message_id").putArray("recipients").add(world.json(user));
            world.channels.put(id, channel);
            var message = world.message(id, user, JSON.createObjectNode().put("content", text));
            world.messages.put(message.path("id").asString(""), message);
            gateway.dispatch("MESSAGE_CREATE", message, 12);
            return message.path("id").asString("");
        }
    }

    public void react(User user, String messageId, String emoji) {
        synchronized (world) {
            world.reactions
                    .computeIfAbsent(messageId, _ -> new HashMap<>())
                    .computeIfAbsent(emoji, _ -> new java.util.LinkedHashSet<>())
                    .add(user.id());
            var event = reaction(user, messageId, emoji);
            event.set("member", world.member(user, true));
            event.set("message_author_id", world.messageOf(messageId).path("author").path("id"));
            gateway.dispatch("MESSAGE_REACTION_ADD", event, 10);
        }
    }

    public void unreact(User user, String messageId, String emoji) {
        synchronized (world) {
            world.reactions
                    .getOrDefault(messageId, Map.of())
                    .getOrDefault(emoji, new java.util.HashSet<>())
                    .remove(user.id());
            gateway.dispatch("MESSAGE_REACTION_REMOVE", reaction(user, messageId, emoji), 10);
        }
    }

    private ObjectNode reaction(User user, String messageId, String emoji) {
        var message = world.messageOf(messageId);
        var json = JSON.createObjectNode().put("user_id", user.id()).put("message_id", messageId);
        json.set("channel_id", message.get("channel_id"));
        json.put("guild_id", world.guildId).put("burst", false).put("type", 0);
        json.putObject("emoji").putNull("id").put("name", emoji);
        return json;
    }

    /** A moderator deletes a message. */
    public void delete(String messageId) {
        synchronized (world) {
            var _ = rest.delete(messageId);
        }
    }

    /** A moderator closes a thread. */
    public void lock(String thread) {
        synchronized (world) {
            var channel = world.channelOf(thread);
            ((ObjectNode) channel.get("thread_metadata")).put("locked", true);
            rest.setArchived(channel, true);
        }
    }

    public void archive(String thread) {
        synchronized (world) {
            rest.setArchived(world.channelOf(thread), true);
        }
    }

    // Interactions

    /** Uses a command, such as {@code sop run}. */
    public Interaction slash(User user, String line, Map<String, ?> options) {
        return slash(user, world.channelId, line, options);
    }

    public Interaction slash(User user, String channel, String line, Map<String, ?> options) {
        synchronized (world) {
            return ask(2, user, channel, "", command(line, options, ""));
        }
    }

    /** Writes an option of a command, and looks what is suggested. */
    public List<String> suggestions(User user, String line, Map<String, ?> options, String focus) {
        Interaction asked;
        synchronized (world) {
            asked = ask(4, user, world.channelId, "", command(line, options, focus));
        }
        var choices = asked.firstWord().path("data").path("choices");
        return choices.findValuesAsString("value");
    }

    private ObjectNode command(String line, Map<String, ?> options, String focus) {
        var words = line.split(" ", -1);
        var root = world.commands.get(words[0]);
        if (root == null) throw new AssertionError("there is no command /" + words[0]);
        JsonNode definition = JSON.missingNode();
        for (var it : root.path("options")) {
            if (it.path("name").asString("").equals(words[1])) definition = it;
        }
        if (definition.isMissingNode()) throw new AssertionError("there is no /" + line);
        var data = JSON.createObjectNode().put("name", words[0]).put("type", 1);
        data.set("id", root.get("id"));
        data.put("guild_id", world.guildId);
        var chosen = data.putArray("options").addObject().put("name", words[1]).put("type", 1);
        var given = chosen.putArray("options");
        for (var it : definition.path("options")) {
            var name = it.path("name").asString("");
            var value = options.get(name);
            if (value == null) {
                boolean isMissing = it.path("required").asBoolean(false) && focus.isEmpty();
                if (isMissing) throw new AssertionError("the client wants " + name + " first");
                continue;
            }
            var option = given.addObject().put("name", name);
            option.set("type", it.get("type"));
            option.set("value", JSON.valueToTree(value));
            if (!name.equals(focus)) continue;
            if (!it.path("autocomplete").asBoolean(false)) {
                throw new AssertionError(name + " is not completed");
            }
            option.put("focused", true);
        }
        if (given.size() != options.size()) {
            throw new AssertionError("not all of " + options.keySet() + " are options of " + line);
        }
        return data;
    }

    /** Presses the button with this label. */
    public Interaction click(User user, String messageId, String label) {
        synchronized (world) {
            var message = world.messageOf(messageId);
            for (var row : message.path("components")) {
                for (var it : row.path("components")) {
                    if (it.path("label").asString("").equals(label)) {
                        return press(user, messageId, it.path("custom_id").asString(""));
                    }
                }
            }
            throw new AssertionError("there is no button " + label + " on " + text(message));
        }
    }

    /** Presses a button that a client still shows, whatever the message is now. */
    public Interaction press(User user, String messageId, String customId) {
        synchronized (world) {
            var data = JSON.createObjectNode().put("custom_id", customId).put("id", 2);
            var channel = world.messageOf(messageId).path("channel_id").asString("");
            return ask(3, user, channel, messageId, data.put("component_type", 2));
        }
    }

    /** Fills in the modal that was the first word to this. */
    public Interaction submit(Interaction opener, Map<String, String> values) {
        var first = opener.firstWord();
        if (first.path("type").asInt(0) != 9) throw new AssertionError("no modal but " + first);
        var modal = first.path("data");
        var data = JSON.createObjectNode();
        data.set("custom_id", modal.get("custom_id"));
        ArrayNode parts = data.putArray("components");
        for (var label : modal.path("components")) {
            var input = label.path("component");
            var name = input.path("custom_id").asString("");
            var value = values.getOrDefault(name, "");
            if (value.isEmpty() && input.path("required").asBoolean(false)) {
                throw new AssertionError("the client wants " + name + " first");
            }
            if (value.length() > input.path("max_length").asInt(4000)) {
                throw new AssertionError(name + " is too long for the client");
            }
            var part = parts.addObject().put("type", 18).put("id", 1).putObject("component");
            part.put("type", 4).put("id", 2).put("custom_id", name).put("value", value);
        }
        synchronized (world) {
            return ask(5, opener.user, opener.channel, opener.source, data);
        }
    }

    private Interaction ask(int type, User user, String channel, String source, ObjectNode data) {
        var it = new Interaction(world.snowflake(), type, user, channel, source);
        if (isNextLate) it.grow(firstWordWithin);
        isNextLate = false;
        interactions.put(it.id, it);
        var json = JSON.createObjectNode().put("id", it.id).put("application_id", world.bot.id());
        json.put("type", type).put("token", it.token).put("version", 1);
        json.put("guild_id", world.guildId).put("channel_id", channel).put("locale", "en-US");
        json.put("guild_locale", "en-US").put("context", 0);
        json.put("app_permissions", "2248473465835073").put("attachment_size_limit", 10_485_760);
        json.putObject("authorizing_integration_owners").put("0", world.guildId);
        json.putArray("entitlements");
        json.putObject("guild")
                .put("id", world.guildId)
                .put("locale", "en-US")
                .putArray("features");
        json.set("channel", world.interactionChannel(channel));
        json.set("member", world.interactionMember(user));
        json.set("data", data);
        if (!source.isEmpty()) json.set("message", world.messageOf(source).deepCopy());
        gateway.dispatch("INTERACTION_CREATE", json, -1);
        return it;
    }

    // What people see

    /** The next interaction is one that Discord has given up on. */
    public void nextIsLate() {
        synchronized (world) {
            isNextLate = true;
        }
    }

    /** All messages of the application that everybody sees, oldest first. */
    public List<ObjectNode> shown() {
        synchronized (world) {
            var all = new ArrayList<ObjectNode>();
            for (var it : world.messages.values()) {
                boolean isPrivate = (it.path("flags").asInt(0) & FakeRest.EPHEMERAL) != 0;
                boolean isOurs = it.path("author").path("id").asString("").equals(world.bot.id());
                if (isOurs && !isPrivate) all.add(it.deepCopy());
            }
            return all;
        }
    }

    /** The message with these words, as soon as there is one. */
    public ObjectNode awaitMessage(String words) {
        return awaitMessage(it -> it.contains(words), "a message with \"" + words + "\"");
    }

    /** The newest message like that, as soon as there is one. */
    public ObjectNode awaitMessage(Predicate<String> isSo, String what) {
        try {
            await(what, () -> find(isSo).isPresent());
        } catch (AssertionError e) {
            var all = shown().stream().map(FakeDiscord::text).toList();
            throw new AssertionError(e.getMessage() + " among " + all, e);
        }
        return find(isSo).orElseThrow();
    }

    public Optional<ObjectNode> find(String words) {
        return find(it -> it.contains(words));
    }

    public Optional<ObjectNode> find(Predicate<String> isSo) {
        return shown().reversed().stream().filter(it -> isSo.test(text(it))).findFirst();
    }

    /** The message, as soon as it is like that. */
    public ObjectNode awaitState(String what, String messageId, Predicate<JsonNode> isSo) {
        await(
                what,
                () -> {
                    synchronized (world) {
                        return isSo.test(world.messageOf(messageId));
                    }
                });
        synchronized (world) {
            return world.messageOf(messageId).deepCopy();
        }
    }

    public boolean hasCommands() {
        synchronized (world) {
            return !world.commands.isEmpty();
        }
    }

    public static String id(ObjectNode message) {
        return message.path("id").asString("");
    }

    /** What is to be read, as a client shows it. */
    public static String text(ObjectNode message) {
        var text = new StringBuilder(ClientText.of(message.path("content").asString("")));
        for (var it : message.path("embeds")) {
            if (!text.isEmpty()) text.append('\n');
            text.append(ClientText.of(it.path("description").asString("")));
        }
        return text.toString();
    }

    public static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("waited in vain for " + what);
            java.util.concurrent.locks.LockSupport.parkNanos(WAIT_MILLIS * 1_000_000L);
        }
    }
}
