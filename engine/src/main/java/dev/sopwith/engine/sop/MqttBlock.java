package dev.sopwith.engine.sop;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Quoted;

import java.util.Optional;

/**
 * An {@code mqtt} block: a line {@code topic: ...}, then the payload (FORMAT §5); before it there
 * may be a line {@code broker: ...}. Nothing is filled in.
 *
 * @param broker its name in the roster; none means the first one
 */
public record MqttBlock(Optional<String> broker, String topic, String payload) {

    private static final String BROKER = "broker:";
    private static final String TOPIC = "topic:";

    public static Parsed<MqttBlock> parse(String text) {
        int filled = text.indexOf("${");
        if (!text.startsWith(BROKER)) return parse(text, Optional.empty(), 0, filled);
        int end = text.indexOf('\n');
        var name = (end < 0 ? text : text.substring(0, end)).substring(BROKER.length()).strip();
        if (name.isEmpty()) {
            return Parsed.bad(
                    BROKER.length(),
                    "no broker is named",
                    "write its name in the roster, or leave the line out");
        }
        return parse(text, Optional.of(name), end < 0 ? text.length() : end + 1, filled);
    }

    private static Parsed<MqttBlock> parse(
            String text, Optional<String> broker, int from, int filled) {
        int end = text.indexOf('\n', from);
        var first = text.substring(from, end < 0 ? text.length() : end);
        if (!first.startsWith(TOPIC)) {
            return Parsed.bad(
                    from,
                    broker.isPresent()
                            ? "the topic follows the broker, not " + Quoted.of(first)
                            : "an mqtt block begins with its topic, not with " + Quoted.of(first),
                    "write topic: hall/lamp/set in %s line, the payload below it"
                            .formatted(broker.isPresent() ? "the second" : "the first"));
        }
        var topic = first.substring(TOPIC.length()).strip();
        if (topic.isEmpty() || topic.contains("#") || topic.contains("+")) {
            return Parsed.bad(
                    from + TOPIC.length(),
                    "%s is no topic to publish to".formatted(Quoted.of(topic)),
                    "write one whole topic without + and #");
        }
        if (filled >= 0) {
            return Parsed.bad(
                    filled,
                    "nothing is filled into an mqtt block",
                    "publish from a shell block, or write the value itself");
        }
        return Parsed.ok(new MqttBlock(broker, topic, end < 0 ? "" : text.substring(end + 1)));
    }
}
