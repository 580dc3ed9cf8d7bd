package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.Position;

import org.commonmark.node.Node;
import org.commonmark.node.SourceSpan;
import org.commonmark.node.Text;
import org.commonmark.parser.InlineParser;
import org.commonmark.parser.InlineParserContext;
import org.commonmark.parser.InlineParserFactory;
import org.commonmark.parser.SourceLines;

import java.util.Optional;

/**
 * Stands in for the parser of emphasis, links and code, and finds out whether that may be let at a
 * text: what it does grows with the square of the marks in one paragraph, so a paragraph of 256 KiB
 * can take it half a minute. Text stays text here.
 *
 * <p>Threading: one instance counts in one text.
 */
final class MarkCount implements InlineParser, InlineParserFactory {

    /** Sum of the squares over all paragraphs: 3,000 marks in one, or 300 in each of a hundred. */
    private static final long EFFORT_MAX = 9_000_000;

    private static final String MARKS = "*_[]!`<&\\~";

    private long effort;
    private Optional<Position> excess = Optional.empty();

    /** Whether the whole text, as one paragraph, would be within the limit. */
    static boolean isHarmless(String text) {
        return squareOfMarks(text) <= EFFORT_MAX;
    }

    /** The paragraph with which it becomes too much. */
    Optional<Position> excess() {
        return excess;
    }

    @Override
    public InlineParser create(InlineParserContext context) {
        return this;
    }

    @Override
    public void parse(SourceLines lines, Node block) {
        var content = lines.getContent();
        effort += squareOfMarks(content);
        if (effort > EFFORT_MAX && excess.isEmpty())
            excess = Optional.of(position(lines.getSourceSpans().getFirst()));
        var text = new Text(content);
        text.setSourceSpans(lines.getSourceSpans());
        block.appendChild(text);
    }

    private static Position position(SourceSpan span) {
        return new Position(span.getLineIndex() + 1, span.getColumnIndex() + 1);
    }

    private static long squareOfMarks(String text) {
        long marks = 0;
        for (int i = 0; i < text.length(); i++) if (MARKS.indexOf(text.charAt(i)) >= 0) marks++;
        return marks * marks;
    }
}
