package dev.sopwith.bot.discord;

import static dev.sopwith.bot.discord.FakeWorld.JSON;

import dev.sopwith.bot.discord.FakeDiscord.Interaction;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The REST interface of {@link FakeDiscord}, as far as an application of this kind needs it, with
 * the rules that the OpenAPI file does not know.
 *
 * <p>Threading: all of it is called while the world is held.
 */
final class FakeRest {
    static final int EPHEMERAL = 1 << 6;

    /** An answer. */
    record Reply(int status, JsonNode body) {
        static Reply ok(JsonNode body) {
            return new Reply(200, body);
        }

        static Reply none() {
            return new Reply(204, JSON.missingNode());
        }

        static Reply error(int status, int code, String message) {
            return new Reply(
                    status, JSON.createObjectNode().put("code", code).put("message", message));
        }
    }

    /** Discord does not do it. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        final transient Reply reply;

        Refused(int status, int code, String message) {
            super(message);
            this.reply = Reply.error(status, code, message);
        }
    }

    private interface Handler {
        Reply handle(Matcher path, JsonNode body, Map<String, String> query);
    }

    private record Route(String method, Pattern path, Handler handler) {}

    private final FakeWorld world;
    private final FakeGateway gateway;
    private final Map<String, Interaction> interactions;
    private final Supplier<Duration> patience;
    private final List<Route> routes = new ArrayList<>();

    /** Edits that messages of more than an hour take: none, when this is set. */
    final Set<String> tooOldToEdit = new LinkedHashSet<>();

    FakeRest(
            FakeWorld world,
            FakeGateway gateway,
            Map<String, Interaction> interactions,
            Supplier<Duration> patience) {
        this.patience = patience;
        this.world = world;
        this.gateway = gateway;
        this.interactions = interactions;
        guilds();
        messages();
        threads();
        answers();
    }

    Reply handle(String method, String path, JsonNode body, Map<String, String> query) {
        for (var it : routes) {
            var matcher = it.path().matcher(path);
            if (!it.method().equals(method) || !matcher.matches()) continue;
            try {
                return it.handler().handle(matcher, body, query);
            } catch (Refused e) {
                return e.reply;
            }
        }
        return Reply.error(404, 0, "404: Not Found: the fake has no " + method + " " + path);
    }

    private void on(String method, String path, Handler handler) {
        routes.add(new Route(method, Pattern.compile(path.replace("#", "(\\d+)")), handler));
    }

    // Guilds and commands

    private void guilds() {
        on("GET", "/users/@me", (_, _, _) -> Reply.ok(world.self()));
        on(
                "GET",
                "/gateway/bot",
                (_, _, _) -> {
                    var json = JSON.createObjectNode().put("url", gateway.url()).put("shards", 1);
                    json.putObject("session_start_limit")
                            .put("total", 1000)
                            .put("remaining", 999)
                            .put("reset_after", 0)
                            .put("max_concurrency", 1);
                    return Reply.ok(json);
                });
        on("PUT", "/applications/#/guilds/#/commands", (path, body, _) -> putCommands(path, body));
        on("GET", "/applications/#/guilds/#/commands", (_, _, _) -> commands());
        on(
                "GET",
                "/guilds/#/members/#",
                (path, _, _) -> {
                    var user = world.users.get(path.group(2));
                    if (user == null) throw new Refused(404, 10_007, "Unknown Member");
                    return Reply.ok(world.member(user, true));
                });
        on(
                "GET",
                "/guilds/#/threads/active",
                (_, _, _) -> {
                    var json = JSON.createObjectNode();
                    var threads = json.putArray("threads");
                    for (var it : world.channels.values()) {
                        if (it.has("thread_metadata") && !FakeWorld.isArchived(it)) threads.add(it);
                    }
                    json.putArray("members");
                    json.put("has_more", false);
                    return Reply.ok(json);
                });
        on(
                "GET",
                "/channels/#",
                (path, _, _) -> {
                    need(FakeWorld.VIEW, 50_001, "Missing Access");
                    return Reply.ok(channel(path.group(1)));
                });
    }

