package dev.sopwith.engine.step;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.secret.Masker;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.sop.Step;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step to be done, with everything decided beforehand: what was approved is what runs.
 *
 * @param sop name of the SOP
 * @param version of the SOP
 * @param block what to do; its text is never filled in for a shell
 * @param files the SOP's folder as it was approved
 * @param inputs by name, each a string, number or boolean
 * @param payload of the delivery that started the run, as it came; empty if there was none. Shared:
 *     callers must not change it
 * @param secrets granted to this step, by name
 * @param hidden what else must not be seen in whatever comes back, such as secret inputs
 * @param timeout of this try; zero means none
 * @param passEnv variables that the roster passes on, by name; not all names are accepted
 * @param runAs login of the user the step runs as; none means the service's own
 */
@SuppressWarnings("ArrayRecordComponent") // an order is carried out, never compared
public record StepOrder(
        StepKey key,
        String sop,
        String version,
        Step.Block block,
        Optional<Step.Expectation> expect,
        SopFiles files,
        Map<String, JsonValue> inputs,
        List<EarlierStep> earlier,
        byte[] payload,
        Map<String, Secret> secrets,
        List<Secret> hidden,
        Duration timeout,
        Map<String, String> passEnv,
        Optional<String> runAs) {

    public StepOrder {
        inputs = Map.copyOf(inputs);
        earlier = List.copyOf(earlier);
        secrets = Map.copyOf(secrets);
        hidden = List.copyOf(hidden);
        passEnv = Map.copyOf(passEnv);
    }

    /** Hides everything that this order knows to be secret. */
    Masker masker() {
        var all = new ArrayList<>(secrets.values());
        all.addAll(hidden);
        return Masker.of(all);
    }

    /** An input as text: what a shell sees. */
    static String text(JsonValue input) {
        return switch (input) {
            case JsonValue.Str(var text) -> text;
            case JsonValue.Num(var text) -> text;
            case JsonValue.Bool(var value) -> Boolean.toString(value);
            case JsonValue.Null _, JsonValue.Arr _, JsonValue.Obj _ ->
                    throw new IllegalArgumentException("an input is a string, number or boolean");
        };
    }

    /** {@return which step it is; what it was given is nobody's business} */
    @Override
    public String toString() {
        return "order for " + key;
    }
}
