package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The REST interface of {@link FakeDiscord}, as far as an application of this kind needs it, with
 * the rules that the OpenAPI file does not know.
 *
 * <p>Threading: all of it is called while the world is held.
 */
final class FakeRest {
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

    /** What is done for a route. */
    interface Handler {
        Reply handle(Matcher path, JsonNode body, Map<String, String> query);
    }

    private record Route(String method, Pattern path, Handler handler) {}

    private final FakeWorld world;
    private final FakeGateway gateway;
    private final FakeThreads threads;
    private final FakeMessages messages;
    private final List<Route> routes = new ArrayList<>();

    FakeRest(FakeWorld world, FakeGateway gateway, FakeInteractions interactions) {
        this.world = world;
        this.gateway = gateway;
        this.threads = new FakeThreads(world, gateway);
        this.messages = new FakeMessages(world, gateway, threads);
        guilds();
        messages.serve(this);
        threads.serve(this);
        new FakeAnswers(world, messages, interactions).serve(this);
    }

    FakeMessages messages() {
        return messages;
    }

    FakeThreads threads() {
        return threads;
    }

    static Refused invalid(String why) {
        return new Refused(400, 50_035, "Invalid Form Body: " + why);
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

    void on(String method, String path, Handler handler) {
        routes.add(new Route(method, Pattern.compile(path.replace("#", "(\\d+)")), handler));
    }

    // Guilds and commands

    private void guilds() {
        on("GET", "/users/@me", (_, _, _) -> Reply.ok(world.guild.self()));
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
                    return Reply.ok(world.guild.member(user, true));
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
                    world.need(FakeWorld.VIEW, 50_001, "Missing Access");
                    return Reply.ok(world.channel(path.group(1)));
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
