package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.Position;

import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SourceSpan;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the nodes of a parsed Markdown text stand in its source. */
final class Markdown {

    /** Deeper nesting than this stays text: 50,000 quote marks must not become 50,000 nodes. */
    private static final int DEPTH_MAX = 100;

    private static final Parser PARSER = builder().build();

    private final SourceText source;
    private final Node document;
    private final Optional<Position> excess;

    Markdown(SourceText source) {
        this.source = source;
        var text = source.text();
        var marks = new MarkCount();
        var blocks =
                MarkCount.isHarmless(text)
                        ? Optional.<Node>empty()
                        : Optional.of(blocks(text, marks));
        this.excess = marks.excess();
        this.document = blocks.filter(_ -> excess.isPresent()).orElseGet(() -> PARSER.parse(text));
    }

    private static Node blocks(String text, MarkCount marks) {
        return builder().inlineParserFactory(marks).build().parse(text);
    }

    private static Parser.Builder builder() {
        return Parser.builder()
                .includeSourceSpans(IncludeSourceSpans.BLOCKS_AND_INLINES)
                .maxOpenBlockParsers(DEPTH_MAX);
    }

    /**
     * {@return the paragraph from which on there are more marks than are parsed; then emphasis,
     * links and code stay text everywhere}
     */
    Optional<Position> excess() {
        return excess;
    }

    Node document() {
        return document;
    }

    static List<Node> children(Node parent) {
        List<Node> children = new ArrayList<>();
        for (Node n = parent.getFirstChild(); n != null; n = n.getNext()) children.add(n);
        return children;
    }

    /**
     * {@return where a block begins: its marker or its first character, never the blanks before}
     */
    Position at(Node node) {
        var spans = node.getSourceSpans();
        if (spans.isEmpty()) return Position.START;
        var first = spans.getFirst();
        var line = source.line(first.getLineIndex());
        int column = first.getColumnIndex();
        while (column < line.length() && Character.isWhitespace(line.charAt(column))) column++;
        return new Position(first.getLineIndex() + 1, column + 1);
    }

    /** {@return the first line of a block, from 0} */
    static int firstLine(Node node) {
        var spans = node.getSourceSpans();
        return spans.isEmpty() ? 0 : spans.getFirst().getLineIndex();
    }

    /** {@return the last line of a block or of anything in it, from 0} */
    static int lastLine(Node node) {
        int last = firstLine(node);
        for (SourceSpan span : node.getSourceSpans()) last = Math.max(last, span.getLineIndex());
        for (Node child = node.getLastChild(); child != null; child = child.getPrevious()) {
            if (!child.getSourceSpans().isEmpty()) return Math.max(last, lastLine(child));
        }
        return last;
    }

    /** One line of a block's own text, without the indentation of its containers. */
    record Line(int index, int column, String text) {}

    /** {@return the source lines of a paragraph or heading, one for each line it covers} */
    List<Line> lines(Node block) {
        List<Line> lines = new ArrayList<>();
        for (SourceSpan span : block.getSourceSpans()) {
            int start = span.getInputIndex();
            lines.add(
                    new Line(
                            span.getLineIndex(),
                            span.getColumnIndex(),
                            source.text().substring(start, start + span.getLength())));
        }
        return lines;
    }

    String firstLineText(Paragraph paragraph) {
        return lines(paragraph).getFirst().text().strip();
    }

    /** {@return the source of a node's lines from its first to its last, indentation and all} */
    String sourceLines(int firstLine, int lastLine) {
        List<String> lines = new ArrayList<>();
        for (int i = firstLine; i <= lastLine; i++) lines.add(source.line(i));
        return String.join("\n", lines);
    }

    /** {@return the source of an inline node, mark-up included} */
    String sourceOf(Node inline) {
        var spans = inline.getSourceSpans();
        if (spans.isEmpty()) return "";
        var last = spans.getLast();
        return source.text()
                .substring(
                        spans.getFirst().getInputIndex(), last.getInputIndex() + last.getLength());
    }

    /**
     * The text of a fenced block, each line without the indentation of the fence. Taken from the
     * source, because a tab that is only partly indentation is still one here.
     */
    String fencedText(FencedCodeBlock fence) {
        int first = firstLine(fence);
        int last = lastLine(fence) - (fence.getClosingFenceLength() == null ? 0 : 1);
        int columns = columns(source.line(first), at(fence).column() - 1);
        List<String> lines = new ArrayList<>();
        for (int i = first + 1; i <= last; i++) lines.add(dedent(source.line(i), columns));
        return String.join("\n", lines);
    }

    private static int columns(String line, int end) {
        int column = 0;
        for (int i = 0; i < end; i++) column += line.charAt(i) == '\t' ? 4 - column % 4 : 1;
        return column;
    }

    /**
     * Takes up to {@code columns} columns of blanks off the front of a line; a tab reaches to the
     * next multiple of four, as in CommonMark.
     */
    static String dedent(String line, int columns) {
        int column = 0;
        int i = 0;
        while (i < line.length() && column < columns) {
            char c = line.charAt(i);
            if (c != ' ' && c != '\t') break;
            column += c == ' ' ? 1 : 4 - column % 4;
            i++;
        }
        return " ".repeat(Math.max(0, column - columns)) + line.substring(i);
    }
}
