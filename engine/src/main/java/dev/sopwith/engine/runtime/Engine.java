package dev.sopwith.engine.runtime;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.Matcher;
import dev.sopwith.engine.trigger.Outcome;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The one way in: deliveries and commands become one commit each, together with everything that
 * follows from them without the world (a run's end and the start it makes room for). After the
 * commit, whoever listens hears which runs have changed and makes the world look like it.
 *
 * <p>Threading: safe from any thread; whoever calls waits for the commit. Listeners are called on
 * the caller's thread after it and must not block.
 *
 * <p>Durable: everything that was answered.
 */
public final class Engine implements Intake {
    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    private final Store store;
    private final Supplier<SopSet> sops;
    private final Policies policies;
    private final SecretInputs secrets;
    private final EngineRules rules;
    private final Codes codes;
    private final SnapshotSops snapshots;
    private final List<Consumer<RunId>> listeners;
    private final Store.Change note;
    private final AtomicReference<@Nullable SopSet> ranked; // what the queue's order goes by
    private volatile Index index;

    /** A set of SOPs and the index that finds their triggers. */
    record Index(SopSet sops, Matcher matcher) {
        static Index of(SopSet sops) {
            return new Index(
                    sops, new Matcher(sops.runnable().stream().map(SopSet.Loaded::sop).toList()));
        }
    }

    /**
     * An engine over an open store. If that came from a backup since the last time, all its runs
     * are paused before anything else.
     *
     * @param sops the SOPs as they are now, asked with every commit
     * @param random for one-time codes: a secure one
     */
    public Engine(
            Store store,
            Supplier<SopSet> sops,
            Policies policies,
            SecretBox box,
            EngineRules rules,
            RandomGenerator random) {
        this.store = store;
        this.sops = sops;
        this.policies = policies;
        this.secrets = new SecretInputs(box);
        this.rules = rules;
        this.codes = new Codes(random);
        this.snapshots = new SnapshotSops();
        this.listeners = new CopyOnWriteArrayList<>();
        this.ranked = new AtomicReference<>();
        this.note = _ -> {};
        this.index = Index.of(sops.get());
        if (store.<Boolean>read(Restored::isNew)) {
            store.commit(
                    tx -> Restored.apply(tx, new RunDesk(snapshots, policies, codes, _ -> {})));
        }
        if (store.<Boolean>read(DueTimes::areMissing)) store.commit(DueTimes::complete);
    }

    private Engine(Engine same, Store.Change note) {
        this.store = same.store;
        this.sops = same.sops;
        this.policies = same.policies;
        this.secrets = same.secrets;
        this.rules = same.rules;
        this.codes = same.codes;
        this.snapshots = same.snapshots;
        this.listeners = same.listeners;
        this.ranked = same.ranked;
        this.note = note;
        this.index = same.index;
    }

    /**
     * The same engine, that writes this into each commit it makes, before anything else. So that
     * what was heard and what came of it are one fact: neither is lost, and none is done twice.
     */
    public Engine along(Store.Change note) {
        return new Engine(this, note);
    }

    /** Hears, from now on and after each commit, which runs have changed. */
    public void listen(Consumer<RunId> listener) {
        listeners.add(listener);
    }

    @Override
    public List<Outcome> deliver(Arrival arrival) {
        var now = index();
        return commit(
                arrival.at(),
                now,
                (tx, desks) -> {
                    // Time or a new SOP may have made room: it belongs to those who wait.
                    desks.queue().fillSlots(tx, now.sops(), arrival.at());
                    return arrive(tx, desks, now, arrival);
                });
    }

    /** What came of one, together with what its source keeps of it. */
    private static List<Outcome> arrive(Tx tx, Desks desks, Index now, Arrival arrival) {
        var outcomes = desks.admission().arrive(tx, now.sops(), now.matcher(), arrival);
        boolean isTaken = outcomes.stream().noneMatch(it -> it.kind() == Outcome.Kind.QUEUE_FULL);
        if (isTaken) arrival.mark().ifPresent(it -> tx.node().set(it.name(), it.value()));
        return outcomes;
    }

    /** All in one commit: what came in together costs one sync. */
    @Override
    public List<List<Outcome>> deliverAll(List<Arrival> arrivals) {
        if (arrivals.isEmpty()) return List.of();
        var now = index();
        return commit(
                arrivals.getLast().at(),
                now,
                (tx, desks) -> {
                    var all = new ArrayList<List<Outcome>>(arrivals.size());
                    for (var arrival : arrivals) {
                        desks.queue().fillSlots(tx, now.sops(), arrival.at());
                        all.add(arrive(tx, desks, now, arrival));
                    }
                    return List.copyOf(all);
                });
    }

    /**
     * Begins a new run with the snapshot and the inputs of one that has ended, admitted like any
     * other; what that one has from the steps before {@code from} is taken over, gates open anew.
     * Who started the earlier run is behind this one too.
     *
     * @param from the step to begin with; one that the earlier run came to
     */
    public Outcome rerun(RunId run, int from, Actor by, Instant at) {
        var now = index();
        var asked = new AdmissionDesk.Rerun(run, from, by, at);
        return commit(at, now, (tx, desks) -> desks.admission().rerun(tx, now.sops(), asked));
    }

    /**
     * Puts on record that somebody asked for a SOP who may not start it; nothing is started.
     *
     * @param by the account
     */
    public Outcome refuse(Sop sop, String by, String why, Arrival arrival) {
        return store.commit(
                tx -> {
                    note.run(tx);
                    return AdmissionDesk.refuse(tx, sop, by, why, arrival);
                });
    }

    /**
     * Puts on record that somebody asked for what they may not do, or not so; nothing is done.
     *
     * @param run that it was about, if it was
     * @param by the account
     * @param what in their words
     */
    public void refuse(Optional<RunId> run, String by, String what, String why, Instant at) {
        store.write(
                tx -> {
                    note.run(tx);
                    Refusals.put(tx, new Refusals.Refused(run, by, what, "NOT_ALLOWED", why, at));
                });
    }

    /**
     * Puts on record that an account brought the code that a person was shown on another one. It
     * grants nothing.
     */
    public void noteLink(String person, String shownTo, String entered, Instant at) {
        var body = Json.object("person", person, "shown_to", shownTo, "entered_by", entered);
        store.write(
                tx -> {
                    note.run(tx);
                    tx.trail().append(at.toEpochMilli(), "link", body);
                });
    }

    /** Puts on record that nobody was there for a delivery when it was due; nothing is started. */
    public Outcome miss(Sop sop, String why, Arrival arrival) {
        return store.commit(
                tx -> {
                    note.run(tx);
                    return AdmissionDesk.missed(tx, sop, why, arrival);
                });
    }

    /**
     * Takes note of the roster that holds from now on. Nothing happens when it is the one that held
     * before, over restarts too. Else the change is put on record, and every gate that would ask
     * other people, or by other rules, is asked anew: votes so far are void. What waits goes by its
     * floors from now on.
     *
     * @param by what brought it, such as {@code start}
     * @return whether it is another one
     */
    public boolean adopt(Roster roster, String by, Instant at) {
        var now = index();
        return commit(
                at,
                now,
                (tx, desks) -> {
                    desks.queue().rank(tx, now.sops());
                    return new RosterChange(tx, desks.runs()).adopt(roster, by, at);
                });
    }

    /** Asks something of a run. A refusal changes nothing and is on record. */
    public Decision command(RunId run, RunCommand command) {
        return commit(command.at(), index(), (tx, desks) -> desks.runs().command(tx, run, command));
    }

    /**
     * Lets nothing start and no new step begin, until {@link #unfreeze}.
     *
     * @param by who asked for it
     */
    public void freeze(String reason, String by, Instant at) {
        commit(
                at,
                index(),
                (tx, _) -> {
                    tx.node().set(AdmissionDesk.FROZEN, reason);
                    var body = Json.object("reason", reason, "by", by);
                    tx.trail().append(at.toEpochMilli(), "freeze", body);
                    return true;
                });
    }

    /** Lets things go on; what waited starts at once. */
    public void unfreeze(String by, Instant at) {
        commit(
                at,
                index(),
                (tx, _) -> {
                    tx.node().clear(AdmissionDesk.FROZEN);
                    tx.trail().append(at.toEpochMilli(), "unfreeze", Json.object("by", by));
                    return true;
                });
        for (long run : store.<List<Long>>read(it -> it.runs().activeNumbers())) {
            tell(new RunId(run));
        }
    }

    /**
     * Lets nothing start this SOP, until {@link #unpause}: what comes in is told so, what waits
     * goes on waiting, and runs that have begun go on.
     *
     * @return false, and nothing is written, when it was paused already
     */
    public boolean pause(String sop, String by, Instant at) {
        return commit(
                at,
                index(),
                (tx, _) -> {
                    if (Pause.of(tx, sop).isPresent()) return false;
                    Pause.put(tx, sop, new Pause(by, at));
                    var body = Json.object("sop", sop, "by", by);
                    tx.trail().append(at.toEpochMilli(), "pause", body);
                    return true;
                });
    }

    /**
     * Lets this SOP start again; what waited starts at once.
     *
     * @return false, and nothing is written, when it was not paused
     */
    public boolean unpause(String sop, String by, Instant at) {
        return commit(
                at,
                index(),
                (tx, _) -> {
                    if (Pause.of(tx, sop).isEmpty()) return false;
                    Pause.remove(tx, sop);
                    var body = Json.object("sop", sop, "by", by);
                    tx.trail().append(at.toEpochMilli(), "unpause", body);
                    return true;
                });
    }

    /** Whether {@link #freeze} holds. */
    public boolean isFrozen() {
        return store.<Boolean>read(it -> it.node().setting(AdmissionDesk.FROZEN).isPresent());
    }

    /** From now on nothing ends by the clock, until {@link #trustClock}; also after a restart. */
    void doubtClock(String why, Instant at) {
        commit(
                at,
                index(),
                (tx, _) -> {
                    tx.node().set(AdmissionDesk.CLOCK_IN_DOUBT, why);
                    return note(tx, "in doubt", why, "service", at);
                });
    }

    /**
     * The clock counts again.
     *
     * @return false, and nothing is written, when it was not in doubt
     */
    public boolean trustClock(String why, String by, Instant at) {
        return commit(
                at,
                index(),
                (tx, _) -> {
                    if (tx.node().setting(AdmissionDesk.CLOCK_IN_DOUBT).isEmpty()) return false;
                    tx.node().clear(AdmissionDesk.CLOCK_IN_DOUBT);
                    return note(tx, "trusted", why, by, at);
                });
    }

    /** Puts on record what was found out about the clock. */
    void noteClock(String state, String why, Instant at) {
        store.commit(tx -> note(tx, state, why, "service", at));
    }

    private static boolean note(Tx tx, String state, String why, String by, Instant at) {
        var body = Json.object("state", state, "why", why, "by", by);
        tx.trail().append(at.toEpochMilli(), "clock", body);
        return true;
    }

    /** Why the clock is in doubt, if it is: then nothing may begin or end by it. */
    public Optional<String> clockDoubt() {
        return store.read(it -> it.node().setting(AdmissionDesk.CLOCK_IN_DOUBT));
    }

    /** When the newest row of the trail was written: by the clock of then, whatever it was. */
    Optional<Instant> newestFact() {
        return store.read(
                it -> {
                    long head = it.trail().head().position();
                    return it.trail().after(head - 1, 1).stream()
                            .findFirst()
                            .map(row -> Instant.ofEpochMilli(row.link().at()));
                });
    }

    /**
     * Gives slots to what waits for them, and ends what has waited too long: time alone may have
     * made room, as a cooldown does.
     */
    public void fillSlots(Instant at) {
        if (store.<Boolean>read(it -> Refusals.isDue(it, at))) {
            store.write(tx -> Refusals.settle(tx, at));
        }
        boolean any =
                store.<Boolean>read(
                        it ->
                                !it.deliveries().waitingSops().isEmpty()
                                        || !it.runs().resumingHeads().isEmpty());
        if (!any) return;
        var now = index();
        commit(
                at,
                now,
                (tx, desks) -> {
                    desks.queue().endStale(tx, now.sops(), at);
                    return true;
                });
    }

    /** How a run stands. */
    public Optional<RunState> state(RunId run) {
        return store.read(it -> it.runs().find(run.number()))
                .map(row -> RunJson.state(row.state()));
    }

    Store store() {
        return store;
    }

    SnapshotSops snapshots() {
        return snapshots;
    }

    SecretInputs secrets() {
        return secrets;
    }

    EngineRules rules() {
        return rules;
    }

    Policies policies() {
        return policies;
    }

    /** Who does what within one commit. */
    record Desks(RunDesk runs, Starter starter, AdmissionDesk admission, QueueDesk queue) {}

    /** What a commit does with runs and deliveries; may be run again. */
    interface Work<T> {
        T run(Tx tx, Desks desks);
    }

    private <T> T commit(Instant at, Index now, Work<T> work) {
        Set<RunId> changed = new LinkedHashSet<>();
        boolean isRanked = ranked.get() == now.sops();
        T answer =
                store.commit(
                        tx -> {
                            changed.clear();
                            note.run(tx);
                            var desks = desks(changed::add);
                            if (!isRanked) desks.queue().rank(tx, now.sops());
                            T first = work.run(tx, desks);
                            desks.queue().fillSlots(tx, now.sops(), at);
                            return first;
                        });
        if (!isRanked) ranked.set(now.sops());
        changed.forEach(this::tell);
        return answer;
    }

    /** What a work answers, done as if it were meant; nothing that it wrote is kept. */
    <T> T tried(Work<T> work) {
        var answer = new AtomicReference<@Nullable T>();
        try {
            store.write(
                    tx -> {
                        answer.set(work.run(tx, desks(_ -> {})));
                        throw new Undone();
                    });
        } catch (Undone _) {
            return Objects.requireNonNull(answer.get());
        }
        throw new IllegalStateException("what was only tried was kept");
    }

    /** Ends a work of which nothing is to be kept. */
    private static final class Undone extends RuntimeException {
        private static final long serialVersionUID = 1;

        Undone() {
            super("only tried", null, false, false);
        }
    }

    private Desks desks(Consumer<RunId> changed) {
        var runs = new RunDesk(snapshots, policies, codes, changed);
        var starter = new Starter(runs, secrets, rules, policies);
        return new Desks(
                runs,
                starter,
                new AdmissionDesk(starter, secrets, rules, snapshots),
                new QueueDesk(runs, starter, secrets, snapshots));
    }

    /** Whoever asked gets the answer, whatever becomes of those who only listen. */
    private void tell(RunId run) {
        for (var listener : listeners) {
            try {
                listener.accept(run);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener did not hear of " + run, e);
            }
        }
    }

    /** The SOPs as they are now, and what finds their triggers. */
    Index index() {
        var current = sops.get();
        var known = index;
        if (known.sops() == current) return known;
        var fresh = Index.of(current);
        index = fresh;
        return fresh;
    }
}
