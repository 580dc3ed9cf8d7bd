package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.step.ActionText;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Runs;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.store.Runs.RunRow;
import dev.sopwith.engine.store.Store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What people ask about runs: looks, and changes nothing.
 *
 * <p>Threading: safe from any thread; each call sees one moment.
 */
public final class Overview {
    private static final int LOOKED_AT_MAX = 2_000;

    private final Store store;
    private final SnapshotSops snapshots;
    private final StepOrders orders;
    private final EngineRules rules;

    /**
     * @param world the one that steps are run with
     */
    public Overview(Engine engine, StepWorld world) {
        this.store = engine.store();
        this.snapshots = engine.snapshots();
        this.orders = new StepOrders(engine.secrets(), world);
        this.rules = engine.rules();
    }

    /**
     * A run as it stands.
     *
     * @param sop what it was started with; none when this version cannot read it any more
     */
    public record Run(
            RunId id,
            String name,
            RunState state,
            Optional<Sop> sop,
            Instant startedAt,
            Optional<Instant> endedAt) {}

    /** A run; none when there is no such run, or when it is {@link #unreadable(RunId)}. */
    public Optional<Run> run(RunId id) {
        return store.read(
                reads -> reads.runs().find(id.number()).flatMap(row -> readable(reads, row)));
    }

    /** What is to be said of a run that nobody can read; none of all others. */
    public Optional<String> unreadable(RunId id) {
        return store.read(reads -> reads.runs().find(id.number()).flatMap(Overview::unreadable));
    }

    /**
     * What is to be said of the runs that have not ended and that nobody can read: lists of runs
     * are without them.
     *
     * @param sops of which SOPs, by name
     */
    public List<String> unreadable(Predicate<String> sops) {
        return store.read(
                reads ->
                        reads.runs().active().stream()
                                .filter(row -> sops.test(row.sop()))
                                .flatMap(row -> unreadable(row).stream())
                                .toList());
    }

    /** What this run is one of. */
    public Optional<String> sopOf(RunId id) {
        return store.read(reads -> reads.runs().find(id.number()).map(RunRow::sop));
    }

    /** All runs that have not ended, by number. */
    public List<Run> active() {
        return store.read(reads -> runs(reads, reads.runs().active()));
    }

    /** Of the runs that have not ended those that hold a slot, by number. */
    public List<Run> executing() {
        return store.read(reads -> runs(reads, reads.runs().in(Phase.EXECUTING)));
    }

    /** Which runs have not ended, by number: reads no run, as there may be ten thousand. */
    public List<RunId> activeIds() {
        return store.read(reads -> reads.runs().activeNumbers().stream().map(RunId::new).toList());
    }

    /** How many runs have not ended. */
    public int activeCount() {
        return store.<Integer>read(
                reads ->
                        Stream.of(Runs.Phase.values())
                                .filter(phase -> phase != Runs.Phase.ENDED)
                                .mapToInt(reads.runs()::count)
                                .sum());
    }

    /** The newest runs, newest first. */
    public List<Run> last(int max) {
        return store.read(reads -> runs(reads, reads.runs().last(max)));
    }

    /**
     * The newest runs of some SOPs, newest first.
     *
     * @param sops which, by name; looked for among the newest {@value #LOOKED_AT_MAX} runs of all
     */
    public List<Run> last(int max, Predicate<String> sops) {
        return store.read(
                reads -> {
                    var rows = List.<RunRow>of();
                    int looked = 0;
                    boolean isAll = false;
                    while (rows.size() < max && !isAll && looked < LOOKED_AT_MAX) {
                        looked = looked == 0 ? max : Math.min(LOOKED_AT_MAX, looked * 8);
                        var newest = reads.runs().last(looked);
                        isAll = newest.size() < looked;
                        rows = newest.stream().filter(it -> sops.test(it.sop())).toList();
                    }
                    return runs(reads, rows.stream().limit(max).toList());
                });
    }

    /** The newest run of this SOP. */
    public Optional<Run> lastOf(String sop) {
        return store.read(reads -> runs(reads, reads.runs().last(sop, 1)).stream().findFirst());
    }

    /** What happened in a run, oldest first; empty where retention has erased it. */
    public List<RunEvent> events(RunId id) {
        return store.<List<RunEvent>>read(
                reads ->
                        reads.runs().events(id.number()).stream()
                                .flatMap(row -> row.json().stream())
                                .map(RunJson::event)
                                .toList());
    }

    /** What an attempt is called for ever: to find what was kept of it. */
    public StepKey key(RunId id, StepVisit step, int attempt) {
        return store.read(
                reads ->
                        new StepKey(
                                reads.node().epoch(),
                                id.number(),
                                step.step(),
                                step.visit(),
                                attempt));
    }

