package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Messages of {@link FakeRest}, with Discord's rules for them: lengths, permissions, nonces, edits.
 *
 * <p>Threading: all of it is called while the world is held.
 */
final class FakeMessages {
    static final int EPHEMERAL = 1 << 6;

    private final FakeWorld world;
    private final FakeGateway gateway;
    private final FakeThreads threads;
    private final Set<String> tooOldToEdit = new LinkedHashSet<>();

    FakeMessages(FakeWorld world, FakeGateway gateway, FakeThreads threads) {
        this.world = world;
        this.gateway = gateway;
        this.threads = threads;
    }

    /** This one takes no edit any more. */
    void tooOldToEdit(String id) {
        tooOldToEdit.add(id);
    }

    void serve(FakeRest rest) {
        var one = "/channels/#/messages/#";
        rest.on("POST", "/channels/#/messages", (path, body, _) -> post(path.group(1), body));
        rest.on("GET", "/channels/#/messages", (path, _, query) -> history(path.group(1), query));
        rest.on(
                "GET",
                one,
                (path, _, _) -> FakeRest.Reply.ok(world.read(world.existing(path.group(2)))));
        rest.on("PATCH", one, (path, body, _) -> edit(path.group(1), path.group(2), body));
        rest.on("DELETE", one, (path, _, _) -> delete(path.group(2)));
        rest.on(
                "GET",
                one + "/reactions/([^/]+)",
                (path, _, _) -> {
                    world.need(FakeWorld.HISTORY, 50_013, "Missing Permissions");
                    var emoji = URLDecoder.decode(path.group(3), StandardCharsets.UTF_8);
                    var all = JSON.createArrayNode();
                    world.reactions
                            .getOrDefault(path.group(2), Map.of())
                            .getOrDefault(emoji, Set.of())
                            .forEach(it -> all.add(world.guild.user(world.userOf(it))));
                    return FakeRest.Reply.ok(all);
                });
    }

    private FakeRest.Reply post(String channelId, JsonNode body) {
        var channel = world.channel(channelId);
        world.need(FakeWorld.VIEW, 50_001, "Missing Access");
        boolean isThread = channel.has("thread_metadata");
        world.need(
                isThread ? FakeWorld.SEND_IN_THREADS : FakeWorld.SEND,
                50_013,
                "Missing Permissions");
        if (!body.path("embeds").isEmpty())
            world.need(FakeWorld.EMBED, 50_013, "Missing Permissions");
        if (body.has("__files")) world.need(FakeWorld.ATTACH, 50_013, "Missing Permissions");
        if (isThread && FakeWorld.isLocked(channel) && FakeWorld.isArchived(channel)) {
            throw new FakeRest.Refused(400, 160_005, "Thread is locked");
        }
        check(body);
        if (body.path("enforce_nonce").asBoolean(false)) {
            for (var it : world.messages.values()) {
                if (it.path("channel_id").asString("").equals(channelId)
                        && it.hasNonNull("nonce")
                        && it.get("nonce").equals(body.get("nonce"))) {
                    return FakeRest.Reply.ok(it);
                }
            }
        }
        if (isThread && FakeWorld.isArchived(channel)) threads.setArchived(channel, false);
        return FakeRest.Reply.ok(publish(world.message(channelId, world.bot, body)));
    }

    /** The rules for every message. */
    static void check(JsonNode body) {
        if (body.path("content").asString("").length() > 2000) {
            throw FakeRest.invalid("content: Must be 2000 or fewer in length.");
        }
        int embedded = 0;
        for (var it : body.path("embeds")) {
            embedded += it.path("description").asString("").length();
            embedded += it.path("title").asString("").length();
        }
        if (embedded > 6000) throw FakeRest.invalid("embeds: Must be 6000 or fewer in all.");
        for (var row : body.path("components")) {
            if (row.path("components").size() > 5)
                throw FakeRest.invalid("components: 5 at most in a row");
            for (var it : row.path("components")) {
                boolean isLink = it.path("style").asInt(0) == 5;
                if (!isLink && !it.hasNonNull("custom_id"))
                    throw FakeRest.invalid("custom_id is required");
            }
        }
        boolean isEmpty =
                body.path("content").asString("").isEmpty()
                        && body.path("embeds").isEmpty()
                        && body.path("components").isEmpty()
                        && !body.has("__files");
        if (isEmpty) throw new FakeRest.Refused(400, 50_006, "Cannot send an empty message");
    }

    ObjectNode publish(ObjectNode message) {
        world.messages.put(message.path("id").asString(""), message);
        world.viewer.posted(message);
        boolean isPrivate = (message.path("flags").asInt(0) & EPHEMERAL) != 0;
        if (isPrivate) return message;
        var channel = world.channels.get(message.path("channel_id").asString(""));
        if (channel != null) channel.set("last_message_id", message.get("id"));
        gateway.dispatch("MESSAGE_CREATE", world.seen(message), 9);
        return message;
    }

    private FakeRest.Reply history(String channelId, Map<String, String> query) {
        world.channel(channelId);
        world.need(FakeWorld.VIEW, 50_001, "Missing Access");
        var all = JSON.createArrayNode();
        if (!world.may(FakeWorld.HISTORY)) return FakeRest.Reply.ok(all);
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
        return FakeRest.Reply.ok(all);
    }

    private FakeRest.Reply edit(String channelId, String id, JsonNode body) {
        var channel = world.channel(channelId);
        var message = world.existing(id);
        if (!message.path("author").path("id").asString("").equals(world.bot.id())) {
            throw new FakeRest.Refused(
                    403, 50_005, "Cannot edit a message authored by another user");
        }
        if (FakeWorld.isArchived(channel))
            throw new FakeRest.Refused(400, 50_083, "Thread is archived");
        if (tooOldToEdit.contains(id)) {
            throw new FakeRest.Refused(
                    429, 30_046, "Maximum number of edits to messages older than 1 hour reached.");
        }
        if (body.has("__files")) world.need(FakeWorld.ATTACH, 50_013, "Missing Permissions");
        check(body);
        world.patch(message, body);
        world.viewer.changed(message);
        gateway.dispatch("MESSAGE_UPDATE", world.seen(message), 9);
        return FakeRest.Reply.ok(message);
    }

    FakeRest.Reply delete(String id) {
        var message = world.existing(id);
        world.messages.remove(id);
        world.viewer.deleted(message);
        var event = JSON.createObjectNode().put("id", id).put("guild_id", world.guildId);
        event.set("channel_id", message.get("channel_id"));
        gateway.dispatch("MESSAGE_DELETE", event, 9);
        return FakeRest.Reply.none();
    }
}
