package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.Decision;
import dev.sopwith.engine.run.Decision.Accepted;
import dev.sopwith.engine.run.Decision.Refused;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.Pending;
import dev.sopwith.engine.run.Refusal;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunMachine;
import dev.sopwith.engine.run.RunStart;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.store.Gates.GateKey;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.store.Gates.VoteRow;
import dev.sopwith.engine.store.Runs;
import dev.sopwith.engine.store.Runs.NewEvent;
import dev.sopwith.engine.store.Runs.RunRow;
import dev.sopwith.engine.store.Tx;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes one command to one run, inside a commit: loads the run, asks {@link RunMachine}, and writes
 * the facts, the state, and the projections of gates and votes. Gates that open are given their
 * policy, digest and code in the same commit, so that no run is ever stored at a gate nobody knows.
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}; holds nothing itself.
 */
final class RunDesk {
    private static final String CHANGED = "the roster has changed";

    private final SnapshotSops sops;
    private final Policies policies;
    private final Codes codes;
    private final Consumer<RunId> changed;

    /**
     * A desk for one commit.
     *
     * @param changed hears of each run that is written
     */
    RunDesk(SnapshotSops sops, Policies policies, Codes codes, Consumer<RunId> changed) {
        this.sops = sops;
        this.policies = policies;
        this.codes = codes;
        this.changed = changed;
    }

    /** Begins a run that was admitted. Its snapshot must be kept in the same commit. */
    void begin(Tx tx, Sop sop, RunStart start, Instant at) {
        var state = new RunState.NotStarted();
        var decision = RunMachine.decide(sop, state, new RunCommand.Start(start, at));
        if (!(decision instanceof Accepted begun)) {
            throw new IllegalStateException("a new run was refused: " + decision);
        }
        var row =
                new RunRow(
                        start.run().number(),
                        start.sop(),
                        start.snapshot(),
                        start.lock(),
                        Runs.Phase.EXECUTING,
                        Optional.empty(),
                        start.priority().rank(),
                        "",
                        0,
                        at.toEpochMilli(),
                        OptionalLong.empty(),
                        OptionalLong.empty());
        write(tx, row, withGates(tx, sop, begun, at), at);
    }

    /** The machine's answer to a command; a refusal is put on record. */
    Decision command(Tx tx, RunId run, RunCommand command) {
        var row = tx.runs().find(run.number());
        if (row.isEmpty()) {
            return new Refused(new Refusal(Refusal.Reason.NOT_STARTED, "there is no run " + run));
        }
        boolean mayClear =
                command instanceof RunCommand.Approve || command instanceof RunCommand.Confirm;
        if (mayClear && revise(tx, row.get(), Set.of(), command.at())) {
            var refusal = new Refusal(Refusal.Reason.STALE, CHANGED + "; a new prompt follows");
            record(tx, run, command, refusal);
            return new Refused(refusal);
        }
        var decision = decide(tx, row.get(), command);
        switch (decision) {
            case Refused refused -> record(tx, run, command, refused.refusal());
            case Accepted accepted -> write(tx, row.get(), accepted, command.at());
        }
        return decision;
    }

    /**
     * Asks the people of a gate anew when other people or rules would hold for it now.
     *
     * @param changed persons whose accounts are others now
     * @return whether it was so
     */
    boolean revise(Tx tx, RunRow row, Set<String> changed, Instant at) {
        if (!(active(row)
                instanceof RunState.Active(var progress, RunState.Phase.AtGate(var gate)))) {
            return false;
        }
        try {
            var step = sops.of(tx, row.digest()).steps().get(gate.at().step() - 1);
            var now = policies.of(progress.start(), step);
            var why = difference(gate.policy(), now, changed);
            if (why.isEmpty()) return false;
            var revise =
                    new RunCommand.ReviseGate(
                            gate.at(), gate.revision(), CHANGED + ": " + why.get(), at);
            if (!(decide(tx, row, revise) instanceof Accepted accepted)) return false;
            write(tx, row, accepted, at);
            return true;
        } catch (SnapshotSops.Unusable e) {
            return false; // The next command to the run says so, and ends it.
        }
    }

