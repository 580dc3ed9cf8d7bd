package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import dev.sopwith.bench.discord.FakeWorld.User;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Commands, buttons and forms that people use at {@link FakeDiscord}, as their client sends them.
 *
 * <p>Threading: safe from any thread.
 */
public final class FakeInteractions {
    private final FakeWorld world;
    private final FakeGateway gateway;
    private final Map<String, Interaction> known = new ConcurrentHashMap<>();

    /** How long Discord waits for the first word to an interaction. */
    public volatile Duration firstWordWithin = Duration.ofSeconds(3);

    private boolean isNextLate; // guarded by the world

    FakeInteractions(FakeWorld world, FakeGateway gateway) {
        this.world = world;
        this.gateway = gateway;
    }

    /** The one with this id and token, while Discord waits for the first word to it. */
    Optional<Interaction> waiting(String id, String token) {
        return Optional.ofNullable(known.get(id))
                .filter(it -> it.token().equals(token))
                .filter(it -> !it.isOlderThan(firstWordWithin));
    }

    /** The one with this token that can still be answered. */
    Optional<Interaction> answerable(String token) {
        return known.values().stream()
                .filter(it -> it.token().equals(token) && it.first().isDone() && !it.isOver())
                .findFirst();
    }

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

    /** The options of a command, such as {@code sop run}, in their order. */
    List<JsonNode> options(String line) {
        synchronized (world) {
            return List.copyOf(definition(line).path("options").values());
        }
    }

    private ObjectNode root(String name) {
        return Optional.ofNullable(world.commands.get(name))
                .orElseThrow(() -> new NotDone("there is no command /" + name));
    }

    private JsonNode definition(String line) {
        var words = line.split(" ", -1);
        for (var it : root(words[0]).path("options")) {
            if (words.length > 1 && it.path("name").asString("").equals(words[1])) return it;
        }
        throw new NotDone("there is no /" + line);
    }

    private ObjectNode command(String line, Map<String, ?> options, String focus) {
        var definition = definition(line);
        var words = line.split(" ", -1);
        var data = JSON.createObjectNode().put("name", words[0]).put("type", 1);
        data.set("id", root(words[0]).get("id"));
        data.put("guild_id", world.guildId);
        var chosen = data.putArray("options").addObject().put("name", words[1]).put("type", 1);
        var given = chosen.putArray("options");
        for (var it : definition.path("options")) {
            var name = it.path("name").asString("");
            var value = options.get(name);
            if (value == null) {
                boolean isMissing = it.path("required").asBoolean(false) && focus.isEmpty();
                if (isMissing) throw new NotDone("the client wants " + name + " first");
                continue;
            }
            var option = given.addObject().put("name", name);
            option.set("type", it.get("type"));
            option.set("value", JSON.valueToTree(value));
            if (!name.equals(focus)) continue;
            if (!it.path("autocomplete").asBoolean(false)) {
                throw new NotDone(name + " is not completed");
            }
            option.put("focused", true);
        }
        if (given.size() != options.size()) {
            throw new NotDone("not all of " + options.keySet() + " are options of " + line);
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
            throw new NotDone("there is no button " + label + " on " + FakeScreen.text(message));
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
        if (first.path("type").asInt(0) != 9) throw new NotDone("no modal but " + first);
        var modal = first.path("data");
        var data = JSON.createObjectNode();
        data.set("custom_id", modal.get("custom_id"));
        ArrayNode parts = data.putArray("components");
        for (var label : modal.path("components")) {
            var input = label.path("component");
            var name = input.path("custom_id").asString("");
            var value = values.getOrDefault(name, "");
            if (value.isEmpty() && input.path("required").asBoolean(false)) {
                throw new NotDone("the client wants " + name + " first");
            }
            if (value.length() > input.path("max_length").asInt(4000)) {
                throw new NotDone(name + " is too long for the client");
            }
            var part = parts.addObject().put("type", 18).put("id", 1).putObject("component");
            part.put("type", 4).put("id", 2).put("custom_id", name).put("value", value);
        }
        synchronized (world) {
            return ask(5, opener.user(), opener.channel(), opener.source(), data);
        }
    }

    private Interaction ask(int type, User user, String channel, String source, ObjectNode data) {
        var it = new Interaction(world.snowflake(), type, user, channel, source);
        if (isNextLate) it.grow(firstWordWithin);
        isNextLate = false;
        known.put(it.id(), it);
        var json = JSON.createObjectNode().put("id", it.id()).put("application_id", world.bot.id());
        json.put("type", type).put("token", it.token()).put("version", 1);
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
        json.set("member", world.guild.interactionMember(user));
        json.set("data", data);
        if (!source.isEmpty()) json.set("message", world.messageOf(source).deepCopy());
        gateway.dispatch("INTERACTION_CREATE", json, -1);
        return it;
    }

    /** The next interaction is one that Discord has given up on. */
    public void nextIsLate() {
        synchronized (world) {
            isNextLate = true;
        }
    }
}
