package dev.sopwith.bot.desk;

import dev.sopwith.bot.room.Render;
import dev.sopwith.bot.room.RunView;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.run.Gate;
import dev.sopwith.engine.run.GatePolicy;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.run.StepVisit;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run asks people at the moment, for who reads an answer and not a room: the words are those
 * of the prompt in the room, the data says the same in fields.
 */
final class Prompts {
    /** Before what is to be read exactly: whoever draws it must not wrap these lines. */
    static final String EXACT = "    | ";

    private Prompts() {}

    /** The prompt that is open; nothing where nobody is asked. */
    static List<String> lines(RunView view) {
        return Render.open(view).map(Prompts::lines).orElse(List.of());
    }

    private static List<String> lines(Document prompt) {
        var lines = new ArrayList<String>();
        lines.add(prompt.title());
        for (var block : prompt.blocks()) {
            switch (block) {
                case Block.Line(var text) -> lines.add("  " + text);
                case Block.Code(var text, _) ->
                        text.lines().forEach(line -> lines.add(EXACT + line));
            }
        }
        return lines;
    }

    /** Says in fields what the lines say. */
    static void put(ObjectNode data, RunView view) {
        var prompt = Render.open(view);
        if (prompt.isEmpty() || !(view.run().state() instanceof Active(_, var phase))) return;
        data.put("prompt", prompt.get().plain());
        persons(data.putArray("may_act"), prompt.get().mentions());
        switch (phase) {
            case Phase.AtGate(var gate) -> gate(data, view, gate);
            case Phase.AtPerson it -> {
                it.deadline().ifPresent(at -> data.put("until", at.toString()));
                title(data, view, it.step());
            }
            case Phase.InDoubt it -> {
                action(data, view, it.step());
                title(data, view, it.step());
            }
            case Phase.Paused it -> data.put("why", it.why());
            case Phase.Moving _,
                    Phase.GateWanted _,
                    Phase.SlotWanted _,
                    Phase.Ready _,
                    Phase.Executing _,
                    Phase.RetryWait _ -> {}
        }
    }

    private static void gate(ObjectNode data, RunView view, Gate gate) {
        title(data, view, gate.at());
        action(data, view, gate.at());
        data.put("revision", gate.revision()).put("until", gate.deadline().toString());
        var policy = gate.policy();
        data.put("assurance", policy.assurance().name().toLowerCase(Locale.ROOT));
        data.put("silence", policy.escalateTo().isPresent() ? "escalate" : "deny");
        policy.escalateTo().ifPresent(it -> persons(data.putArray("escalate_to"), it));
        var deciders = data.putArray("deciders");
        for (var quorum : policy.quorums()) {
            var one = deciders.addObject().put("policy", quorum.policy());
            one.put("needed", quorum.needed()).put("counted", gate.counted(quorum));
            persons(one.putArray("persons"), counting(view, policy, quorum));
        }
        var votes = data.putArray("votes");
        for (var vote : gate.votes()) {
            votes.addObject()
                    .put("person", vote.by().person())
                    .put("identity", vote.by().identity())
                    .put("at", vote.at().toString())
                    .put("reason", vote.reason())
                    .put("assurance", vote.assurance().name().toLowerCase(Locale.ROOT));
        }
    }

    private static Set<String> counting(RunView view, GatePolicy policy, GatePolicy.Quorum quorum) {
        var persons = new TreeSet<>(quorum.persons());
        if (policy.excludeInitiator() && view.run().state() instanceof Active(var progress, _)) {
            persons.removeAll(progress.initiators());
        }
        return persons;
    }

    private static void title(ObjectNode data, RunView view, StepVisit step) {
        view.run()
                .sop()
                .filter(it -> step.step() <= it.steps().size())
                .ifPresent(it -> data.put("title", it.steps().get(step.step() - 1).title()));
    }

    private static void action(ObjectNode data, RunView view, StepVisit step) {
        view.action().apply(step).ifPresent(it -> data.put("action", it));
    }

    private static void persons(ArrayNode array, Set<String> persons) {
        new TreeSet<>(persons).forEach(array::add);
    }
}
