package dev.sopwith.bot.desk;

import dev.sopwith.bot.command.Names;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What somebody can name now, asked of the folder and the store each time; who may not see a SOP is
 * told of none of its runs.
 *
 * <p>Threading: safe from any thread.
 */
final class CurrentNames implements Names {
    /** Of the newest runs, those that have ended: who means an older one writes its number. */
    private static final int ENDED_MAX = 20;

    private final Supplier<SopSet> sops;
    private final Overview overview;

    private final BiPredicate<Right, String> may;
    private final BiPredicate<Verb, Active> counts;

    /**
     * @param may whether they may do this with the SOP of this name
     * @param counts whether this verb of theirs counts at the gate of this run
     */
    CurrentNames(
            Supplier<SopSet> sops,
            Overview overview,
            BiPredicate<Right, String> may,
            BiPredicate<Verb, Active> counts) {
        this.may = may;
        this.counts = counts;
        this.sops = sops;
        this.overview = overview;
    }

    @Override
    public List<String> sops() {
        var now = sops.get();
        var names = new TreeSet<String>();
        now.runnable().forEach(it -> names.add(it.sop().name()));
        for (var broken : now.broken()) {
            names.add(broken.folder());
            broken.name().ifPresent(names::add);
        }
        names.removeIf(name -> !may.test(Right.SEE, name));
        return List.copyOf(names);
    }

    @Override
    public List<Input> inputs(String sop) {
        return sops.get()
                .find(sop)
                .map(SopSet.Loaded::sop)
                .filter(it -> may.test(Right.SEE, it.name()))
                .map(Sop::inputs)
                .orElse(List.of());
    }

    @Override
    public List<RunId> runs(Verb verb) {
        Predicate<String> mayDo = sop -> may.test(right(verb), sop);
        var going =
                overview.active().stream()
                        .filter(
                                it ->
                                        it.state() instanceof Active(_, var phase)
                                                && fits(verb, phase))
                        .filter(it -> mayDo.test(it.name()));
        var ended =
                isForEnded(verb)
                        ? overview.last(ENDED_MAX, mayDo).stream()
                                .filter(it -> it.state() instanceof RunState.Finished)
                        : Stream.<Overview.Run>empty();
        return Stream.concat(going, ended).map(Overview.Run::id).sorted().toList();
    }

    private static boolean isForEnded(Verb verb) {
        return switch (verb) {
            case STATUS, LOG, RERUN -> true;
            default -> false;
        };
    }

    private static Right right(Verb verb) {
        return switch (verb) {
            case DONE, FAILED, SKIP, RETRY, RESUME, ABORT, RERUN -> Right.OPERATE;
            default -> Right.SEE;
        };
    }

    private static boolean fits(Verb verb, Phase phase) {
        return switch (verb) {
            case DONE, FAILED, SKIP -> phase instanceof Phase.AtPerson;
            case RETRY, ABORT -> phase instanceof Phase.InDoubt;
            case RESUME -> phase instanceof Phase.Paused;
            case DENY, UNVOTE -> phase instanceof Phase.AtGate;
            case RERUN -> false;
            default -> true;
        };
    }

    @Override
    public boolean isOpen(String code) {
        return overview.gate(code).isPresent();
    }

    @Override
    public List<String> codes(Verb verb) {
        return overview.active().stream()
                .filter(it -> may.test(Right.SEE, it.name()))
                .flatMap(
                        it ->
                                it.state() instanceof Active state
                                                && state.phase() instanceof Phase.AtGate(var gate)
                                                && counts.test(verb, state)
                                        ? Stream.of(gate.code())
                                        : Stream.<String>empty())
                .toList();
    }

    @Override
    public SortedMap<Integer, String> steps(RunId run) {
        var steps = new TreeMap<Integer, String>();
        overview.run(run)
                .filter(it -> may.test(Right.SEE, it.name()))
                .flatMap(Overview.Run::sop)
                .ifPresent(sop -> sop.steps().forEach(it -> steps.put(it.number(), it.title())));
        return steps;
    }
}