    private Reply putCommands(Matcher path, JsonNode body) {
        world.commands.clear();
        world.commandWrites++;
        var all = JSON.createArrayNode();
        for (var it : body) {
            var json = (ObjectNode) it.deepCopy();
            json.put("id", world.snowflake()).put("application_id", world.bot.id());
            json.put("version", world.snowflake()).put("guild_id", path.group(2));
            json.putNull("default_member_permissions");
            if (!json.has("type")) json.put("type", 1);
            world.commands.put(json.path("name").asString(""), json);
            all.add(json);
        }
        return Reply.ok(all);
    }

    private Reply commands() {
        var all = JSON.createArrayNode();
        world.commands.values().forEach(all::add);
        return Reply.ok(all);
    }

    private ObjectNode channel(String id) {
        var channel = world.channels.get(id);
        if (channel == null) throw new Refused(404, 10_003, "Unknown Channel");
        return channel;
    }

    private void need(int permission, int code, String message) {
        if (!world.may(permission)) throw new Refused(403, code, message);
    }

    // Messages

    private void messages() {
        var one = "/channels/#/messages/#";
        on("POST", "/channels/#/messages", (path, body, _) -> post(path.group(1), body));
        on("GET", "/channels/#/messages", (path, _, query) -> history(path.group(1), query));
        on("GET", one, (path, _, _) -> Reply.ok(world.read(message(path.group(2)))));
        on("PATCH", one, (path, body, _) -> edit(path.group(1), path.group(2), body));
        on("DELETE", one, (path, _, _) -> delete(path.group(2)));
        on(
                "GET",
                one + "/reactions/([^/]+)",
                (path, _, _) -> {
                    need(FakeWorld.HISTORY, 50_013, "Missing Permissions");
                    var emoji = URLDecoder.decode(path.group(3), StandardCharsets.UTF_8);
                    var all = JSON.createArrayNode();
                    world.reactions
                            .getOrDefault(path.group(2), Map.of())
                            .getOrDefault(emoji, Set.of())
                            .forEach(it -> all.add(world.json(world.userOf(it))));
                    return Reply.ok(all);
                });
    }

    private ObjectNode message(String id) {
        var message = world.messages.get(id);
        if (message == null) throw new Refused(404, 10_008, "Unknown Message");
        return message;
    }

    private Reply post(String channelId, JsonNode body) {
        var channel = channel(channelId);
        need(FakeWorld.VIEW, 50_001, "Missing Access");
        boolean isThread = channel.has("thread_metadata");
        need(isThread ? FakeWorld.SEND_IN_THREADS : FakeWorld.SEND, 50_013, "Missing Permissions");
        if (!body.path("embeds").isEmpty()) need(FakeWorld.EMBED, 50_013, "Missing Permissions");
        if (body.has("__files")) need(FakeWorld.ATTACH, 50_013, "Missing Permissions");
        if (isThread && FakeWorld.isLocked(channel) && FakeWorld.isArchived(channel)) {
            throw new Refused(400, 160_005, "Thread is locked");
        }
        check(body);
        if (body.path("enforce_nonce").asBoolean(false)) {
            for (var it : world.messages.values()) {
                if (it.path("channel_id").asString("").equals(channelId)
                        && it.hasNonNull("nonce")
                        && it.get("nonce").equals(body.get("nonce"))) {
                    return Reply.ok(it);
                }
            }
        }
        if (isThread && FakeWorld.isArchived(channel)) setArchived(channel, false);
        return Reply.ok(publish(world.message(channelId, world.bot, body)));
    }

    /** The rules for every message. */
    static void check(JsonNode body) {
        if (body.path("content").asString("").length() > 2000) {
            throw invalid("content: Must be 2000 or fewer in length.");
        }
        int embedded = 0;
        for (var it : body.path("embeds")) {
            embedded += it.path("description").asString("").length();
            embedded += it.path("title").asString("").length();
        }
        if (embedded > 6000) throw invalid("embeds: Must be 6000 or fewer in all.");
        for (var row : body.path("components")) {
            if (row.path("components").size() > 5) throw invalid("components: 5 at most in a row");
            for (var it : row.path("components")) {
                boolean isLink = it.path("style").asInt(0) == 5;
                if (!isLink && !it.hasNonNull("custom_id")) throw invalid("custom_id is required");
            }
        }
        boolean isEmpty =
                body.path("content").asString("").isEmpty()
                        && body.path("embeds").isEmpty()
                        && body.path("components").isEmpty()
                        && !body.has("__files");
        if (isEmpty) throw new Refused(400, 50_006, "Cannot send an empty message");
    }