    private static RunState active(RunRow row) {
        try {
            return RunJson.state(row.state());
        } catch (RunJson.Unreadable e) {
            return new RunState.NotStarted(); // Whoever asks something of it is told.
        }
    }

    /** What is new about whom a gate asks, in words; nothing when it is as it was. */
    private static Optional<String> difference(
            GatePolicy asked, GatePolicy now, Set<String> changed) {
        var words = new ArrayList<String>();
        var before = asked.persons();
        var after = now.persons();
        // What was escalated asks more people than the policy itself does.
        if (asked.escalateTo().isEmpty()) now.escalateTo().ifPresent(after::addAll);
        if (!asked.isFrom(now)) {
            after.stream()
                    .filter(it -> !before.contains(it))
                    .forEach(it -> words.add(it + " may decide now"));
            before.stream()
                    .filter(it -> !after.contains(it))
                    .forEach(it -> words.add(it + " may no longer decide"));
            if (words.isEmpty()) words.add("the rules are others now");
        }
        before.stream()
                .filter(changed::contains)
                .forEach(it -> words.add("other accounts are " + it + "'s now"));
        return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
    }

    private Decision decide(Tx tx, RunRow row, RunCommand command) {
        RunState state;
        try {
            state = RunJson.state(row.state());
        } catch (RunJson.Unreadable e) {
            return no("the run cannot go on: " + e.getMessage());
        }
        // Asked here and not before: a freeze that was answered holds for every step after it.
        if (command instanceof RunCommand.Begin
                && tx.node().setting(AdmissionDesk.FROZEN).isPresent()) {
            return no("nothing begins while the service is frozen");
        }
        try {
            var sop = sops.of(tx, row.digest());
            return switch (RunMachine.decide(sop, state, command)) {
                case Refused refused -> refused;
                case Accepted accepted -> withGates(tx, sop, accepted, command.at());
            };
        } catch (SnapshotSops.Unusable e) {
            return RunMachine.withoutSop(state, command, String.valueOf(e.getMessage()));
        }
    }

    private static Refused no(String why) {
        return new Refused(new Refusal(Refusal.Reason.NOT_NOW, why));
    }

    private Accepted withGates(Tx tx, Sop sop, Accepted accepted, Instant at) {
        if (!(Pending.of(accepted.state()) instanceof Pending.Opening(var visit, var revision))) {
            return accepted;
        }
        var progress = ((RunState.Active) accepted.state()).progress();
        var step = sop.steps().get(visit.step() - 1);
        var open =
                new RunCommand.OpenGate(
                        visit,
                        revision,
                        policies.of(progress.start(), step),
                        StepDigest.of(progress, step),
                        codes.next(tx.gates()),
                        at);
        if (!(RunMachine.decide(sop, accepted.state(), open) instanceof Accepted opened)) {
            throw new IllegalStateException("a gate that was wanted was refused: " + open);
        }
        var events = new ArrayList<>(accepted.events());
        events.addAll(opened.events());
        return new Accepted(events, opened.state());
    }

    private void write(Tx tx, RunRow row, Accepted accepted, Instant at) {
        var state = accepted.state();
        boolean ended = state instanceof RunState.Finished;
        var next =
                new RunRow(
                        row.number(),
                        row.sop(),
                        row.digest(),
                        row.lock(),
                        phase(state),
                        outcome(state),
                        row.priority(),
                        RunJson.write(state),
                        row.version(),
                        row.startedAt(),
                        ended ? OptionalLong.of(at.toEpochMilli()) : OptionalLong.empty(),
                        DueTimes.of(state));
        var events = accepted.events().stream().map(RunDesk::stored).toList();
        if (!tx.runs().append(next, events)) {
            throw new IllegalStateException("R-%d moved in its own commit".formatted(row.number()));
        }
        project(tx, row.number(), accepted, at);
        if (ended) tx.runs().eraseSecrets(row.number());
        changed.accept(new RunId(row.number()));
    }

    private static NewEvent stored(RunEvent event) {
        return new NewEvent(event.at().toEpochMilli(), RunJson.type(event), RunJson.write(event));
    }

