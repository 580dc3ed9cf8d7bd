package dev.sopwith.engine.step;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One try of one step: what makes a start unique for ever.
 *
 * @param epoch of the store; a restore renews it, so that nothing old is taken for something new
 * @param run number of the run, as in {@code R-12}
 * @param step its number in the SOP, from 1
 * @param visit how often the run has come to this step, from 1
 * @param attempt at this visit, from 1
 */
public record StepKey(String epoch, long run, int step, int visit, int attempt) {
    private static final Pattern NAME =
            Pattern.compile("R-([0-9]+)\\.([0-9]+)\\.([0-9]+)\\.([0-9]+)");

    public StepKey {
        // They become file names and header values.
        if (!epoch.matches("[A-Za-z0-9]{1,32}")) {
            throw new IllegalArgumentException("not an epoch: '" + epoch + "'");
        }
        if (run < 1 || step < 1 || visit < 1 || attempt < 1) {
            throw new IllegalArgumentException("run, step, visit and attempt count from 1");
        }
    }

    /** The same for every try of this visit: who gets it twice has been asked twice. */
    public String idempotencyKey() {
        return "%s-R-%d.%d.%d".formatted(epoch, run, step, visit);
    }

    /** The one that {@link #toString} calls so; empty when the text is the name of none. */
    static Optional<StepKey> parse(String epoch, String name) {
        var parts = NAME.matcher(name);
        if (!parts.matches()) return Optional.empty();
        try {
            return Optional.of(
                    new StepKey(
                            epoch,
                            Long.parseLong(parts.group(1)),
                            Integer.parseInt(parts.group(2)),
                            Integer.parseInt(parts.group(3)),
                            Integer.parseInt(parts.group(4))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a number too big or 0, or no epoch
        }
    }

    /** {@return run, step, visit and attempt, such as {@code R-12.3.1.1}} */
    @Override
    public String toString() {
        return "R-%d.%d.%d.%d".formatted(run, step, visit, attempt);
    }
}
