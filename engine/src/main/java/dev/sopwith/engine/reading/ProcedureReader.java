package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.FENCE_OPEN;
import static dev.sopwith.engine.sop.DiagnosticCode.STEPS_HEADING_LEVEL;
import static dev.sopwith.engine.sop.DiagnosticCode.STEP_NUMBERING_GAP;
import static dev.sopwith.engine.sop.DiagnosticCode.TOO_MANY;

import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Sop;

import org.commonmark.node.BulletList;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads SOP.md (FORMAT §5): finds the title, the introduction and the list items that are steps,
 * and keeps what an author indented too little with the step it belongs to.
 *
 * <p>What is inside an item is {@link ItemReader}'s, what its attributes mean {@link
 * AttributeReader}'s, where the steps lead {@link StepGraph}'s.
 *
 * <p>Threading: one instance reads one file.
 */
final class ProcedureReader {

    static final int STEPS_MAX = 500;

    /** Steps that are not read still count for a while, so that targets among them are there. */
    private static final int DRAFTS_MAX = 2 * STEPS_MAX;

    private static final Pattern NUMBER = Pattern.compile("\\s*(\\d{1,9})[.)]");

    private final Findings findings;
    private final Findings suspicions;
    private final SourceText source;
    private final Markdown markdown;
    private final Overlooked overlooked;
    private final ItemReader items;

    private final List<StepDraft> drafts = new ArrayList<>();
    private final List<Sop.Remark> remarks = new ArrayList<>();
    private Optional<String> title = Optional.empty();
    private int introductionFrom;
    private int introductionTo = -1;

    /** Between a {@code ## Steps} heading and the next heading of its level. */
    private boolean inSteps;

    /** The first line after the heading of the second level above. */
    private int sectionFrom;

    private final List<LostGates.Lines> sections = new ArrayList<>();

    /** What between the steps was meant as the next one; not yet reported. */
    private Optional<Overlooked.StepInText> stepInText = Optional.empty();

    /** The block before this one, when bullets after it still belong to the last step. */
    private Optional<Node> openStep = Optional.empty();

    ProcedureReader(SourceText source, Findings findings, Findings suspicions) {
        this.source = source;
        this.findings = findings;
        this.suspicions = suspicions;
        this.markdown = new Markdown(source);
        this.overlooked = new Overlooked(source, markdown, findings, suspicions);
        this.items = new ItemReader(source, markdown, findings, overlooked);
    }

    Procedure read() {
        markdown.excess().ifPresent(this::tooManyMarks);
        for (Node block : Markdown.children(markdown.document())) {
            read(block);
            if (drafts.size() > STEPS_MAX) break;
        }
        reportStepInText(false);
        lookForLostGates();
        List<ItemReader.Finished> finished = drafts.stream().map(items::finish).toList();
        var steps = new AttributeReader(findings, finished).steps();
        return new Procedure(
                title,
                introduction(),
                steps,
                List.copyOf(remarks),
                suspicions.inReadingOrder(),
                places());
    }

    private Places places() {
        Map<String, Position> places = new HashMap<>();
        for (StepDraft draft : drafts) {
            for (StepDraft.Attribute a : draft.attributes) {
                places.putIfAbsent(draft.number + "." + a.key(), a.at());
                if (!a.key().equals("tools")) continue;
                for (String tool : a.value().split(",", -1)) {
                    places.putIfAbsent(draft.number + ".tools." + tool.strip(), a.at());
                }
            }
        }
        return new Places(places);
    }

    private void lookForLostGates() {
        if (drafts.size() > STEPS_MAX) return; // what was not read is not lost but told
        if (inSteps) sections.add(new LostGates.Lines(sectionFrom, source.lineCount()));
        Set<Integer> read = new HashSet<>();
        for (StepDraft draft : drafts) {
            for (StepDraft.Attribute a : draft.attributes) read.add(a.at().line() - 1);
        }
        new LostGates(source, markdown, findings, suspicions).look(sections, read);
    }

    private void tooManyMarks(Position at) {
        findings.add(
                TOO_MANY,
                at,
                "more marks such as * [ and ` without a blank line between than are read",
                "divide the text into paragraphs, or put it into a fenced block");
    }

    private void read(Node block) {
        if (block instanceof Heading heading) {
            heading(heading);
        } else if (!inSteps) {
            outside(block);
        } else if (block instanceof OrderedList list) {
            reportStepInText(false);
            for (Node item : Markdown.children(list)) step((ListItem) item);
            openStep = Optional.of(block);
        } else if (openStep.isEmpty() || !attach(block)) {
            remark(block);
        }
    }

