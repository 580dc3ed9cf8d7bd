package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_IN_TEXT;
import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_LOST;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_NESTED;
import static dev.sopwith.engine.sop.DiagnosticCode.STEP_LOST;
import static dev.sopwith.engine.sop.DiagnosticCode.STEP_NOT_READ;

import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Tool;

import org.commonmark.node.BulletList;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Looks in what was read as text for what was meant as structure: attributes, steps, blocks. Says
 * so and changes nothing; {@link ItemReader} decides what is read.
 */
final class Overlooked {

    private static final Pattern BULLET = Pattern.compile("[-*+][ \\t]+(.*)");
    private static final Pattern STEP_LIKE = Pattern.compile("(\\d{1,9})[.)][ \\t]*[^\\d\\s].*");

    private final SourceText source;
    private final Markdown markdown;
    private final Findings findings;
    private final Findings suspicions;

    Overlooked(SourceText source, Markdown markdown, Findings findings, Findings suspicions) {
        this.source = source;
        this.markdown = markdown;
        this.findings = findings;
        this.suspicions = suspicions;
    }

    /**
     * Looks for attributes that Markdown makes text or code, because of their indentation or a
     * missing dash. Gates among them are for {@link LostGates}.
     */
    void lookForAttributes(Node block) {
        switch (block) {
            case Paragraph paragraph -> {
                var lines = markdown.lines(paragraph);
                for (var line : lines.subList(1, lines.size())) {
                    lookForLostAttribute(line.text().strip(), line.index(), "text");
                }
            }
            case HtmlBlock html when !html.getLiteral().startsWith("<!--") -> {
                int last = Markdown.lastLine(html);
                for (int i = Markdown.firstLine(html); i <= last; i++) {
                    lookForLostAttribute(source.line(i).strip(), i, "HTML");
                }
            }
            case IndentedCodeBlock code -> {
                int last = Markdown.lastLine(code);
                for (int i = Markdown.firstLine(code); i <= last; i++) {
                    lookForLostAttribute(source.line(i).strip(), i, "code");
                }
            }
            default -> lookForNested(block);
        }
    }

    /** {@return what in a text was meant as the step of this number and is not read as one} */
    Optional<StepInText> stepIn(Paragraph paragraph, int number) {
        for (Markdown.Line line : markdown.lines(paragraph)) {
            var step = STEP_LIKE.matcher(line.text().strip());
            if (step.matches() && Integer.parseInt(step.group(1)) == number) {
                var at = new Position(line.index() + 1, line.column() + 1);
                return Optional.of(new StepInText(number, at));
            }
        }
        return Optional.empty();
    }

    /** A line of text that was meant as the step of this number. */
    record StepInText(int number, Position at) {}

    /**
     * Reports a step that is not read. With attributes or a block of its own it is an error: they
     * would be lost, or become those of the step above.
     */
    void report(StepInText step, boolean hasOwn) {
        if (!hasOwn) {
            stepNotRead(step.at(), step.number());
            return;
        }
        findings.add(
                STEP_LOST,
                step.at(),
                "this looks like step %d but is not read as one, and what follows would not be its own"
                        .formatted(step.number()),
                "steps are numbered list items under ## Steps, with a blank after the dot");
    }

    void stepNotRead(Position at, int number) {
        suspicions.add(
                STEP_NOT_READ,
                at,
                "this looks like step %d but is not read as one".formatted(number),
                "steps are numbered list items under ## Steps, with a blank after the dot");
    }

    private void lookForLostAttribute(String text, int line, String madeInto) {
        int indent = source.line(line).length() - source.line(line).stripLeading().length();
        var at = new Position(line + 1, indent + 1);
        var bullet = BULLET.matcher(text);
        var attribute = AttributeLine.of(bullet.matches() ? bullet.group(1) : text);
        if (bullet.matches() && attribute instanceof AttributeLine.Known known) {
            findings.add(
                    ATTRIBUTE_LOST,
                    at,
                    "%s stands where Markdown makes it %s: it would be lost"
                            .formatted(known.key(), madeInto),
                    "indent the bullet as far as the step's text");
        } else if (attribute instanceof AttributeLine.Known known
                && known.layout().isEmpty()
                && text.startsWith(known.key() + ":")) {
            inText(known.key(), at, "has no dash in front");
        }
    }

    /** Looks for attributes and blocks that stand too deep in the body to be read. */
    void lookForNested(Node block) {
        for (Node child : Markdown.children(block)) {
            if (child instanceof ListItem item
                    && item.getFirstChild() instanceof Paragraph paragraph
                    && item.getParent() instanceof BulletList
                    && AttributeLine.of(markdown.firstLineText(paragraph))
                            instanceof AttributeLine.Known known
                    && markdown.firstLineText(paragraph).startsWith(known.key() + ":")) {
                inText(known.key(), markdown.at(paragraph), "stands inside another list");
            }
            if (child instanceof FencedCodeBlock fence
                    && fence.getInfo() != null
                    && Tool.of(fence.getInfo().strip()).isPresent()) {
                suspicions.add(
                        BLOCK_NESTED,
                        markdown.at(fence),
                        "this block stands inside another list or quote: it is only shown",
                        "indent it as far as the step's text if it shall be run");
            }
            lookForNested(child);
        }
    }

    private void inText(String key, Position at, String why) {
        if (GateText.at(source.line(at.line() - 1)).isPresent()) return; // LostGates tells it
        suspicions.add(
                ATTRIBUTE_IN_TEXT,
                at,
                "%s %s: it is text and has no effect".formatted(key, why),
                "make it a bullet of the step, or write it differently");
    }
}
