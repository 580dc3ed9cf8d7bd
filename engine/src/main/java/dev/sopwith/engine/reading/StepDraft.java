package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Tool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One step while its list item is being read: what was found so far, as written, with places.
 *
 * <p>Mutable, owned by the one {@link ProcedureReader} that fills it.
 */
final class StepDraft {

    /** An attribute as written; {@code at} is where its key stands. */
    record Attribute(String key, String value, Position at) {}

    /**
     * A fenced block.
     *
     * @param language the first word after the back-ticks; may be empty
     * @param firstLine of the opening fence, from 0
     * @param lastLine of the closing fence, from 0
     */
    record Fence(String language, String text, int firstLine, int lastLine, Position at) {}

    final int number;
    final Position at;
    String title = "";
    final List<Attribute> attributes = new ArrayList<>();
    final Set<String> misspelt = new HashSet<>();
    final List<Fence> fences = new ArrayList<>();

    /** What in its text was meant as the next step. */
    Optional<Overlooked.StepInText> stepInText = Optional.empty();

    private final Map<Integer, String> body = new TreeMap<>();
    private final Set<Integer> cut = new HashSet<>();

    StepDraft(int number, Position at) {
        this.number = number;
        this.at = at;
    }

    /** {@return whether an attribute or a tool's block stands after a line, from 1} */
    boolean hasOwnAfter(int line) {
        return attributes.stream().anyMatch(attribute -> attribute.at().line() > line)
                || fences.stream()
                        .filter(fence -> Tool.of(fence.language()).isPresent())
                        .anyMatch(fence -> fence.at().line() > line);
    }

    /** Adds a line of the body; {@code line} is its number in the file and gives the order. */
    void addBody(int line, String text) {
        body.put(line, text);
    }

    /** Takes lines out of the body because they are an attribute, the title or the block. */
    void cut(int firstLine, int lastLine) {
        for (int line = firstLine; line <= lastLine; line++) cut.add(line);
    }

    /** Puts text back where lines were cut: what followed the title on its line. */
    void restore(int line, String text) {
        body.put(line, text);
        cut.remove(line);
    }

    /** {@return the body as Markdown: no blank lines at its ends, one where something was cut} */
    String body() {
        List<String> lines = new ArrayList<>();
        boolean afterCut = false;
        for (var line : body.entrySet()) {
            if (cut.contains(line.getKey())) {
                afterCut = true;
                continue;
            }
            var text = line.getValue().isBlank() ? "" : line.getValue();
            boolean blankBefore = lines.isEmpty() || lines.getLast().isEmpty();
            if (text.isEmpty() && blankBefore && (afterCut || lines.isEmpty())) continue;
            lines.add(text);
            afterCut = false;
        }
        while (!lines.isEmpty() && lines.getLast().isEmpty()) lines.removeLast();
        return String.join("\n", lines);
    }
}
