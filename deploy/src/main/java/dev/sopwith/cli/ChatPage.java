package dev.sopwith.cli;

import dev.sopwith.bot.local.Frame;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages of the room as lines of a terminal. A line that was printed cannot be changed: of a
 * message that changes only what is new is printed.
 *
 * <p>Threading: one thread.
 */
final class ChatPage {
    private static final int REMEMBERED_MAX = 1_000;
    private static final String BAR = "| ";

    private final Map<String, Frame> known = new LinkedHashMap<>();

    /** The lines for a message, or for another state of one. */
    List<String> lines(Frame frame) {
        var before = Optional.ofNullable(known.remove(frame.id()));
        known.put(frame.id(), frame);
        while (known.size() > REMEMBERED_MAX) known.remove(known.keySet().iterator().next());
        var lines = new ArrayList<String>();
        lines.add(title(frame));
        var old = new HashSet<>(before.map(Frame::lines).orElse(List.of()));
        frame.lines().stream()
                .skip(isPlain(frame) ? 1 : 0)
                .filter(line -> !old.contains(line))
                .forEach(line -> lines.add(BAR + line));
        boolean isSame = before.map(Frame::calls).filter(frame.calls()::equals).isPresent();
        if (!frame.calls().isEmpty() && !isSame) {
            lines.add(BAR + "for " + String.join(", ", frame.calls()));
        }
        return lines;
    }

    private static String title(Frame frame) {
        if (isPlain(frame)) return mark(frame) + frame.lines().getFirst();
        var title = frame.title();
        return mark(frame)
                + switch (frame.kind()) {
                    case POST -> (frame.isLoud() ? Ink.YELLOW : Ink.BOLD).of(title);
                    case UPDATE -> Ink.BOLD.of(title);
                    case CLOSE -> Ink.GREEN.of(title);
                };
    }

    private static String mark(Frame frame) {
        return switch (frame.kind()) {
            case POST -> "* ";
            case UPDATE -> "~ ";
            case CLOSE -> "- ";
        };
    }

    /** Without a title its first line stands there, and like any other. */
    private static boolean isPlain(Frame frame) {
        return frame.title().isEmpty() && !frame.lines().isEmpty();
    }
}
