package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.InboundEvent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How far one has heard: the newest number that Discord gave to anything, and the marks that stand
 * on open prompts. The marks are what makes it possible to see, after a time without ears, which
 * were put there and which were taken back meanwhile: Discord repeats no such event. As text it is
 * kept in the commit of what was heard.
 *
 * <p>Threading: belongs to the one thread of the {@link Inbox}.
 */
final class Position {
    /** Things of the same moment may come in another order than their numbers. */
    private static final long OVERLAP_MILLIS = 5_000;

    private static final int MARKS_MAX = 2_000;

    private final long floor;
    private final Predicate<String> isOpen;
    private final Set<Mark> marks = new LinkedHashSet<>();
    private long last;

    /** A mark of somebody on a message. */
    record Mark(String messageId, String user, String mark) {}

    /**
     * @param last how far one has heard; nothing up to here is news
     * @param isOpen whether marks on this message still count for anything
     */
    Position(long last, Predicate<String> isOpen) {
        this.floor = last;
        this.last = last;
        this.isOpen = isOpen;
    }

    /** Reads what {@link #text} wrote. */
    static Position parse(String text, Predicate<String> isOpen) {
        var parts = text.split(" ", -1);
        var position = new Position(0, isOpen);
        position.last = Snowflake.parse(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            var fields = parts[i].split(",", -1);
            if (fields.length == 3) position.marks.add(new Mark(fields[0], fields[1], fields[2]));
        }
        return position;
    }

    /** Where to read on in what was written; empty when nothing was ever heard. */
    Optional<Long> readFrom() {
        if (last == 0) return Optional.empty();
        return Optional.of(Math.max(floor, Snowflake.after(last, -OVERLAP_MILLIS)));
    }

    /** Where nothing was ever written, what is written from this moment on is heard. */
    void begin(Instant now) {
        if (last == 0) last = Snowflake.at(now);
    }

    /** Whether it is from after the beginning. */
    boolean isNews(InboundEvent event) {
        long id = Snowflake.parse(event.eventId());
        return id == 0 || Long.compareUnsigned(id, floor) > 0;
    }

    /** The marks of this message, as they were heard. */
    List<Mark> marks(String messageId) {
        return marks.stream().filter(it -> it.messageId().equals(messageId)).toList();
    }

    /** As text, after these were heard. */
    String with(Collection<? extends InboundEvent> events) {
        for (var event : events) {
            long id = Snowflake.parse(event.eventId());
            if (Long.compareUnsigned(id, last) > 0) last = id;
            switch (event) {
                case InboundEvent.Reaction it -> {
                    if (isOpen.test(it.messageId()) && marks.size() < MARKS_MAX) {
                        marks.add(mark(it.messageId(), it.sender(), it.mark()));
                    }
                }
                case InboundEvent.ReactionRemoved it ->
                        marks.remove(mark(it.messageId(), it.sender(), it.mark()));
                default -> {}
            }
        }
        forgetClosed();
        return text();
    }

    private static Mark mark(String messageId, String sender, String mark) {
        return new Mark(messageId, sender.substring(sender.indexOf(':') + 1), mark);
    }

    private void forgetClosed() {
        Map<String, Boolean> known = new LinkedHashMap<>();
        marks.removeIf(it -> !known.computeIfAbsent(it.messageId(), isOpen::test));
    }

    private String text() {
        var parts = new ArrayList<String>();
        parts.add(Long.toUnsignedString(last));
        for (var it : marks) parts.add(it.messageId() + "," + it.user() + "," + it.mark());
        return String.join(" ", parts);
    }
}
