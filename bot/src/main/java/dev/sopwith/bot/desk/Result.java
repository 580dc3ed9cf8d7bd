package dev.sopwith.bot.desk;

import dev.sopwith.bot.room.FullOutput;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/**
 * What became of something that somebody said. How it is shown is the surface's.
 *
 * @param lines for people
 * @param table for people, the first row its headings; empty when there is none
 * @param data for programs
 * @param output all that an attempt printed, which the surface shows or sends as a file
 */
public record Result(
        Kind kind,
        List<String> lines,
        List<List<String>> table,
        ObjectNode data,
        Optional<FullOutput> output) {

    /** How it went. */
    public enum Kind {
        /** It was done. */
        OK,
        /** It was understood, and the answer is no. */
        NO,
        /** It was not understood, or names something that is not there: nothing was done. */
        WRONG
    }

    public Result {
        lines = List.copyOf(lines);
        table = table.stream().map(List::copyOf).toList();
    }

    /** One without the output of a step, as nearly all are. */
    public Result(Kind kind, List<String> lines, List<List<String>> table, ObjectNode data) {
        this(kind, lines, table, data, Optional.empty());
    }

    static Result ok(ObjectNode data, String... lines) {
        return new Result(Kind.OK, List.of(lines), List.of(), data);
    }

    static Result no(String... lines) {
        return new Result(Kind.NO, List.of(lines), List.of(), empty());
    }

    static Result wrong(String... lines) {
        return new Result(Kind.WRONG, List.of(lines), List.of(), empty());
    }

    static ObjectNode empty() {
        return JsonMapper.shared().createObjectNode();
    }
}
