package dev.sopwith.engine.sop;

import dev.sopwith.engine.expression.Durations;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Quoted;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A {@code gpio} block: lines such as {@code hall/lamp on}, {@code hall/lamp pulse 500ms}. */
public record GpioBlock(List<Action> actions) {

    /** What is done to one signal. */
    public sealed interface Action {
        record Set(String board, String signal, boolean on) implements Action {}

        record Pulse(String board, String signal, Duration length) implements Action {}
    }

    private static final Pattern LINE =
            Pattern.compile("([^/\\s]+)/([^/\\s]+)[ \\t]+(on|off|pulse)(?:[ \\t]+(\\S+))?");

    public static Parsed<GpioBlock> parse(String text) {
        List<Action> actions = new ArrayList<>();
        int offset = 0;
        for (String line : text.split("\n", -1)) {
            if (!line.isBlank()) {
                var action = action(line.strip());
                if (action instanceof Parsed.Bad<Action> bad) {
                    return Parsed.bad(offset, bad.problem(), bad.fix());
                }
                if (action instanceof Parsed.Ok<Action> ok) actions.add(ok.value());
            }
            offset += line.length() + 1;
        }
        return Parsed.ok(new GpioBlock(List.copyOf(actions)));
    }

    private static Parsed<Action> action(String line) {
        var parts = LINE.matcher(line);
        var fix = "write BOARD/SIGNAL on, off or pulse 500ms";
        if (!parts.matches()) {
            return Parsed.bad(0, "%s is no action on a pin".formatted(Quoted.of(line)), fix);
        }
        var word = parts.group(3);
        var length = parts.group(4);
        if (!word.equals("pulse")) {
            if (length != null) {
                return Parsed.bad(0, "%s takes no length".formatted(word), fix);
            }
            return Parsed.ok(new Action.Set(parts.group(1), parts.group(2), word.equals("on")));
        }
        var duration =
                Durations.parseWithMillis(length == null ? "" : length)
                        .filter(Duration::isPositive);
        if (duration.isEmpty()) {
            return Parsed.bad(0, "a pulse needs a length: " + Quoted.of(line), fix);
        }
        return Parsed.ok(new Action.Pulse(parts.group(1), parts.group(2), duration.get()));
    }
}