    static Refused invalid(String why) {
        return new Refused(400, 50_035, "Invalid Form Body: " + why);
    }

    ObjectNode publish(ObjectNode message) {
        world.messages.put(message.path("id").asString(""), message);
        boolean isPrivate = (message.path("flags").asInt(0) & EPHEMERAL) != 0;
        if (isPrivate) return message;
        var channel = world.channels.get(message.path("channel_id").asString(""));
        if (channel != null) channel.set("last_message_id", message.get("id"));
        gateway.dispatch("MESSAGE_CREATE", world.seen(message), 9);
        return message;
    }

    private Reply history(String channelId, Map<String, String> query) {
        channel(channelId);
        need(FakeWorld.VIEW, 50_001, "Missing Access");
        var all = JSON.createArrayNode();
        if (!world.may(FakeWorld.HISTORY)) return Reply.ok(all);
        long after = Long.parseLong(query.getOrDefault("after", "0"));
        int limit = Integer.parseInt(query.getOrDefault("limit", "50"));
        var found = new ArrayList<ObjectNode>();
        for (var it : world.messages.values()) {
            boolean isPrivate = (it.path("flags").asInt(0) & EPHEMERAL) != 0;
            if (!isPrivate
                    && it.path("channel_id").asString("").equals(channelId)
                    && Long.parseLong(it.path("id").asString("0")) > after
                    && found.size() < limit) {
                found.add(it);
            }
        }
        found.reversed().forEach(it -> all.add(world.read(it)));
        return Reply.ok(all);
    }

    private Reply edit(String channelId, String id, JsonNode body) {
        var channel = channel(channelId);
        var message = message(id);
        if (!message.path("author").path("id").asString("").equals(world.bot.id())) {
            throw new Refused(403, 50_005, "Cannot edit a message authored by another user");
        }
        if (FakeWorld.isArchived(channel)) throw new Refused(400, 50_083, "Thread is archived");
        if (tooOldToEdit.contains(id)) {
            throw new Refused(
                    429, 30_046, "Maximum number of edits to messages older than 1 hour reached.");
        }
        if (body.has("__files")) need(FakeWorld.ATTACH, 50_013, "Missing Permissions");
        check(body);
        world.patch(message, body);
        gateway.dispatch("MESSAGE_UPDATE", world.seen(message), 9);
        return Reply.ok(message);
    }

    Reply delete(String id) {
        var message = message(id);
        world.messages.remove(id);
        var event = JSON.createObjectNode().put("id", id).put("guild_id", world.guildId);
        event.set("channel_id", message.get("channel_id"));
        gateway.dispatch("MESSAGE_DELETE", event, 9);
        return Reply.none();
    }

    // Threads

    private void threads() {
        on(
                "POST",
                "/channels/#/messages/#/threads",
                (path, body, _) -> {
                    var message = message(path.group(2));
                    need(FakeWorld.CREATE_THREADS, 50_013, "Missing Permissions");
                    if (world.channels.containsKey(path.group(2))) {
                        throw new Refused(
                                400, 160_004, "A thread has already been created for this message");
                    }
                    var thread =
                            world.thread(
                                    path.group(2),
                                    path.group(1),
                                    body.path("name").asString(""),
                                    body.path("auto_archive_duration").asInt(4320));
                    message.put("flags", message.path("flags").asInt(0) | 32);
                    var event = thread.deepCopy().put("newly_created", true);
                    gateway.dispatch("THREAD_CREATE", event, 0);
                    return new Reply(201, thread);
                });
        on(
                "PATCH",
                "/channels/#",
                (path, body, _) -> {
                    var channel = channel(path.group(1));
                    if (!channel.has("thread_metadata")) throw invalid("not a thread");
                    boolean isOpening = body.path("locked").isBoolean();
                    if (isOpening && FakeWorld.isLocked(channel)) {
                        need(FakeWorld.MANAGE_THREADS, 50_013, "Missing Permissions");
                    }
                    var meta = (ObjectNode) channel.get("thread_metadata");
                    if (body.has("locked")) meta.set("locked", body.get("locked"));
                    setArchived(channel, body.path("archived").asBoolean(false));
                    return Reply.ok(channel);
                });
    }

