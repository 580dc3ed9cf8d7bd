package dev.sopwith.bot.room;

import dev.sopwith.bot.command.Reading;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.store.Chat.PostRow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What somebody is told who asked. */
public final class Answers {
    private static final int CELL_MAX = 60;
    private static final String ANSWER = "/answer/";

    /** After this nobody waits for it any more. */
    private static final Duration LIFE = Duration.ofMinutes(10);

    private Answers() {}

    /** The answer to words that are no command; none to talk. */
    public static Optional<Document> of(Reading reading) {
        return switch (reading) {
            case Reading.Wrong(var problem) -> Optional.of(Document.line(problem));
            case Reading.Question question -> Optional.of(Document.line(question.line()));
            case Reading.Talk _, Reading.Understood _ -> Optional.empty();
        };
    }

    /**
     * Lines, and a table under them.
     *
     * @param table the first row its headings; may be empty
     */
    public static Document of(List<String> lines, List<List<String>> table) {
        var blocks = new ArrayList<Block>();
        lines.forEach(it -> blocks.add(new Block.Line(it)));
        if (!table.isEmpty()) blocks.add(Block.Code.of(aligned(table)));
        return new Document("", blocks, Set.of(), List.of(), false);
    }

    /** The key under which the answer to an event is kept. */
    public static String key(String epoch, String eventId) {
        return epoch + ANSWER + eventId;
    }

    /** The event that is answered under this key; none when it is no answer's. */
    static Optional<String> event(String key, String epoch) {
        var begin = epoch + ANSWER;
        return key.startsWith(begin)
                ? Optional.of(key.substring(begin.length()))
                : Optional.empty();
    }

    /**
     * An answer as the store keeps it until it is shown: from the commit of this row on it may be
     * under way.
     *
     * @param key of what is answered, with the epoch
     * @param threadId the thread in which it was asked
     * @param output goes with it as a file
     */
    public static PostRow row(
            String connector,
            String key,
            String room,
            Optional<String> threadId,
            Document document,
            Optional<FullOutput> output,
            Instant now) {
        return new PostRow(
                connector,
                key,
                room,
                Optional.empty(),
                // This commit is what has to be before anything is sent: none more is needed.
                Optional.of(Shown.NEVER.with(StoredPost.digest(document)).text()),
                false,
                Optional.of(new StoredPost(threadId, document, output).json()),
                OptionalLong.of(now.plus(LIFE).toEpochMilli()),
                now.toEpochMilli());
    }

    private static String aligned(List<List<String>> table) {
        var rows = new ArrayList<List<String>>();
        int columns = 0;
        for (var row : table) {
            rows.add(row.stream().map(it -> Excerpt.of(it, CELL_MAX)).toList());
            columns = Math.max(columns, row.size());
        }
        int[] widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < row.size(); i++) widths[i] = Math.max(widths[i], width(row.get(i)));
        }
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i));
                if (i + 1 < row.size()) line.repeat(' ', widths[i] - width(row.get(i)) + 2);
            }
            lines.add(line.toString());
        }
        return String.join("\n", lines);
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
