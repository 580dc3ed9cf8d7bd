package dev.sopwith.engine.expression;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An MQTT topic filter by the rules of the OASIS standard (5.0, section 4.7).
 *
 * <p>Threading: immutable. Asking allocates nothing.
 */
public final class MqttFilter {
    /** The level that stands for exactly one level. */
    public static final String ONE = "+";

    /** The last level that stands for all that follow, and for none. */
    public static final String REST = "#";

    private static final int BYTES_MAX = 65_535;

    private final String text;
    private final List<String> levels;

    private MqttFilter(String text, List<String> levels) {
        this.text = text;
        this.levels = levels;
    }

    /** Reads a filter; never throws. */
    public static Parsed<MqttFilter> parse(String text) {
        try {
            return Parsed.ok(new MqttFilter(text, checked(text)));
        } catch (SyntaxProblem e) {
            return e.bad();
        }
    }

    private static List<String> checked(String text) throws SyntaxProblem {
        if (text.isEmpty())
            throw new SyntaxProblem(0, "the topic filter is empty", "write # for all topics");
        if (text.indexOf('\0') >= 0)
            throw new SyntaxProblem(
                    text.indexOf('\0'), "a topic filter cannot contain NUL", "remove it");
        if (isTooLong(text))
            throw new SyntaxProblem(
                    0, "the topic filter is longer than " + BYTES_MAX + " bytes", "shorten it");
        var levels = levelsOf(text);
        int offset = 0;
        for (int i = 0; i < levels.size(); i++) {
            var level = levels.get(i);
            requireWildcardAlone(level, offset);
            if (level.equals(REST) && i + 1 < levels.size())
                throw new SyntaxProblem(
                        offset, "# may only be the last level", "write + for one level");
            offset += level.length() + 1;
        }
        return levels;
    }

    private static void requireWildcardAlone(String level, int offset) throws SyntaxProblem {
        if (level.equals(ONE) || level.equals(REST)) return;
        for (int i = 0; i < level.length(); i++) {
            if (!isWildcard(level.charAt(i))) continue;
            throw new SyntaxProblem(
                    offset + i,
                    level.charAt(i) + " must be a whole level",
                    "put it between slashes; it cannot stand for a part of a name");
        }
    }

    /** The filter as written. */
    public String text() {
        return text;
    }

    /** What stands between the slashes, wildcards included; at least one, each may be empty. */
    public List<String> levels() {
        return levels;
    }

    /** The levels of a topic or a filter, for an index that compares them one by one. */
    public static List<String> levelsOf(String topic) {
        return List.of(topic.split("/", -1));
    }

    /** Whether a message with this topic is for this filter; a text that is no topic never is. */
    public boolean matches(String topic) {
        return isTopic(topic)
                && (!isReserved(topic) || !isWildcard(text.charAt(0)))
                && levelsMatch(topic);
    }

    private boolean levelsMatch(String topic) {
        int start = 0; // of the topic's next level; beyond its end when there is none left
        for (var level : levels) {
            if (level.equals(REST)) return true;
            if (start > topic.length()) return false;
            int slash = topic.indexOf('/', start);
            int end = slash < 0 ? topic.length() : slash;
            boolean same = level.length() == end - start && topic.startsWith(level, start);
            if (!same && !level.equals(ONE)) return false;
            start = end + 1;
        }
        return start > topic.length();
    }

    /** Whether a message can have this topic: not empty, no wildcard, no NUL, not too long. */
    public static boolean isTopic(String topic) {
        for (int i = 0; i < topic.length(); i++)
            if (isWildcard(topic.charAt(i)) || topic.charAt(i) == '\0') return false;
        return !topic.isEmpty() && !isTooLong(topic);
    }

    /** Whether a topic is the broker's own, which no filter reaches that begins with a wildcard. */
    public static boolean isReserved(String topic) {
        return topic.startsWith("$");
    }

    private static boolean isWildcard(char character) {
        return character == '+' || character == '#';
    }

    private static boolean isTooLong(String text) {
        return text.length() > BYTES_MAX / 3 // no UTF-16 unit becomes more than three bytes
                && text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX;
    }

    /** Equal when written alike. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MqttFilter filter && text.equals(filter.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the filter as written} */
    @Override
    public String toString() {
        return text;
    }
}