    static Runs.Phase phase(RunState state) {
        return switch (state) {
            case RunState.NotStarted _ -> throw new IllegalStateException("not begun");
            case RunState.Finished _ -> Runs.Phase.ENDED;
            case RunState.Active(_, RunState.Phase.SlotWanted _) -> Runs.Phase.RESUMING;
            case RunState.Active(_, var phase) ->
                    phase.holdsSlot() ? Runs.Phase.EXECUTING : Runs.Phase.PARKED;
        };
    }

    static Optional<String> outcome(RunState state) {
        return state instanceof RunState.Finished finished
                ? Optional.of(finished.outcome().name().toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    /** Gates and votes as the state has them; what it has no more is closed. */
    private static void project(Tx tx, long run, Accepted accepted, Instant at) {
        var current = gate(accepted.state());
        for (var event : accepted.events()) {
            switch (event) {
                case RunEvent.VoteCast(var step, var revision, var vote, _) ->
                        tx.gates()
                                .putVote(
                                        new VoteRow(
                                                new GateKey(
                                                        run, step.step(), step.visit(), revision),
                                                vote.by().person(),
                                                "approve",
                                                vote.at().toEpochMilli(),
                                                detail(vote)));
                case RunEvent.VoteWithdrawn(var step, var revision, var by, _) ->
                        tx.gates()
                                .removeVote(
                                        new GateKey(run, step.step(), step.visit(), revision),
                                        by.person());
                case RunEvent.VoteVoided(var step, var revision, var by, _, _) ->
                        tx.gates()
                                .removeVote(
                                        new GateKey(run, step.step(), step.visit(), revision),
                                        by.person());
                default -> {}
            }
        }
        current.ifPresent(gate -> tx.gates().put(row(run, gate)));
        for (var row : tx.gates().ofRun(run)) {
            boolean isCurrent =
                    current.map(gate -> key(run, gate)).filter(row.key()::equals).isPresent();
            if (row.closedAt().isEmpty() && !isCurrent) tx.gates().put(closed(row, at));
        }
    }

    private static Optional<Gate> gate(RunState state) {
        return state instanceof RunState.Active(_, RunState.Phase.AtGate(var gate))
                ? Optional.of(gate)
                : Optional.empty();
    }

    private static GateKey key(long run, Gate gate) {
        return new GateKey(run, gate.at().step(), gate.at().visit(), gate.revision());
    }

    private static GateRow row(long run, Gate gate) {
        return new GateRow(
                key(run, gate),
                gate.code(),
                gate.digest(),
                gate.openedAt().toEpochMilli(),
                OptionalLong.of(gate.deadline().toEpochMilli()),
                OptionalLong.empty(),
                Json.object("count", gate.count()));
    }

    private static GateRow closed(GateRow row, Instant at) {
        return new GateRow(
                row.key(),
                row.code(),
                row.digest(),
                row.openedAt(),
                row.deadline(),
                OptionalLong.of(at.toEpochMilli()),
                row.detail());
    }

    private static String detail(Gate.Vote vote) {
        return Json.object(
                "identity",
                vote.by().identity(),
                "assurance",
                vote.assurance().name(),
                "reason",
                vote.reason());
    }

    /** What the service asks by itself: a no to it is nobody's business. */
    private static boolean isOwnQuestion(RunCommand command) {
        return command instanceof RunCommand.Tick
                || command instanceof RunCommand.Grant
                || command instanceof RunCommand.Confirm
                || command instanceof RunCommand.Unconfirmed;
    }

    private static void record(Tx tx, RunId run, RunCommand command, Refusal refusal) {
        if (isOwnQuestion(command)) return;
        Refusals.put(
                tx,
                new Refusals.Refused(
                        Optional.of(run),
                        actor(command),
                        command.getClass().getSimpleName(),
                        refusal.reason().name(),
                        refusal.text(),
                        command.at()));
    }

    private static String actor(RunCommand command) {
        return switch (command) {
            case RunCommand.Approve it -> it.by().identity();
            case RunCommand.Deny it -> it.by().identity();
            case RunCommand.Withdraw it -> it.by().identity();
            case RunCommand.Settle it -> it.by().identity();
            case RunCommand.Reply it -> it.by().identity();
            case RunCommand.Cancel it -> it.by().identity();
            case RunCommand.Resume it -> it.by().identity();
            default -> Refusals.SERVICE;
        };
    }
}
