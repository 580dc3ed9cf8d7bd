package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.trigger.Admission;

import java.time.Duration;
import java.util.Locale;

final class AdmissionCases implements CaseRunner {
    @Override
    public JsonValue run(CaseInput input) {
        var situation =
                new Admission.Situation(
                        input.constant("admission_policy", AdmissionPolicy.class),
                        input.number("running"),
                        input.number("parked"),
                        input.number("queued"),
                        input.number("max_concurrent"),
                        input.number("running_total"),
                        input.number("max_concurrent_total"),
                        input.number("max_pending_approvals"),
                        Duration.ofSeconds(input.number("cooldown_left_secs")));
        var decision = Admission.decide(situation);
        return new JsonValue.Str(decision.name().toLowerCase(Locale.ROOT));
    }
}
