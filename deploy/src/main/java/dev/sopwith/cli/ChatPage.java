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
        for (var line : frame.lines()) if (!old.contains(line)) lines.add(BAR + line);
        boolean isSame = before.map(Frame::calls).filter(frame.calls()::equals).isPresent();
        if (!frame.calls().isEmpty() && !isSame) {
            lines.add(BAR + "for " + String.join(", ", frame.calls()));
        }
        return lines;
    }

    private static String title(Frame frame) {
        var title = frame.title().isEmpty() ? "message" : frame.title();
        return switch (frame.kind()) {
            case POST -> "* " + (frame.isLoud() ? Ink.YELLOW : Ink.BOLD).of(title);
            case UPDATE -> "~ " + Ink.BOLD.of(title);
            case CLOSE -> "- " + Ink.GREEN.of(title);
        };
    }
}