    /**
     * Exactly what this visit of a step does or would do, to be shown to those who approve it. No
     * secret is touched for it.
     *
     * @return empty when no machine does anything there, or the run's SOP cannot be read any more
     */
    public Optional<String> action(RunId id, StepVisit step) {
        return store.<Optional<StepOrder>>read(
                        reads ->
                                order(
                                        reads,
                                        id,
                                        (sop, run) -> orders.shown(reads, sop, run, step, rules)))
                .map(ActionText::of);
    }

    /**
     * The order of an attempt, as {@code StepRunner}s know it: to mask what it has printed so far.
     *
     * @return empty when its secrets are gone, without which nothing may be shown
     */
    public Optional<StepOrder> order(RunId id, StepVisit step, int attempt) {
        return store.read(
                reads ->
                        order(
                                reads,
                                id,
                                (sop, run) ->
                                        orders.of(reads, sop, run, step, attempt, rules).order()));
    }

    /** Makes an order of a run that can still be read. */
    private interface Making {
        StepOrder of(Sop sop, RunState.Progress run) throws StepOrders.Impossible;
    }

    private Optional<StepOrder> order(Reads reads, RunId id, Making making) {
        var run = reads.runs().find(id.number()).flatMap(row -> readable(reads, row));
        var sop = run.flatMap(Run::sop);
        var progress = run.flatMap(it -> progress(it.state()));
        if (sop.isEmpty() || progress.isEmpty()) return Optional.empty();
        try {
            return Optional.of(making.of(sop.get(), progress.get()));
        } catch (StepOrders.Impossible _) {
            return Optional.empty();
        }
    }

    private static Optional<RunState.Progress> progress(RunState state) {
        return switch (state) {
            case RunState.NotStarted _ -> Optional.empty();
            case RunState.Active it -> Optional.of(it.progress());
            case RunState.Finished it -> Optional.of(it.progress());
        };
    }

    /** A delivery that waits or waited. */
    public Optional<DeliveryRow> delivery(long id) {
        return store.read(reads -> reads.deliveries().find(id));
    }

    /** The open gate that this code belongs to. */
    public Optional<GateRow> gate(String code) {
        return store.read(reads -> reads.gates().openByCode(code));
    }

    /** The gate that this code belongs to, or belonged to not long ago. */
    public Optional<GateRow> lastGate(String code) {
        return store.read(reads -> reads.gates().lastByCode(code));
    }

    /** The newest deliveries for this SOP and what became of them, newest first. */
    public List<DeliveryRow> deliveries(String sop, int max) {
        return store.read(reads -> reads.deliveries().last(sop, max));
    }

    /**
     * Who is in the way of a delivery that waits, at this moment.
     *
     * @param sop as it is now: what waits is checked against it
     */
    public Optional<String> inTheWay(DeliveryRow delivery, Sop sop) {
        return store.read(reads -> WhyNot.noSlot(reads, sop, delivery.lock(), rules));
    }

    /** How many runs are in this phase. */
    public int count(Phase phase) {
        return store.<Integer>read(reads -> reads.runs().count(phase));
    }

    /** How many deliveries wait. */
    public int queueLength() {
        return store.<Integer>read(reads -> reads.deliveries().queueLength());
    }

    /** Why nothing starts at the moment, if somebody said so. */
    public Optional<String> frozen() {
        return store.read(reads -> reads.node().setting(AdmissionDesk.FROZEN));
    }

    /** The SOPs that people let nothing start, by name. */
    public SortedMap<String, Pause> paused() {
        return store.read(Pause::all);
    }

    /** Why the clock is in doubt, if it is: then nothing ends by it. */
    public Optional<String> clockDoubt() {
        return store.read(reads -> reads.node().setting(AdmissionDesk.CLOCK_IN_DOUBT));
    }

    private List<Run> runs(Reads reads, List<RunRow> rows) {
        return rows.stream().flatMap(row -> readable(reads, row).stream()).toList();
    }

    private Optional<Run> readable(Reads reads, RunRow row) {
        try {
            return Optional.of(run(reads, row));
        } catch (RunJson.Unreadable _) {
            return Optional.empty(); // unreadable() says it
        }
    }

    private static Optional<String> unreadable(RunRow row) {
        try {
            RunJson.state(row.state());
            return Optional.empty();
        } catch (RunJson.Unreadable e) {
            return Optional.of(RunJson.standsStill(new RunId(row.number()), e));
        }
    }

    private Run run(Reads reads, RunRow row) {
        return new Run(
                new RunId(row.number()),
                row.sop(),
                RunJson.state(row.state()),
                sop(reads, row.digest()),
                Instant.ofEpochMilli(row.startedAt()),
                row.endedAt().stream().mapToObj(Instant::ofEpochMilli).findFirst());
    }

    private Optional<Sop> sop(Reads reads, String digest) {
        try {
            return Optional.of(snapshots.of(reads, digest));
        } catch (SnapshotSops.Unusable _) {
            return Optional.empty(); // the run itself says so when it is to go on
        }
    }
}
