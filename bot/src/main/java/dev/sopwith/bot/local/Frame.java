package dev.sopwith.bot.local;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A message of the local room as it is now, on its way to those who follow the room.
 *
 * @param seq rises with every change in the room; a message keeps only its last
 * @param id of the message, for ever; later messages have higher ones
 * @param thread id of the message whose thread it belongs into
 * @param title one line of the service's own words; may be empty
 * @param lines the rest, text and nothing but text
 * @param calls persons who are called
 * @param isLoud whether people hear of it at once
 */
public record Frame(
        Kind kind,
        long seq,
        String id,
        String room,
        Optional<String> thread,
        String title,
        List<String> lines,
        List<String> calls,
        boolean isLoud) {

    /** What the change was. */
    public enum Kind {
        POST,
        UPDATE,
        /** It asked for something and does not any more. */
        CLOSE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Frame {
        lines = List.copyOf(lines);
        calls = List.copyOf(calls);
    }

    /** As it goes over the wire. */
    public ObjectNode json() {
        var json = Answer.empty();
        var one = json.putObject(kind.word());
        one.put("seq", seq).put("id", id).put("room", room);
        thread.ifPresent(it -> one.put("thread", it));
        one.put("title", title);
        lines.forEach(one.putArray("lines")::add);
        calls.forEach(one.putArray("calls")::add);
        one.put("loud", isLoud);
        return json;
    }

    /** Reads what {@link #json} made; none when it is something else. */
    public static Optional<Frame> of(JsonNode json) {
        for (var kind : Kind.values()) {
            var one = json.path(kind.word());
            if (!one.isObject() || !one.path("seq").isIntegralNumber()) continue;
            return Optional.of(
                    new Frame(
                            kind,
                            one.path("seq").asLong(),
                            one.path("id").asString(""),
                            one.path("room").asString(""),
                            Optional.of(one.path("thread").asString(""))
                                    .filter(it -> !it.isEmpty()),
                            one.path("title").asString(""),
                            Answer.texts(one.path("lines")),
                            Answer.texts(one.path("calls")),
                            one.path("loud").asBoolean(false)));
        }
        return Optional.empty();
    }
}
