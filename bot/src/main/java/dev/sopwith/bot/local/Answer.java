package dev.sopwith.bot.local;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/**
 * The one answer to a request: the same for people and for programs.
 *
 * @param lines for people
 * @param table for people, the first row its headings; empty when there is none
 * @param data for programs
 */
public record Answer(Status status, List<String> lines, List<List<String>> table, ObjectNode data) {

    /** What became of the request. */
    public enum Status {
        /** It was done. */
        OK,
        /** It was understood, and the answer is no, or what it waited for did not end well. */
        NO,
        /** It was not understood, or names something that is not there: nothing was done. */
        WRONG
    }

    public Answer {
        lines = List.copyOf(lines);
        table = table.stream().map(List::copyOf).toList();
    }

    static Answer ok(ObjectNode data, String... lines) {
        return new Answer(Status.OK, List.of(lines), List.of(), data);
    }

    static Answer no(String... lines) {
        return new Answer(Status.NO, List.of(lines), List.of(), empty());
    }

    /** What is wrong, and what to write instead. */
    public static Answer wrong(String... lines) {
        return new Answer(Status.WRONG, List.of(lines), List.of(), empty());
    }

    Answer with(Status other) {
        return new Answer(other, lines, table, data);
    }

    static ObjectNode empty() {
        return JsonMapper.shared().createObjectNode();
    }

    ObjectNode json() {
        var json = empty().put("status", status.name());
        var said = json.putArray("lines");
        lines.forEach(said::add);
        var rows = json.putArray("table");
        for (var row : table) {
            var cells = rows.addArray();
            row.forEach(cells::add);
        }
        json.set("data", data);
        return json;
    }

    /**
     * Reads what {@link #json} made.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static Answer of(JsonNode json) {
        if (!(json.path("data") instanceof ObjectNode data)) {
            throw new IllegalArgumentException("this is no answer: " + json);
        }
        var table = new ArrayList<List<String>>();
        for (var row : json.path("table").values()) table.add(texts(row));
        return new Answer(
                Status.valueOf(json.path("status").asString("")),
                texts(json.path("lines")),
                table,
                data);
    }

    static List<String> texts(JsonNode array) {
        return array.values().stream().map(it -> it.asString("")).toList();
    }
}
