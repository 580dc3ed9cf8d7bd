package dev.sopwith.engine.audit;

import dev.sopwith.engine.store.Runs.RunRow;
import dev.sopwith.engine.store.Trail.Entry;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the record says about a run, for people.
 *
 * <p>Bodies hold text from outside. They stand in code fences longer than any run of backticks in
 * them, so nothing in them is markup or a mention; characters that do not show, or that turn the
 * direction of writing, are written as their codes. Everything else from outside is escaped.
 */
final class MarkdownReport {
    private static final int HASH_SHOWN = 12;
    private static final int FENCE_MIN = 3;

    private MarkdownReport() {}

    static String of(long run, Optional<RunRow> row, List<Entry> entries) {
        var text = new StringBuilder("# Record of R-%d\n\n".formatted(run));
        row.ifPresent(it -> text.append(summary(it)));
        if (entries.isEmpty()) text.append("There is nothing on record about this run.\n");
        for (var entry : entries) text.append(section(entry));
        return text.toString();
    }

    private static String summary(RunRow run) {
        return """
        - SOP: %s, snapshot %.12s
        - started: %s
        - ended: %s
        - outcome: %s

        """
                .formatted(
                        escaped(run.sop()),
                        run.digest(),
                        Instant.ofEpochMilli(run.startedAt()),
                        time(run.endedAt()),
                        escaped(run.outcome().orElse("none yet")));
    }

    private static String section(Entry entry) {
        var link = entry.link();
        var event = link.seq().isPresent() ? ", event " + link.seq().getAsInt() : "";
        return "## %d: %s\n\n%s%s, hash %s\n\n%s\n"
                .formatted(
                        link.position(),
                        escaped(link.kind()),
                        Instant.ofEpochMilli(link.at()),
                        event,
                        link.hash().substring(0, Math.min(HASH_SHOWN, link.hash().length())),
                        entry.body().map(body -> fenced(body.text())).orElse("(erased)\n"));
    }

    private static String time(OptionalLong at) {
        return at.isPresent() ? Instant.ofEpochMilli(at.getAsLong()).toString() : "not yet";
    }

    private static String fenced(String body) {
        var fence = "`".repeat(Math.max(FENCE_MIN, longestRunOfBackticks(body) + 1));
        return fence + "json\n" + visible(body) + "\n" + fence + "\n";
    }

    private static int longestRunOfBackticks(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    /** Every character that could be markup behind a backslash, as Markdown allows for them all. */
    private static String escaped(String text) {
        return visible(text).replace("\n", " ").replaceAll("\\p{Punct}", "\\\\$0");
    }

    private static String visible(String text) {
        var shown = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> {
                            if (isShown(c)) shown.appendCodePoint(c);
                            else shown.append(String.format(Locale.ROOT, "\\u%04x", c));
                        });
        return shown.toString();
    }

    private static boolean isShown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL -> c == '\n';
            case Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
