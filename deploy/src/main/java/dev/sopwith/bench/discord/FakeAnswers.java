package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Map;
import java.util.regex.Matcher;

/**
 * What an application answers to interactions, for {@link FakeRest}: the first word within its
 * time, what follows by the token.
 *
 * <p>Threading: all of it is called while the world is held.
 */
final class FakeAnswers {
    private final FakeWorld world;
    private final FakeMessages messages;
    private final FakeInteractions interactions;

    FakeAnswers(FakeWorld world, FakeMessages messages, FakeInteractions interactions) {
        this.world = world;
        this.messages = messages;
        this.interactions = interactions;
    }

    void serve(FakeRest rest) {
        rest.on("POST", "/interactions/#/([^/]+)/callback", this::callback);
        rest.on("POST", "/webhooks/#/([^/]+)", (path, body, _) -> followUp(path.group(2), body));
        rest.on(
                "PATCH",
                "/webhooks/#/([^/]+)/messages/(@original|\\d+)",
                (path, body, _) -> editAnswer(path.group(2), path.group(3), body));
    }

    private FakeRest.Reply callback(Matcher path, JsonNode body, Map<String, String> query) {
        var asked = interactions.waiting(path.group(1), path.group(2));
        if (asked.isEmpty()) throw new FakeRest.Refused(404, 10_062, "Unknown interaction");
        var it = asked.get();
        if (it.first().isDone()) {
            throw new FakeRest.Refused(400, 40_060, "Interaction has already been acknowledged.");
        }
        int type = body.path("type").asInt(0);
        if (type == 8 && body.path("data").path("choices").size() > 25) {
            throw FakeRest.invalid("choices: Must be 25 or fewer in length.");
        }
        if (type == 9 && it.type() == 5) throw FakeRest.invalid("a modal cannot follow a modal");
        var shown = JSON.createObjectNode();
        if (type == 4) {
            FakeMessages.check(body.path("data"));
            shown = messages.publish(answer(it, body.path("data")));
            it.original(shown.path("id").asString(""));
        }
        it.acknowledge(body);
        if (!query.getOrDefault("with_response", "").equals("true")) return FakeRest.Reply.none();
        var json = JSON.createObjectNode();
        json.putObject("interaction")
                .put("id", it.id())
                .put("type", it.type())
                .put("response_message_loading", type == 5)
                .put("response_message_ephemeral", true);
        if (type == 4) json.putObject("resource").put("type", 4).set("message", shown);
        return FakeRest.Reply.ok(json);
    }

    private ObjectNode answer(Interaction it, JsonNode data) {
        var message = world.message(it.channel(), world.bot, data);
        message.put("webhook_id", world.bot.id()).put("type", it.type() == 2 ? 20 : 19);
        var about = message.putObject("interaction_metadata");
        about.put("id", it.id()).put("type", it.type());
        about.set("user", world.guild.user(it.user()));
        about.putObject("authorizing_integration_owners").put("0", world.guildId);
        if (it.type() == 3) about.put("interacted_message_id", it.source());
        if (it.type() == 5) {
            var opener = about.deepCopy().put("type", it.source().isEmpty() ? 2 : 3);
            if (!it.source().isEmpty()) opener.put("interacted_message_id", it.source());
            about.set("triggering_interaction_metadata", opener);
        }
        return message;
    }

    private FakeRest.Reply followUp(String token, JsonNode body) {
        var it = answerable(token);
        FakeMessages.check(body);
        var message = messages.publish(answer(it, body));
        it.told(message);
        return FakeRest.Reply.ok(message);
    }

    private FakeRest.Reply editAnswer(String token, String which, JsonNode body) {
        var it = answerable(token);
        boolean isOriginal = which.equals("@original");
        boolean isDeferred = it.first().join().path("type").asInt(0) == 5;
        FakeMessages.check(body);
        if (isOriginal && isDeferred && it.original().isEmpty()) {
            var data = (ObjectNode) body.deepCopy();
            data.set("flags", it.first().join().path("data").path("flags"));
            var message = messages.publish(answer(it, data));
            it.original(message.path("id").asString(""));
            it.told(message);
            return FakeRest.Reply.ok(message);
        }
        var message = world.existing(isOriginal ? it.original() : which);
        world.patch(message, body);
        world.viewer.changed(message);
        it.told(message);
        return FakeRest.Reply.ok(message);
    }

    private Interaction answerable(String token) {
        return interactions
                .answerable(token)
                .orElseThrow(() -> new FakeRest.Refused(404, 10_015, "Unknown Webhook"));
    }
}
