package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_IN_TEXT;
import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_LOST;
import static dev.sopwith.engine.sop.DiagnosticCode.FENCE_OPEN;

import dev.sopwith.engine.sop.Position;

import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.LinkReferenceDefinition;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.SourceSpan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Goes over the lines of the steps once more when everything is read: a line that says "wait for
 * approval" and was read as no attribute is an error, whatever mark-up keeps it from being one
 * (FORMAT §5: no gate gets lost by layout).
 *
 * <p>By lines and not by the Markdown tree, because the tree has more ways to hide a line than
 * anybody can list. Only fenced blocks and HTML comments are left out: both are written to show or
 * to hide something.
 */
final class LostGates {

    private static final List<String> OPEN_UNTIL =
            List.of("<pre", "</pre>", "<script", "</script>", "<style", "</style>");

    private final SourceText source;
    private final Markdown markdown;
    private final Findings findings;
    private final Findings suspicions;

    /** What Markdown makes of a line from 0; absent for plain text. */
    private final Map<Integer, String> places = new HashMap<>();

    private final Set<Integer> fenced = new HashSet<>();

    /** The text of lines with comments in them, without the comments. */
    private final Map<Integer, StringBuilder> uncommented = new HashMap<>();

    LostGates(SourceText source, Markdown markdown, Findings findings, Findings suspicions) {
        this.source = source;
        this.markdown = markdown;
        this.findings = findings;
        this.suspicions = suspicions;
    }

    /** Lines from 0, the last one not included. */
    record Lines(int from, int to) {}

    /**
     * @param steps the lines of the steps
     * @param read the lines that were read as attributes
     */
    void look(List<Lines> steps, Set<Integer> read) {
        visit(markdown.document(), "", 0);
        lookBefore(steps.isEmpty() ? 0 : steps.getFirst().from());
        for (Lines lines : steps) {
            for (int i = lines.from(); i < lines.to(); i++) {
                if (!fenced.contains(i) && !read.contains(i)) look(i);
            }
        }
    }

    /** In the introduction people write what they like, but no gate for all of the steps. */
    private void lookBefore(int firstStep) {
        for (int i = 0; i < firstStep; i++) {
            if (fenced.contains(i)) continue;
            var gate = GateText.at(text(i));
            if (gate.isEmpty() || !gate.get().certain()) continue;
            inText(at(i), gate.get().key() + " stands before the steps");
        }
    }

    private String text(int line) {
        var without = uncommented.get(line);
        return without == null ? source.line(line) : without.toString();
    }

    private Position at(int line) {
        int indent = source.line(line).length() - source.line(line).stripLeading().length();
        return new Position(line + 1, indent + 1);
    }

    private void look(int line) {
        var text = text(line);
        if (text.isBlank() || findings.hasErrorAt(line + 1)) return;
        var at = at(line);
        var gate = GateText.at(text);
        if (gate.isEmpty()) {
            if (GateText.isWithin(text)) inText(at, "a gate is mentioned in this line");
        } else if (gate.get().certain()) {
            findings.add(
                    ATTRIBUTE_LOST,
                    at,
                    "%s stands in %s, where no attribute is read: the step would run without it"
                            .formatted(gate.get().key(), places.getOrDefault(line, "text")),
                    fix(gate.get()));
        } else {
            inText(at, "this looks like " + gate.get().key());
        }
    }

    private static String fix(GateText gate) {
        var value = gate.key().equals("requires_confirmation") ? "true" : gate.value();
        return "write - %s: %s as a bullet of the step, indented as far as the step's text"
                .formatted(gate.key(), value);
    }

    private void inText(Position at, String what) {
        suspicions.add(
                ATTRIBUTE_IN_TEXT,
                at,
                what + ": it is text and has no effect",
                "make it a bullet of the step, or put it in back-ticks if it is text");
    }

    private void visit(Node parent, String place, int items) {
        for (Node node : Markdown.children(parent)) {
            switch (node) {
                case FencedCodeBlock _ -> fence(node);
                case HtmlBlock html -> html(html);
                case HtmlInline html -> {
                    if (html.getLiteral().startsWith("<!--"))
                        html.getSourceSpans().forEach(this::hide);
                }
                case IndentedCodeBlock _ -> mark(node, "code");
                case LinkReferenceDefinition _ -> mark(node, "the definition of a link");
                case Heading _ -> {
                    mark(node, "a heading");
                    visit(node, place, items);
                }
                case BlockQuote _ -> visit(node, "a quote", items);
                case OrderedList _ ->
                        visit(node, items > 0 ? "a list within the step" : place, items);
                case BulletList _ ->
                        visit(node, items > 1 ? "a list within the step" : place, items);
                case ListItem _ -> visit(node, place, items + 1);
                default -> {
                    if (!place.isEmpty()) mark(node, place);
                    visit(node, place, items);
                }
            }
        }
    }

    private void mark(Node node, String place) {
        for (SourceSpan span : node.getSourceSpans()) places.put(span.getLineIndex(), place);
    }

    private void fence(Node fence) {
        int last = Markdown.lastLine(fence);
        for (int line = Markdown.firstLine(fence); line <= last; line++) fenced.add(line);
    }

    private void html(HtmlBlock html) {
        mark(html, "HTML");
        var text = html.getLiteral();
        if (isOpen(text)) {
            findings.add(
                    FENCE_OPEN,
                    markdown.at(html),
                    "the HTML that begins here is never closed: what follows is lost in it",
                    text.startsWith("<!--")
                            ? "close the comment with --> on a line indented like this one"
                            : "close it on a line indented like this one");
        }
        boolean inComment = text.startsWith("<!--");
        for (SourceSpan span : html.getSourceSpans()) {
            if (!inComment) return;
            int start = span.getInputIndex();
            int end = source.text().substring(start, start + span.getLength()).indexOf("-->");
            inComment = end < 0;
            hide(inComment ? span : span.subSpan(0, end + 3));
        }
    }

    private static boolean isOpen(String html) {
        if (html.startsWith("<!--")) return !html.contains("-->");
        var text = html.toLowerCase(Locale.ROOT);
        for (int i = 0; i < OPEN_UNTIL.size(); i += 2) {
            if (text.startsWith(OPEN_UNTIL.get(i))) return !text.contains(OPEN_UNTIL.get(i + 1));
        }
        return false;
    }

    private void hide(SourceSpan span) {
        var text =
                uncommented.computeIfAbsent(
                        span.getLineIndex(), line -> new StringBuilder(source.line(line)));
        int from = span.getColumnIndex();
        for (int i = from; i < from + span.getLength() && i < text.length(); i++) {
            text.setCharAt(i, ' ');
        }
    }
}
