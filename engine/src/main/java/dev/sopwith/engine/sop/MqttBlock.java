package dev.sopwith.engine.sop;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Quoted;

/**
 * An {@code mqtt} block: a line {@code topic: ...}, then the payload (FORMAT §5). Nothing is filled
 * in.
 */
public record MqttBlock(String topic, String payload) {

    private static final String TOPIC = "topic:";

    public static Parsed<MqttBlock> parse(String text) {
        int end = text.indexOf('\n');
        var first = end < 0 ? text : text.substring(0, end);
        if (!first.startsWith(TOPIC)) {
            return Parsed.bad(
                    0,
                    "an mqtt block begins with its topic, not with " + Quoted.of(first),
                    "write topic: hall/lamp/set in the first line, the payload below it");
        }
        var topic = first.substring(TOPIC.length()).strip();
        if (topic.isEmpty() || topic.contains("#") || topic.contains("+")) {
            return Parsed.bad(
                    TOPIC.length(),
                    "%s is no topic to publish to".formatted(Quoted.of(topic)),
                    "write one whole topic without + and #");
        }
        int filled = text.indexOf("${");
        if (filled >= 0) {
            return Parsed.bad(
                    filled,
                    "nothing is filled into an mqtt block",
                    "publish from a shell block, or write the value itself");
        }
        return Parsed.ok(new MqttBlock(topic, end < 0 ? "" : text.substring(end + 1)));
    }
}
