package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_INVALID;
import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_LAYOUT;
import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_MISSPELT;
import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_NO_EFFECT;
import static dev.sopwith.engine.sop.DiagnosticCode.ATTRIBUTE_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.FENCE_OPEN;
import static dev.sopwith.engine.sop.DiagnosticCode.STEP_TITLE_EMPTY;
import static dev.sopwith.engine.sop.DiagnosticCode.UNDER_INDENTED;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;

import org.commonmark.node.BulletList;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.StrongEmphasis;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes one list item apart into title, body, attributes and fenced blocks, so that every line an
 * author wrote ends in exactly one of them (FORMAT §5).
 */
final class ItemReader {

    private static final Pattern MARKER = Pattern.compile("\\s*\\d{1,9}[.)][ \\t]?");
    private static final Pattern DASH = Pattern.compile("^[ \\t]*[—–-]?[ \\t]*");

    private final SourceText source;
    private final Markdown markdown;
    private final Findings findings;
    private final Overlooked overlooked;

    ItemReader(SourceText source, Markdown markdown, Findings findings, Overlooked overlooked) {
        this.source = source;
        this.markdown = markdown;
        this.findings = findings;
        this.overlooked = overlooked;
    }

    /** A draft whose blocks are sorted: which one is executed, if any. */
    record Finished(StepDraft draft, List<String> tools, Optional<Step.Block> block) {}

    Finished finish(StepDraft draft) {
        draft.stepInText.ifPresent(
                step -> overlooked.report(step, draft.hasOwnAfter(step.at().line())));
        return new BlockChooser(findings).choose(draft);
    }

    StepDraft read(ListItem item, int number) {
        var draft = new StepDraft(number, markdown.at(item));
        addBody(draft, item);
        var children = Markdown.children(item);
        readTitle(draft, children);
        for (Node child : children) {
            if (child instanceof Paragraph paragraph && draft.stepInText.isEmpty())
                draft.stepInText = overlooked.stepIn(paragraph, number + 1);
            switch (child) {
                case BulletList bullets -> {
                    for (Node bullet : Markdown.children(bullets)) bullet(draft, bullet);
                }
                case FencedCodeBlock fence -> fence(draft, fence);
                default -> overlooked.lookForAttributes(child);
            }
        }
        if (draft.title.isEmpty()) {
            findings.add(
                    STEP_TITLE_EMPTY,
                    draft.at,
                    "Step %d has an empty title".formatted(number),
                    "begin it with a title in bold: %d. **Title** — what to do".formatted(number));
        }
        return draft;
    }

    private void addBody(StepDraft draft, ListItem item) {
        int first = Markdown.firstLine(item);
        var indent = item.getContentIndent();
        int columns = indent == null ? 0 : indent;
        draft.addBody(first, MARKER.matcher(source.line(first)).replaceFirst("").strip());
        int last = Markdown.lastLine(item);
        for (int line = first + 1; line <= last; line++) {
            draft.addBody(line, Markdown.dedent(source.line(line), columns));
        }
    }

    private void readTitle(StepDraft draft, List<Node> children) {
        if (children.isEmpty()) {
            draft.cut(draft.at.line() - 1, draft.at.line() - 1);
            return;
        }
        switch (children.getFirst()) {
            case Paragraph paragraph -> readTitle(draft, paragraph);
            case Heading heading -> {
                draft.title =
                        Markdown.children(heading).stream()
                                .map(markdown::sourceOf)
                                .collect(Collectors.joining());
                draft.cut(Markdown.firstLine(heading), Markdown.lastLine(heading));
            }
            default -> {}
        }
    }

