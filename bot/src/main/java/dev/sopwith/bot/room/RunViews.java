package dev.sopwith.bot.room;

import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.step.StepOutput;
import dev.sopwith.engine.step.StepOutputs;
import dev.sopwith.engine.store.StoreView;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that is shown of runs, as the store and the roster have it now.
 *
 * <p>Threading: safe from any thread.
 */
public final class RunViews {
    /** Of ended runs no more than these are looked at. */
    private static final int ENDED_MAX = 200;

    private final Overview overview;
    private final StoreView store;
    private final StepOutputs outputs;
    private final Supplier<Roster> roster;

    /**
     * @param store the one behind the overview
     * @param outputs what steps have printed
     * @param roster never without people
     */
    public RunViews(
            Overview overview, StoreView store, StepOutputs outputs, Supplier<Roster> roster) {
        this.overview = overview;
        this.store = store;
        this.outputs = outputs;
        this.roster = roster;
    }

    /** One run; none when there is no such run. */
    public Optional<RunView> of(RunId id) {
        return overview.run(id).map(this::view);
    }

    /** The runs that hold a slot. */
    List<RunView> executing() {
        return overview.executing().stream().map(this::view).toList();
    }

    /** How many runs have not ended. */
    int activeCount() {
        return overview.activeCount();
    }

    /** All runs that have not ended, and those that ended after this. */
    List<RunId> since(Instant time) {
        var runs = new ArrayList<>(overview.activeIds());
        overview.last(ENDED_MAX).stream()
                .filter(it -> it.endedAt().filter(time::isBefore).isPresent())
                .forEach(it -> runs.add(it.id()));
        runs.sort(null);
        return runs;
    }

    /** What an attempt printed, masked; none while it runs or when nothing is left of it. */
    Optional<StepOutput> output(RunId id, StepVisit step, int attempt) {
        return outputs.kept(overview.key(id, step, attempt));
    }

    /** What an attempt printed, or has printed so far: beginning and end of it, masked. */
    public Optional<StepOutput> output(FullOutput of) {
        return outputs.kept(overview.key(of.run(), of.step(), of.attempt()))
                .or(
                        () ->
                                overview.order(of.run(), of.step(), of.attempt())
                                        .flatMap(outputs::soFar));
    }

    /**
     * Writes all that was kept of what an attempt printed, or has printed so far, masked.
     *
     * @return whether there was anything to be written
     */
    public boolean write(FullOutput of, OutputStream target) throws IOException {
        if (outputs.write(overview.key(of.run(), of.step(), of.attempt()), target)) return true;
        var order = overview.order(of.run(), of.step(), of.attempt());
        return order.isPresent() && outputs.writeSoFar(order.get(), target);
    }

    private RunView view(Overview.Run run) {
        return new RunView(
                run,
                overview.events(run.id()),
                visit -> overview.action(run.id(), visit),
                roster.get().allowed(Right.OPERATE, run.name()),
                run.endedAt().flatMap(_ -> lastHash(run.id())));
    }

    private Optional<String> lastHash(RunId id) {
        return store.read(
                reads -> {
                    var rows = reads.trail().ofRun(id.number());
                    return rows.isEmpty()
                            ? Optional.empty()
                            : Optional.of(rows.getLast().link().hash());
                });
    }
}
