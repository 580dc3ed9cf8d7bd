package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_EMPTY;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_IN_CHECKPOINT;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_NOT_ALLOWED;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_NOT_NAMED;
import static dev.sopwith.engine.sop.DiagnosticCode.BLOCK_TWICE;

import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Decides which fenced block of a step is executed: the one in the language of a tool that the step
 * names and does not deny (FORMAT §5). Everything else stays body.
 */
final class BlockChooser {

    private final Findings findings;

    BlockChooser(Findings findings) {
        this.findings = findings;
    }

    ItemReader.Finished choose(StepDraft draft) {
        List<String> tools = words(draft, "tools");
        Optional<Step.Block> chosen = Optional.empty();
        for (StepDraft.Fence fence : draft.fences) {
            if (!isExecutable(draft, tools, fence)) continue;
            if (chosen.isPresent()) {
                findings.add(
                        BLOCK_TWICE,
                        fence.at(),
                        "step %d has two executable blocks".formatted(draft.number),
                        "make two steps of it; the first block is in line %d"
                                .formatted(chosen.get().line()));
                continue;
            }
            chosen = Optional.of(block(draft, fence));
        }
        return new ItemReader.Finished(draft, tools, chosen);
    }

    private boolean isExecutable(StepDraft draft, List<String> tools, StepDraft.Fence fence) {
        var language = fence.language();
        if (language.isEmpty()) return false;
        if (!names(tools, language)) {
            if (Tool.of(language).isPresent() && !draft.misspelt.contains("tools")) {
                findings.add(
                        BLOCK_NOT_NAMED,
                        fence.at(),
                        "this %s block is only shown: the step does not name that tool"
                                .formatted(language),
                        "add - tools: %s if it shall be run".formatted(language));
            }
            return false;
        }
        boolean denied = names(words(draft, "deny-tools"), language);
        boolean narrowed = draft.attributes.stream().anyMatch(a -> a.key().equals("allow-tools"));
        if (!denied && (!narrowed || names(words(draft, "allow-tools"), language))) return true;
        findings.add(
                BLOCK_NOT_ALLOWED,
                fence.at(),
                "this step does not allow the tool of this %s block".formatted(language),
                denied ? "remove it from deny-tools" : "add it to allow-tools");
        return false;
    }

    private Step.Block block(StepDraft draft, StepDraft.Fence fence) {
        draft.cut(fence.firstLine(), fence.lastLine());
        var tool = Tool.of(fence.language()).orElse(Tool.OTHER);
        if (fence.text().isBlank() && tool == Tool.SHELL) { // others are no valid block at all
            findings.add(
                    BLOCK_EMPTY,
                    fence.at(),
                    "this block is empty: nothing would be done",
                    "write the commands; without a block a person does the step");
        }
        if (isCheckpoint(draft)) {
            findings.add(
                    BLOCK_IN_CHECKPOINT,
                    fence.at(),
                    "a checkpoint is an approval and nothing else: its block would never run",
                    "remove kind: checkpoint and write requires_confirmation: true");
        }
        return new Step.Block(
                fence.language(), tool, fence.text(), fence.at().line(), fence.at().column());
    }

    private static boolean isCheckpoint(StepDraft draft) {
        return draft.attributes.stream()
                .anyMatch(
                        a ->
                                a.key().equals("kind")
                                        && List.of("checkpoint", "approval").contains(a.value()));
    }

    /** {@return the comma-separated words of all attributes of this name} */
    private static List<String> words(StepDraft draft, String key) {
        return draft.attributes.stream()
                .filter(attribute -> attribute.key().equals(key))
                .flatMap(attribute -> Arrays.stream(attribute.value().split(",", -1)))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static boolean names(List<String> tools, String language) {
        return tools.stream().anyMatch(tool -> Tool.same(tool, language));
    }
}
