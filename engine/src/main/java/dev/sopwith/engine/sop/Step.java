package dev.sopwith.engine.sop;

import dev.sopwith.engine.expression.Condition;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step of a SOP: an item of the list under {@code ## Steps} in SOP.md. Everything in it was
 * checked when it was read: targets exist, values parse.
 *
 * @param number place in the list, from 1; what every target is resolved to
 * @param line where it begins in SOP.md, from 1
 * @param body everything an author wrote in the item but attributes and block, as Markdown
 * @param tools what this step may use, as written, in order
 * @param attributes all attributes but tools, requires_confirmation and kind, by canonical name, as
 *     written
 * @param block what a machine does here; none means a person (or agent) does the step
 */
public record Step(
        int number,
        int line,
        String title,
        String body,
        List<String> tools,
        boolean requiresConfirmation,
        Kind kind,
        Map<String, String> attributes,
        Optional<Block> block,
        Rules rules) {

    /** Work, or an approval and nothing else. */
    public enum Kind {
        EXECUTE,
        CHECKPOINT
    }

    /**
     * The executable block of a step.
     *
     * @param fence the word after the back-ticks, as written
     * @param tool which runner it is for
     * @param text the block without its last line end
     * @param line of the opening fence in SOP.md, from 1
     * @param column of the opening fence, from 1; the lines of the text begin there too
     */
    public record Block(String fence, Tool tool, String text, int line, int column) {}

    /**
     * What the attributes of a step mean, with all names resolved to step numbers.
     *
     * @param mode the step's own mode; can only add a gate
     * @param when must hold of {@code {inputs, payload, steps}}, else the step is skipped
     * @param next where success leads; none means the following step
     * @param timeout of one try; none means the roster's default for blocks, no limit for people
     */
    public record Rules(
            Optional<String> id,
            Optional<String> policy,
            Optional<ExecutionMode> mode,
            Optional<String> prompt,
            Condition when,
            OnFailure onFailure,
            Optional<Integer> next,
            boolean terminal,
            List<Arm> arms,
            List<Integer> dependsOn,
            Optional<Duration> timeout,
            boolean repeatable,
            Optional<String> agent,
            List<String> secrets,
            Optional<Expectation> expect) {}

    /**
     * One way out of a {@code switch}.
     *
     * @param when {@link Condition#ALWAYS} for the arm that takes the rest
     */
    public record Arm(String name, Condition when, int target) {}

    /** What a failed step leads to. */
    public sealed interface OnFailure {
        /** The run fails. */
        record Fail() implements OnFailure {}

        /** The run goes on as after success. */
        record Continue() implements OnFailure {}

        /** Tried again; after the last try the run fails. {@code times} is from 1. */
        record Retry(int times, Duration delay) implements OnFailure {}

        /** The run goes on at this step. */
        record Goto(int target) implements OnFailure {}
    }

    /** Which HTTP answers count as success. */
    public sealed interface Expectation {
        /** Status codes from {@code first} to {@code last}, both included; any range may hold. */
        record Status(List<Range> ranges) implements Expectation {}

        /** Holds of {@code {status, headers, body}}. */
        record Holds(Condition condition) implements Expectation {}

        record Range(int first, int last) {}
    }
}
