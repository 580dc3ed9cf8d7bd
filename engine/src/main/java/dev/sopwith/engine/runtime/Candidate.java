package dev.sopwith.engine.runtime;

import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.RerunRule;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunStart;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.trigger.InputValues;

import java.util.Map;
import java.util.Optional;

/**
 * What a delivery would run, if it is admitted.
 *
 * @param files of the snapshot, where it is not kept yet
 * @param inputs in plain text, secret ones too: never stored as they are
 * @param rerun where it goes on from another run, if it does
 */
record Candidate(
        Sop sop,
        String digest,
        Optional<SopFiles> files,
        Map<String, String> inputs,
        Optional<String> lock,
        Optional<RunStart.Rerun> rerun) {

    /** No run can be made of it. The message is for people. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;

        Unfit(String why) {
            super(why);
        }
    }

    /** The SOP as it is now, with inputs that were checked against it. */
    static Candidate of(SopSet.Loaded loaded, Map<String, String> inputs) {
        return new Candidate(
                loaded.sop(),
                loaded.digest(),
                Optional.of(loaded.files()),
                inputs,
                loaded.sop().lock().map(text -> filled(text, inputs)),
                Optional.empty());
    }

    /**
     * What a delivery that waited asks for, checked against the SOP as it is now.
     *
     * @throws Unfit when its inputs are none for this SOP, or their secrets cannot be opened
     */
    static Candidate of(SopSet.Loaded loaded, Request request, SecretInputs secrets) throws Unfit {
        try {
            var inputs = InputValues.of(loaded.sop(), secrets.whole(request.parted()));
            if (inputs.problems().isEmpty()) return of(loaded, inputs.values());
            throw new Unfit(String.join("; ", inputs.problems()));
        } catch (SecretBox.BadKey e) {
            throw new Unfit(String.valueOf(e.getMessage()));
        }
    }

    /** An earlier run once more, and the people behind it. */
    record Again(Candidate candidate, RunState.Progress progress) {}

    /**
     * What an earlier run comes to when it is repeated, from its snapshot and its record alone.
     *
     * @throws Unfit when it cannot be
     */
    static Again again(Reads store, SnapshotSops snapshots, Request.Again asked) throws Unfit {
        var id = new RunId(asked.run());
        var run = store.runs().find(asked.run());
        if (run.isEmpty()) throw new Unfit("there is no run " + id);
        try {
            var sop = snapshots.of(store, run.get().digest());
            var state = RunJson.state(run.get().state());
            return switch (RerunRule.of(id, sop, state, asked.from())) {
                case RerunRule.Answer.No(var why) -> throw new Unfit(why);
                case RerunRule.Answer.Ready(var rerun, var progress) ->
                        new Again(
                                new Candidate(
                                        sop,
                                        run.get().digest(),
                                        Optional.empty(),
                                        progress.start().inputs(),
                                        run.get().lock(),
                                        Optional.of(rerun)),
                                progress);
            };
        } catch (SnapshotSops.Unusable | IllegalStateException e) {
            throw new Unfit("%s cannot be repeated: %s".formatted(id, e.getMessage()));
        }
    }

    private static String filled(String text, Map<String, String> inputs) {
        var filled = new StringBuilder();
        int from = 0;
        for (var place : Placeholder.in(text)) {
            filled.append(text, from, place.offset());
            filled.append(inputs.getOrDefault(place.name(), ""));
            from = place.offset() + place.text().length();
        }
        return filled.append(text, from, text.length()).toString();
    }
}
