package dev.sopwith.engine.runtime;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.run.RunState.Progress;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.step.EarlierStep;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.store.Reads;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes of a run's state the order for one attempt of a step: everything filled in, from the
 * snapshot and never from disk.
 */
final class StepOrders {
    /** Stands for every secret in an order that is only looked at. */
    private static final Secret UNSEEN = Secret.of("a-secret-that-is-not-shown");

    private final SecretInputs secrets;
    private final StepWorld world;

    StepOrders(SecretInputs secrets, StepWorld world) {
        this.secrets = secrets;
        this.world = world;
    }

    /**
     * An order that can be carried out.
     *
     * @param digest of what it does
     */
    record Ready(StepOrder order, String digest) {}

    /**
     * The order for this attempt.
     *
     * @throws Impossible when something it needs is not there
     */
    Ready of(Reads store, Sop sop, Progress run, StepVisit visit, int attempt, EngineRules rules)
            throws Impossible {
        var step = sop.steps().get(visit.step() - 1);
        var sealed = store.runs().secrets(run.start().run().number());
        var hidden = new ArrayList<Secret>();
        var values = new Values(inputs(sop, run, sealed, hidden), granted(sop, step), hidden);
        var order = order(store, sop, run, key(store, run, visit, attempt), values, rules);
        return new Ready(order, StepDigest.of(run, step));
    }

    /**
     * The order for this visit as people may see it before they say yes: no secret is asked for or
     * opened, and where one would stand the masker finds {@link #UNSEEN}.
     *
     * @throws Impossible when there is nothing to be done
     */
    StepOrder shown(Reads store, Sop sop, Progress run, StepVisit visit, EngineRules rules)
            throws Impossible {
        var inputs = new HashMap<String, JsonValue>();
        for (var input : sop.inputs()) {
            var text = Optional.ofNullable(run.start().inputs().get(input.name()));
            if (text.isEmpty()) continue;
            boolean isSecret = run.start().secretInputs().contains(input.name());
            inputs.put(
                    input.name(),
                    isSecret ? new JsonValue.Str(UNSEEN.reveal()) : typed(input, text.get()));
        }
        var granted = new HashMap<String, Secret>();
        var step = sop.steps().get(visit.step() - 1);
        step.rules().secrets().forEach(name -> granted.put(name, UNSEEN));
        var values = new Values(inputs, granted, List.of(UNSEEN));
        return order(store, sop, run, key(store, run, visit, 1), values, rules);
    }

    /** What an order is filled with. */
    private record Values(
            Map<String, JsonValue> inputs, Map<String, Secret> granted, List<Secret> hidden) {}

    private StepOrder order(
            Reads store, Sop sop, Progress run, StepKey key, Values values, EngineRules rules)
            throws Impossible {
        var step = sop.steps().get(key.step() - 1);
        var start = run.start();
        return new StepOrder(
                key,
                sop.name(),
                sop.version(),
                step.block().orElseThrow(() -> new Impossible("the step has nothing to run")),
                step.rules().expect(),
                store.snapshots()
                        .find(start.snapshot())
                        .orElseThrow(() -> new Impossible("its snapshot is missing")),
                values.inputs(),
                earlier(sop, run, step),
                start.payload().getBytes(StandardCharsets.UTF_8),
                values.granted(),
                values.hidden(),
                step.rules().timeout().orElse(rules.stepTimeout()),
                world.passEnv(),
                world.runAs());
    }

    /** What this attempt is called for ever. */
    static StepKey key(Reads store, Progress run, StepVisit visit, int attempt) {
        return new StepKey(
                store.node().epoch(),
                run.start().run().number(),
                visit.step(),
                visit.visit(),
                attempt);
    }

    private Map<String, JsonValue> inputs(
            Sop sop, Progress run, Map<String, byte[]> sealed, List<Secret> hidden)
            throws Impossible {
        var inputs = new HashMap<String, JsonValue>();
        for (var input : sop.inputs()) {
            var text = Optional.ofNullable(run.start().inputs().get(input.name()));
            if (text.isEmpty()) continue;
            if (run.start().secretInputs().contains(input.name())) {
                var secret = open(run, input.name(), sealed);
                hidden.add(secret);
                inputs.put(input.name(), typed(input, secret.reveal()));
            } else {
                inputs.put(input.name(), typed(input, text.get()));
            }
        }
        return inputs;
    }

    private Secret open(Progress run, String name, Map<String, byte[]> sealed) throws Impossible {
        var bytes = sealed.get(name);
        if (bytes == null) throw new Impossible("the secret input " + name + " is gone");
        try {
            return secrets.open(run.start().run().number(), name, bytes);
        } catch (SecretBox.BadKey e) {
            throw new Impossible("the secret input %s: %s".formatted(name, e.getMessage()));
        }
    }

    private static JsonValue typed(Input input, String text) {
        return switch (input.type()) {
            case STRING, CHOICE -> new JsonValue.Str(text);
            case INTEGER, NUMBER -> new JsonValue.Num(text);
            case BOOLEAN -> new JsonValue.Bool(text.equals("true"));
        };
    }

    /** What the others handed on; see {@link StepDigest} for why not this step itself. */
    private static List<EarlierStep> earlier(Sop sop, Progress run, Step step) {
        return run.results().entrySet().stream()
                .filter(it -> it.getKey() != step.number())
                .map(
                        it ->
                                new EarlierStep(
                                        it.getKey(),
                                        sop.steps().get(it.getKey() - 1).rules().id(),
                                        it.getValue().outputs()))
                .toList();
    }

    private Map<String, Secret> granted(Sop sop, Step step) throws Impossible {
        var granted = new HashMap<String, Secret>();
        for (var name : step.rules().secrets()) {
            var secret = world.secret(sop.name(), name);
            if (secret.isEmpty()) {
                throw new Impossible("the secret %s is not granted to this SOP".formatted(name));
            }
            granted.put(name, secret.get());
        }
        return granted;
    }

    /** The attempt cannot be made; nothing of it has begun. */
    static final class Impossible extends Exception {
        private static final long serialVersionUID = 1L;

        Impossible(String why) {
            super(why);
        }
    }
}