    private void readTitle(StepDraft draft, Paragraph paragraph) {
        var lines = markdown.lines(paragraph);
        var text =
                lines.stream().map(line -> line.text().strip()).collect(Collectors.joining("\n"));
        String rest;
        if (paragraph.getFirstChild() instanceof StrongEmphasis bold) {
            var marked = sourceWithoutIndents(bold);
            draft.title = marked.substring(2, marked.length() - 2).replace('\n', ' ').strip();
            rest = DASH.matcher(text.substring(marked.length())).replaceFirst("").strip();
        } else {
            int end = text.indexOf('\n');
            draft.title = end < 0 ? text : text.substring(0, end);
            rest = end < 0 ? "" : text.substring(end + 1);
        }
        draft.cut(lines.getFirst().index(), lines.getLast().index());
        if (!rest.isEmpty()) draft.restore(lines.getFirst().index(), rest);
    }

    /** An inline node that runs over several lines, as it stands in the stripped lines. */
    private String sourceWithoutIndents(Node inline) {
        return markdown.sourceOf(inline)
                .lines()
                .map(String::strip)
                .collect(Collectors.joining("\n"));
    }

    private void bullet(StepDraft draft, Node bullet) {
        if (!(bullet.getFirstChild() instanceof Paragraph paragraph)) {
            overlooked.lookForNested(bullet);
            return;
        }
        overlooked.lookForAttributes(paragraph);
        if (attribute(draft, paragraph)) {
            draft.cut(Markdown.firstLine(bullet), Markdown.lastLine(paragraph));
            insideAttribute(draft, bullet);
        } else {
            overlooked.lookForNested(bullet);
        }
    }

    /** Reads a bullet's text as an attribute; answers whether it is one and leaves the body. */
    private boolean attribute(StepDraft draft, Paragraph paragraph) {
        var lines = markdown.lines(paragraph);
        var text = lines.stream().map(line -> line.text().strip()).collect(Collectors.joining(" "));
        var at = new Position(lines.getFirst().index() + 1, lines.getFirst().column() + 1);
        switch (AttributeLine.of(text)) {
            case AttributeLine.Known known -> {
                if (!known.layout().isEmpty()) {
                    findings.add(
                            ATTRIBUTE_LAYOUT,
                            at,
                            "%s is read as the attribute %s".formatted(known.layout(), known.key()),
                            "write - %s: %s".formatted(known.key(), known.value()));
                }
                draft.attributes.add(new StepDraft.Attribute(known.key(), known.value(), at));
                return true;
            }
            case AttributeLine.Misspelt word -> {
                draft.misspelt.add(word.meant());
                findings.add(
                        ATTRIBUTE_MISSPELT,
                        at,
                        "unknown attribute %s".formatted(Quoted.of(word.written())),
                        "did you mean \"%s\"?".formatted(word.meant()));
                return true;
            }
            case AttributeLine.Equated word -> {
                findings.add(
                        ATTRIBUTE_INVALID,
                        at,
                        "%s is followed by =".formatted(word.key()),
                        "write - %s: VALUE".formatted(word.key()));
                return true;
            }
            case AttributeLine.NoEffect word ->
                    findings.add(
                            ATTRIBUTE_NO_EFFECT,
                            at,
                            "%s has no effect here".formatted(Quoted.of(word.written())),
                            "it is shown as text; remove it if that is not wanted");
            case AttributeLine.Foreign word ->
                    findings.add(
                            ATTRIBUTE_UNKNOWN,
                            at,
                            "there is no attribute %s: it is shown as text"
                                    .formatted(Quoted.of(word.written())),
                            Words.suggestion(word.written(), AttributeLine.KEYS)
                                    .map("did you mean \"%s\"?"::formatted)
                                    .orElse("begin notes with a capital letter: - Note: ..."));
            case AttributeLine.Prose _ -> {}
        }
        return false;
    }

    /** What is indented so far that it stands inside the bullet of an attribute. */
    private void insideAttribute(StepDraft draft, Node bullet) {
        for (Node child : Markdown.children(bullet)) {
            if (child instanceof FencedCodeBlock fence) {
                findings.add(
                        ATTRIBUTE_LAYOUT,
                        markdown.at(fence),
                        "this block stands inside the bullet above it; it is read as the step's",
                        "indent it as far as the bullet's dash");
                fence(draft, fence);
            } else if (child instanceof BulletList nested) {
                for (Node inner : Markdown.children(nested)) insideAttributeBullet(draft, inner);
            } else if (child instanceof IndentedCodeBlock) {
                overlooked.lookForAttributes(child);
            }
        }
    }

