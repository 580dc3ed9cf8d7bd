package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.NAME_UNDECLARED;
import static dev.sopwith.engine.sop.DiagnosticCode.POLICY_UNMEETABLE;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Checks of a roster that only show when all of it is known: who and what its names stand for. */
final class RosterNames {
    private final PlacedJson placed;
    private final JsonNode json;
    private final Findings findings;

    RosterNames(PlacedJson placed, Findings findings) {
        this.placed = placed;
        this.json = placed.json();
        this.findings = findings;
    }

    /** Reports every name that stands for nothing, and every policy that nobody can meet. */
    void check(Roster roster) {
        checkNames(roster);
        checkPolicies(roster);
    }

    private void checkNames(Roster roster) {
        var known = new ArrayList<String>();
        known.add(Roster.EVERYONE);
        known.addAll(roster.groups().keySet());
        known.addAll(roster.people().keySet());
        var kind = "person or group";
        for (int i = 0; i < json.path("access").size(); i++) {
            for (var key : List.of("see", "run", "operate")) {
                var names = json.path("access").path(i).path(key);
                checkNames(List.of("access", "" + i, key), names, known, kind);
            }
        }
        for (var name : json.path("policies").propertyNames()) {
            for (var key : List.of("approvers", "escalate_to")) {
                var names = json.path("policies").path(name).path(key);
                checkNames(List.of("policies", name, key), names, known, kind);
            }
        }
        var credentials = json.path("ingress").path("http").path("credentials");
        for (var name : credentials.propertyNames()) {
            var path = List.of("ingress", "http", "credentials", name, "owners");
            checkNames(path, credentials.path(name).path("owners"), known, kind);
        }
        var brokers = json.path("ingress").path("mqtt");
        for (var name : brokers.propertyNames()) {
            var path = List.of("ingress", "mqtt", name, "owners");
            checkNames(path, brokers.path(name).path("owners"), known, kind);
        }
        checkRoles(List.of("connector"), json.path("connector"), roster);
        var several = json.path("connectors");
        for (var name : several.propertyNames()) {
            checkRoles(List.of("connectors", name), several.path(name), roster);
        }
        var connectors = roster.connectors().stream().map(ConnectorSettings::name).toList();
        for (int i = 0; i < json.path("routes").size(); i++) {
            var names = json.path("routes").path(i).path("to");
            checkNames(List.of("routes", "" + i, "to"), names, connectors, "connector");
        }
        var policies = List.copyOf(roster.policies().keySet());
        for (int i = 0; i < json.path("require").size(); i++) {
            var name = json.path("require").path(i).path("policy");
            checkName(List.of("require", "" + i, "policy"), name, policies, "policy");
        }
    }

    /** A role stands for a group, never for everyone or for a person: roles are not people. */
    private void checkRoles(List<String> connector, JsonNode block, Roster roster) {
        var kind = block.path("kind").asString("");
        var roles = block.path(kind).path(RosterReader.ROLES);
        var groups = List.copyOf(roster.groups().keySet());
        for (var role : roles.propertyNames()) {
            var path = PlacedJson.below(PlacedJson.below(connector, kind), RosterReader.ROLES);
            checkName(PlacedJson.below(path, role), roles.path(role), groups, "group");
        }
    }

    /**
     * Reports the names of a list that are not known.
     *
     * @param kind what they should be, such as "person"
     */
    void checkNames(List<String> path, JsonNode names, List<String> known, String kind) {
        for (int i = 0; i < names.size(); i++) {
            checkName(PlacedJson.below(path, "" + i), names.path(i), known, kind);
        }
    }

    private void checkName(List<String> path, JsonNode name, List<String> known, String kind) {
        if (!name.isString() || known.contains(name.asString())) return;
        findings.add(
                NAME_UNDECLARED,
                placed.at(path),
                "there is no %s %s".formatted(kind, Quoted.of(name.asString())),
                known.isEmpty()
                        ? "this roster names none: add it"
                        : Words.meant(name.asString(), known));
    }

    private void checkPolicies(Roster roster) {
        if (findings.hasErrors()) return;
        for (var policy : roster.policies().values()) {
            var approvers = roster.persons(policy.approvers());
            // Without people, "everyone" is the one who runs the service.
            int there = roster.people().isEmpty() ? 1 : approvers.size();
            if (there >= policy.quorum()) continue;
            var key = policy.quorum() > 1 ? "quorum" : "approvers";
            findings.add(
                    POLICY_UNMEETABLE,
                    placed.at(List.of("policies", policy.name(), key)),
                    "%s needs %d, and %s"
                            .formatted(policy.name(), policy.quorum(), only(roster, approvers)),
                    "add people, or ask for fewer");
        }
    }

    private static String only(Roster roster, Set<String> approvers) {
        if (roster.people().isEmpty()) return "there is only the one who runs the service";
        if (approvers.isEmpty()) return "nobody is in it";
        return "there is only " + String.join(", ", approvers);
    }
}
