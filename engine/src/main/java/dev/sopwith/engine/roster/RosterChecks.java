package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.GATE_MAY_BE_UNMEETABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.GATE_UNMEETABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.POLICY_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.SECRET_NOT_GRANTED;
import static dev.sopwith.engine.sop.DiagnosticCode.TIMEOUT_BEFORE_GATE;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Sop;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What there is to say about a SOP once the roster is known: policies it names, secrets it asks
 * for, gates that nobody could clear.
 *
 * <p>Threading: immutable.
 */
public final class RosterChecks {
    private final Roster roster;
    private final GateRules rules;

    /** The checks of a roster with people in it: {@link Roster#withOperator}. */
    public RosterChecks(Roster roster) {
        this.roster = roster;
        this.rules = new GateRules(roster);
    }

    /**
     * Findings about a SOP, in reading order.
     *
     * @param shownFolder how its folder is named, such as {@code sops/deploy-prod}
     */
    public List<Diagnostic> check(Sop sop, String shownFolder) {
        var findings = new Findings(shownFolder + "/SOP.md");
        policies(sop, findings);
        secrets(sop, findings);
        gates(sop, findings);
        timeout(sop, findings);
        return findings.inReadingOrder();
    }

    private void policies(Sop sop, Findings findings) {
        var known = List.copyOf(roster.policies().keySet());
        for (var step : rules.withoutPolicy(sop)) {
            findings.add(
                    POLICY_UNKNOWN,
                    at(step.line()),
                    "the roster has no policy " + Quoted.of(step.rules().policy().orElse("")),
                    known.isEmpty()
                            ? "add it under policies, or leave the attribute out"
                            : Words.meant(step.rules().policy().orElse(""), known));
        }
    }

    private void secrets(Sop sop, Findings findings) {
        for (var step : sop.steps()) {
            for (var name : step.rules().secrets()) {
                if (roster.grants(name, sop.name())) continue;
                findings.add(
                        SECRET_NOT_GRANTED,
                        at(step.line()),
                        "the roster does not grant %s to %s".formatted(name, sop.name()),
                        "add under secrets: %s: {sops: [\"%s\"]}".formatted(name, sop.name()));
            }
        }
    }

    private void gates(Sop sop, Findings findings) {
        var unknown = new HashSet<Integer>();
        rules.withoutPolicy(sop).forEach(step -> unknown.add(step.number()));
        var never = new HashSet<Integer>();
        for (var lack : rules.lacks(sop, Set.of())) {
            if (unknown.contains(lack.step()) || !never.add(lack.step())) continue;
            findings.add(
                    GATE_UNMEETABLE,
                    at(line(sop, lack.step())),
                    "nobody could clear this gate: " + lack,
                    "add people to the policy, or ask for fewer");
        }
        never.addAll(unknown);
        for (var person : roster.allowed(Right.RUN, sop.name())) {
            for (var lack : rules.lacks(sop, Set.of(person))) {
                if (!never.add(lack.step())) continue;
                findings.add(
                        GATE_MAY_BE_UNMEETABLE,
                        at(line(sop, lack.step())),
                        "nobody could clear this gate if %s starts it: %s".formatted(person, lack),
                        "add people to the policy");
            }
        }
    }

    private void timeout(Sop sop, Findings findings) {
        if (sop.timeout().isZero()) return;
        for (var step : rules.waiting(sop)) {
            var policy = rules.of(sop.name(), sop.priority(), step.rules().policy());
            if (sop.timeout().compareTo(policy.ttl()) >= 0) continue;
            findings.add(
                    TIMEOUT_BEFORE_GATE,
                    at(step.line()),
                    "the run ends after %d s, and this gate may wait %d s"
                            .formatted(sop.timeout().toSeconds(), policy.ttl().toSeconds()),
                    "raise timeout_secs, or shorten the ttl of the policy");
            return;
        }
    }

    private static int line(Sop sop, int step) {
        return sop.steps().get(step - 1).line();
    }

    private static Position at(int line) {
        return new Position(line, 1);
    }
}
