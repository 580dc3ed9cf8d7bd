package dev.sopwith.engine.sop;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One standard operating procedure, read and checked: nothing in it can turn out malformed later.
 *
 * @param cooldown from the end of the last completed run
 * @param maxConcurrent runs executing at once, from 1; parked runs do not count
 * @param maxPendingApprovals parked runs of this SOP; 0 means no limit
 * @param timeout of a whole run in wall time, waiting included; zero means none
 * @param maxQueue how long a delivery may wait before it ends as stale
 * @param lock text with {@code ${inputs.x}}: one run per rendered value at a time
 * @param title the first heading of SOP.md, else the name
 * @param introduction what SOP.md says before its steps, as Markdown
 * @param remarks what SOP.md says between and after its steps, outside of any step
 */
public record Sop(
        String name,
        String description,
        String version,
        Priority priority,
        ExecutionMode executionMode,
        Duration cooldown,
        int maxConcurrent,
        AdmissionPolicy admissionPolicy,
        int maxPendingApprovals,
        Duration timeout,
        Duration maxQueue,
        Optional<String> lock,
        Optional<String> agent,
        List<Input> inputs,
        List<Trigger> triggers,
        String title,
        String introduction,
        List<Step> steps,
        List<Remark> remarks) {

    /**
     * Text under the steps heading that belongs to no step.
     *
     * @param afterStep the step it follows, from 1; 0 before the first
     */
    public record Remark(int afterStep, String markdown) {}
}