    private void insideAttributeBullet(StepDraft draft, Node inner) {
        if (inner.getFirstChild() instanceof Paragraph paragraph
                && AttributeLine.of(markdown.firstLineText(paragraph))
                        instanceof AttributeLine.Known known) {
            findings.add(
                    ATTRIBUTE_LAYOUT,
                    markdown.at(paragraph),
                    "%s stands inside the bullet above it; it is read as the step's"
                            .formatted(known.key()),
                    "indent it as far as that bullet");
        }
        bullet(draft, inner);
    }

    private void fence(StepDraft draft, FencedCodeBlock fence) {
        if (fence.getClosingFenceLength() == null) {
            findings.add(
                    FENCE_OPEN,
                    markdown.at(fence),
                    "the block that begins here is never closed: what follows is lost in it",
                    "close it with a line of back-ticks, indented like this one");
        }
        draft.fences.add(
                new StepDraft.Fence(
                        language(fence),
                        markdown.fencedText(fence),
                        Markdown.firstLine(fence),
                        Markdown.lastLine(fence),
                        markdown.at(fence)));
    }

    /**
     * Takes bullets that stand after a step but are indented too little. Those that adjoin belong
     * to it; after a blank line they do when one of them is an attribute. Answers whether they did.
     */
    boolean attachBullets(StepDraft draft, BulletList list, boolean adjoining) {
        var bullets = Markdown.children(list);
        if (!adjoining && bullets.stream().noneMatch(this::isMeantAsAttribute)) return false;
        for (Node bullet : bullets) {
            findings.add(
                    UNDER_INDENTED,
                    markdown.at(bullet),
                    "this bullet is indented too little; it is read as part of step %d"
                            .formatted(draft.number),
                    "indent it as far as the step's text");
            addAttachedBody(draft, bullet);
            bullet(draft, bullet);
        }
        return true;
    }

    /** Whether a block outside of all steps is what makes one: attributes, or a tool's fence. */
    boolean isMeantForStep(Node block) {
        return switch (block) {
            case BulletList list ->
                    Markdown.children(list).stream().anyMatch(this::isMeantAsAttribute);
            case FencedCodeBlock fence -> Tool.of(language(fence)).isPresent();
            default -> false;
        };
    }

    private static String language(FencedCodeBlock fence) {
        var info = fence.getInfo() == null ? "" : fence.getInfo().strip();
        return info.split("[\\s{,]", 2)[0];
    }

    private boolean isMeantAsAttribute(Node bullet) {
        if (!(bullet.getFirstChild() instanceof Paragraph paragraph)) return false;
        return switch (AttributeLine.of(markdown.firstLineText(paragraph))) {
            case AttributeLine.Known _, AttributeLine.Misspelt _, AttributeLine.Equated _ -> true;
            case AttributeLine.NoEffect _, AttributeLine.Foreign _, AttributeLine.Prose _ -> false;
        };
    }

    /** The same for a fenced block: one in a tool's language belongs to the step in any case. */
    boolean attachFence(StepDraft draft, FencedCodeBlock fence, boolean adjoining) {
        if (!adjoining && Tool.of(language(fence)).isEmpty()) return false;
        findings.add(
                UNDER_INDENTED,
                markdown.at(fence),
                "this block is indented too little; it is read as part of step %d"
                        .formatted(draft.number),
                "indent it as far as the step's text");
        addAttachedBody(draft, fence);
        fence(draft, fence);
        return true;
    }

    private void addAttachedBody(StepDraft draft, Node block) {
        int columns = markdown.at(block).column() - 1;
        int last = Markdown.lastLine(block);
        for (int line = Markdown.firstLine(block); line <= last; line++) {
            draft.addBody(line, Markdown.dedent(source.line(line), columns));
        }
    }
}
