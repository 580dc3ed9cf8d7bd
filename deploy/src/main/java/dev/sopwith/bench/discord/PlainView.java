package dev.sopwith.bench.discord;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What people see at {@link FakeDiscord}, in plain text: each message has a number by which it is
 * spoken of, and below it the buttons that it has at the moment.
 *
 * <p>Threading: it is told, and shows, while the world is held.
 */
final class PlainView implements FakeWorld.Viewer {
    private final FakeWorld world;
    private final Consumer<List<String>> page;
    private final List<String> numbered = new ArrayList<>(); // guarded by the world
    private final Map<String, List<String>> shown = new HashMap<>(); // guarded by the world

    /**
     * @param page takes the lines of one message as it is shown
     */
    PlainView(FakeWorld world, Consumer<List<String>> page) {
        this.world = world;
        this.page = page;
    }

    /** The message with this number. */
    String message(int number) {
        synchronized (world) {
            if (number < 1 || number > numbered.size()) {
                throw new NotDone("there is no message " + number);
            }
            return numbered.get(number - 1);
        }
    }

    /** The number of the newest message that still shows these words. */
    Optional<Integer> number(String words) {
        synchronized (world) {
            for (int i = numbered.size(); i > 0; i--) {
                var lines = shown.getOrDefault(numbered.get(i - 1), List.of());
                if (String.join("\n", lines).contains(words)) return Optional.of(i);
            }
            return Optional.empty();
        }
    }

    @Override
    public void posted(ObjectNode message) {
        numbered.add(FakeScreen.id(message));
        show(message, "");
    }

    @Override
    public void changed(ObjectNode message) {
        if (lines(message).equals(shown.get(FakeScreen.id(message)))) return;
        show(message, ", changed");
    }

    @Override
    public void deleted(ObjectNode message) {
        shown.remove(FakeScreen.id(message));
        page.accept(List.of(head(message) + ": deleted"));
    }

    private void show(ObjectNode message, String what) {
        var lines = lines(message);
        shown.put(FakeScreen.id(message), lines);
        var all = new ArrayList<String>();
        all.add(head(message) + what);
        lines.forEach(it -> all.add("  " + it));
        page.accept(all);
    }

    /** Where it stands, its number, of whom it is, and who alone sees it. */
    private String head(ObjectNode message) {
        var channel = world.channels.get(message.path("channel_id").asString(""));
        var place = channel == null ? "direct" : channel.path("name").asString("direct");
        var author = message.path("author").path("username").asString("");
        boolean isPrivate = (message.path("flags").asInt(0) & FakeMessages.EPHEMERAL) != 0;
        var reader = message.path("interaction_metadata").path("user").path("username");
        return "#%s [%d] %s%s"
                .formatted(
                        place,
                        numbered.indexOf(FakeScreen.id(message)) + 1,
                        author,
                        isPrivate ? " to " + reader.asString("") + " alone" : "");
    }

    private List<String> lines(ObjectNode message) {
        var lines = new ArrayList<String>();
        var called = message.path("mentions").findValuesAsString("username");
        boolean isBot = message.path("author").path("bot").asBoolean(false);
        if (isBot && !called.isEmpty()) lines.add("@" + String.join(" @", called));
        text(message, isBot).lines().forEach(lines::add);
        for (var it : message.path("attachments")) {
            lines.add("(file " + it.path("filename").asString("") + ")");
        }
        for (var row : message.path("components")) lines.add(buttons(row));
        return lines;
    }

    private String text(ObjectNode message, boolean isBot) {
        if (isBot) return FakeScreen.text(message);
        var content = message.path("content").asString("");
        return content.replace("<@" + world.bot.id() + ">", "@" + world.bot.name());
    }

    private static String buttons(JsonNode row) {
        return row.path("components").values().stream()
                .map(it -> "[" + it.path("label").asString("") + "]")
                .collect(Collectors.joining(" "));
    }
}