    void setArchived(ObjectNode thread, boolean isArchived) {
        ((ObjectNode) thread.get("thread_metadata")).put("archived", isArchived);
        gateway.dispatch("THREAD_UPDATE", thread, 0);
    }

    // Answers to interactions

    private void answers() {
        on("POST", "/interactions/#/([^/]+)/callback", this::callback);
        on("POST", "/webhooks/#/([^/]+)", (path, body, _) -> followUp(path.group(2), body));
        on(
                "PATCH",
                "/webhooks/#/([^/]+)/messages/(@original|\\d+)",
                (path, body, _) -> editAnswer(path.group(2), path.group(3), body));
    }

    private Reply callback(Matcher path, JsonNode body, Map<String, String> query) {
        var asked =
                Optional.ofNullable(interactions.get(path.group(1)))
                        .filter(it -> it.token().equals(path.group(2)))
                        .filter(it -> !it.isOlderThan(patience.get()));
        if (asked.isEmpty()) throw new Refused(404, 10_062, "Unknown interaction");
        var it = asked.get();
        if (it.first().isDone()) {
            throw new Refused(400, 40_060, "Interaction has already been acknowledged.");
        }
        int type = body.path("type").asInt(0);
        if (type == 8 && body.path("data").path("choices").size() > 25) {
            throw invalid("choices: Must be 25 or fewer in length.");
        }
        if (type == 9 && it.type() == 5) throw invalid("a modal cannot follow a modal");
        var shown = JSON.createObjectNode();
        if (type == 4) {
            check(body.path("data"));
            shown = publish(answer(it, body.path("data")));
            it.original(shown.path("id").asString(""));
        }
        it.first().complete(body);
        if (!query.getOrDefault("with_response", "").equals("true")) return Reply.none();
        var json = JSON.createObjectNode();
        json.putObject("interaction")
                .put("id", it.id())
                .put("type", it.type())
                .put("response_message_loading", type == 5)
                .put("response_message_ephemeral", true);
        if (type == 4) json.putObject("resource").put("type", 4).set("message", shown);
        return Reply.ok(json);
    }

    private ObjectNode answer(Interaction it, JsonNode data) {
        var message = world.message(it.channel(), world.bot, data);
        message.put("webhook_id", world.bot.id()).put("type", it.type() == 2 ? 20 : 19);
        var about = message.putObject("interaction_metadata");
        about.put("id", it.id()).put("type", it.type());
        about.set("user", world.json(it.user()));
        about.putObject("authorizing_integration_owners").put("0", world.guildId);
        if (it.type() == 3) about.put("interacted_message_id", it.source());
        if (it.type() == 5) {
            var opener = about.deepCopy().put("type", it.source().isEmpty() ? 2 : 3);
            if (!it.source().isEmpty()) opener.put("interacted_message_id", it.source());
            about.set("triggering_interaction_metadata", opener);
        }
        return message;
    }

    private Interaction byToken(String token) {
        return interactions.values().stream()
                .filter(it -> it.token().equals(token) && it.first().isDone() && !it.isOver())
                .findFirst()
                .orElseThrow(() -> new Refused(404, 10_015, "Unknown Webhook"));
    }

    private Reply followUp(String token, JsonNode body) {
        var it = byToken(token);
        check(body);
        var message = publish(answer(it, body));
        it.told(message);
        return Reply.ok(message);
    }

    private Reply editAnswer(String token, String which, JsonNode body) {
        var it = byToken(token);
        boolean isOriginal = which.equals("@original");
        boolean isDeferred = it.first().join().path("type").asInt(0) == 5;
        check(body);
        if (isOriginal && isDeferred && it.original().isEmpty()) {
            var data = (ObjectNode) body.deepCopy();
            data.set("flags", it.first().join().path("data").path("flags"));
            var message = publish(answer(it, data));
            it.original(message.path("id").asString(""));
            it.told(message);
            return Reply.ok(message);
        }
        var message = message(isOriginal ? it.original() : which);
        world.patch(message, body);
        it.told(message);
        return Reply.ok(message);
    }

    static Map<String, String> query(String text) {
        var all = new HashMap<String, String>();
        if (text == null) return all;
        for (var it : text.split("&", -1)) {
            var parts = it.split("=", 2);
            all.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        return all;
    }
}
