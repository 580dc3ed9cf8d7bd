package dev.sopwith.bench.discord;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What everybody in the guild of {@link FakeDiscord} sees of the application.
 *
 * <p>Threading: safe from any thread.
 */
public final class FakeScreen {
    private final FakeWorld world;

    FakeScreen(FakeWorld world) {
        this.world = world;
    }

    /** All messages of the application that everybody sees, oldest first. */
    public List<ObjectNode> shown() {
        synchronized (world) {
            var all = new ArrayList<ObjectNode>();
            for (var it : world.messages.values()) {
                if (isShown(it)) all.add(it.deepCopy());
            }
            return all;
        }
    }

    private boolean isShown(ObjectNode message) {
        boolean isPrivate = (message.path("flags").asInt(0) & FakeMessages.EPHEMERAL) != 0;
        return !isPrivate && message.path("author").path("id").asString("").equals(world.bot.id());
    }

    /** The message with these words, as soon as there is one. */
    public ObjectNode awaitMessage(String words) {
        return awaitMessage(it -> it.contains(words), "a message with \"" + words + "\"");
    }

    /** The newest message like that, as soon as there is one. */
    public ObjectNode awaitMessage(Predicate<String> isSo, String what) {
        try {
            FakeDiscord.await(what, () -> find(isSo).isPresent());
        } catch (NotDone e) {
            var all = shown().stream().map(FakeScreen::text).toList();
            throw new NotDone(e.getMessage() + " among " + all, e);
        }
        return find(isSo).orElseThrow();
    }

    public Optional<ObjectNode> find(String words) {
        return find(it -> it.contains(words));
    }

    public Optional<ObjectNode> find(Predicate<String> isSo) {
        synchronized (world) {
            for (var it : world.messages.sequencedValues().reversed()) {
                if (isShown(it) && isSo.test(text(it))) return Optional.of(it.deepCopy());
            }
            return Optional.empty();
        }
    }

    /** The message, as soon as it is like that. */
    public ObjectNode awaitState(String what, String messageId, Predicate<JsonNode> isSo) {
        FakeDiscord.await(
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

    /** Whether the application has registered its commands. */
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
}