    private void heading(Heading heading) {
        openStep = Optional.empty();
        reportStepInText(false);
        var text = headingText(heading);
        boolean steps = isSteps(text);
        if (heading.getLevel() == 1 && title.isEmpty() && !steps) {
            title = Optional.of(text);
            if (!inSteps && drafts.isEmpty()) introductionFrom = Markdown.lastLine(heading) + 1;
        }
        if (heading.getLevel() == 2) {
            if (steps && introductionTo < 0) introductionTo = Markdown.firstLine(heading);
            if (inSteps) {
                sections.add(new LostGates.Lines(sectionFrom, Markdown.firstLine(heading)));
            }
            sectionFrom = Markdown.lastLine(heading) + 1;
            inSteps = steps;
        } else if (steps) {
            findings.add(
                    STEPS_HEADING_LEVEL,
                    markdown.at(heading),
                    "a Steps heading of level %d is not where steps are read from"
                            .formatted(heading.getLevel()),
                    "write ## Steps");
        }
        if (inSteps && !steps) remark(heading);
    }

    private static boolean isSteps(String heading) {
        var text = heading.endsWith(":") ? heading.substring(0, heading.length() - 1) : heading;
        return text.strip().equalsIgnoreCase("steps");
    }

    private String headingText(Heading heading) {
        var text = new StringBuilder();
        for (Node inline : Markdown.children(heading)) text.append(markdown.sourceOf(inline));
        return text.toString().replaceAll("\\s+", " ").strip();
    }

    private void step(ListItem item) {
        if (drafts.size() == STEPS_MAX) {
            findings.add(
                    TOO_MANY,
                    markdown.at(item),
                    "more than %d steps".formatted(STEPS_MAX),
                    "split the SOP; the steps from here on were not read");
        }
        if (drafts.size() >= DRAFTS_MAX) return;
        if (drafts.size() >= STEPS_MAX) {
            drafts.add(new StepDraft(drafts.size() + 1, markdown.at(item)));
            return;
        }
        int number = drafts.size() + 1;
        var at = markdown.at(item);
        int written = writtenNumber(item).orElse(number);
        if (written != number) {
            findings.add(
                    STEP_NUMBERING_GAP,
                    at,
                    "Step numbering gap: expected %d, got %d".formatted(number, written),
                    "targets such as next: %d mean places in the list; renumber it"
                            .formatted(number));
        }
        drafts.add(items.read(item, number));
    }

    private Optional<Integer> writtenNumber(ListItem item) {
        var at = markdown.at(item);
        var number = NUMBER.matcher(source.line(at.line() - 1).substring(at.column() - 1));
        return number.lookingAt()
                ? Optional.of(Integer.parseInt(number.group(1)))
                : Optional.empty();
    }

    /** Gives bullets and fences that are indented too little to the step before them. */
    private boolean attach(Node block) {
        var before = openStep.orElseThrow();
        boolean adjoining = Markdown.firstLine(block) <= Markdown.lastLine(before) + 1;
        boolean belongs =
                switch (block) {
                    case BulletList bullets ->
                            items.attachBullets(drafts.getLast(), bullets, adjoining);
                    case FencedCodeBlock fence ->
                            items.attachFence(drafts.getLast(), fence, adjoining);
                    default -> false;
                };
        openStep = belongs ? Optional.of(block) : Optional.empty();
        return belongs;
    }

    /** Keeps what stands between or after the steps, and looks for what was meant as a step. */
    private void remark(Node block) {
        openStep = Optional.empty();
        remarks.add(
                new Sop.Remark(
                        drafts.size(),
                        markdown.sourceLines(Markdown.firstLine(block), Markdown.lastLine(block))));
        if (block instanceof FencedCodeBlock fence && fence.getClosingFenceLength() == null) {
            findings.add(
                    FENCE_OPEN,
                    markdown.at(fence),
                    "the block that begins here is never closed: all steps after it are lost in it",
                    "close it with a line of back-ticks");
        }
        if (drafts.isEmpty()) return; // still before the steps: text for whoever reads the page
        if (items.isMeantForStep(block)) reportStepInText(true);
        if (block instanceof Paragraph paragraph && stepInText.isEmpty())
            stepInText = overlooked.stepIn(paragraph, drafts.size() + 1);
        overlooked.lookForAttributes(block);
    }

    private void reportStepInText(boolean hasOwn) {
        stepInText.ifPresent(step -> overlooked.report(step, hasOwn));
        stepInText = Optional.empty();
    }

    /** Outside of the steps: text, but for a numbered list that goes on where the steps ended. */
    private void outside(Node block) {
        if (drafts.isEmpty() || !(block instanceof OrderedList list)) return;
        var first = list.getFirstChild();
        if (first instanceof ListItem item
                && writtenNumber(item).equals(Optional.of(drafts.size() + 1))) {
            overlooked.stepNotRead(markdown.at(item), drafts.size() + 1);
        }
    }

    private String introduction() {
        int to = introductionTo < 0 ? source.lineCount() : introductionTo;
        if (introductionFrom >= to) return "";
        return markdown.sourceLines(introductionFrom, to - 1).strip();
    }
}
