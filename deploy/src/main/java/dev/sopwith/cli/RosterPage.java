package dev.sopwith.cli;

import dev.sopwith.engine.roster.ConnectorSettings;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.Policy;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.secret.SecretSources;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A roster as the service understands it: defaults filled in, secrets masked. */
final class RosterPage {
    private final List<String> lines = new ArrayList<>();
    private final Roster roster;
    private final SecretSources secrets;

    private RosterPage(Roster roster, SecretSources secrets) {
        this.roster = roster;
        this.secrets = secrets;
    }

    /** {@return its lines} */
    static List<String> lines(Roster roster, SecretSources secrets) {
        var page = new RosterPage(roster, secrets);
        page.write();
        return page.lines;
    }

    private void write() {
        lines.add("digest: " + roster.digest());
        lines.add("single_operator: " + roster.singleOperator());
        heading("connectors");
        roster.connectors().forEach(it -> lines.add("  " + connector(it)));
        heading("people");
        roster.people()
                .forEach(
                        (name, it) -> lines.add("  %s: %s".formatted(name, join(it.identities()))));
        heading("groups");
        roster.groups().forEach((name, it) -> lines.add("  %s: %s".formatted(name, join(it))));
        heading("access, the first that fits");
        for (var rule : roster.access()) {
            lines.add(
                    "  %s: see %s; run %s; operate %s"
                            .formatted(
                                    rule.sops(),
                                    join(rule.see()),
                                    join(rule.run()),
                                    join(rule.operate().orElse(rule.run()))));
        }
        heading("policies");
        roster.policies().values().forEach(it -> lines.add("  " + policy(it)));
        heading("require, all that fit");
        for (var floor : roster.floors()) {
            var demands = new ArrayList<String>();
            floor.priority().ifPresent(it -> demands.add("priority " + word(it)));
            floor.mode().ifPresent(it -> demands.add("mode " + word(it)));
            floor.policy().ifPresent(it -> demands.add("policy " + it));
            lines.add("  %s: %s".formatted(floor.sops(), String.join(", ", demands)));
        }
        heading("routes, the first that fits");
        roster.routes().forEach(it -> lines.add("  %s: %s".formatted(it.sops(), join(it.to()))));
        heading("secrets");
        for (var grant : roster.secrets().values()) {
            var value = secrets.find(grant.name()).map(Object::toString).orElse("(not set)");
            lines.add("  %s: %s for %s".formatted(grant.name(), value, join(grant.sops())));
        }
        roster.ingress().http().ifPresent(this::webhooks);
        var engine = roster.engine();
        heading("engine");
        lines.add("  timezone: " + engine.timezone());
        lines.add("  default_execution_mode: " + word(engine.defaultMode()));
        lines.add("  max_concurrent_total: " + engine.maxConcurrentTotal());
        lines.add("  max_queued: " + engine.maxQueued());
        lines.add("  step_timeout: " + engine.stepTimeout().toSeconds() + "s");
        lines.add("  pass_env: " + join(engine.passEnv()));
        lines.add("  run_as: " + engine.runAs().orElse("(the service's own user)"));
    }

    private void webhooks(IngressSettings.Http http) {
        heading("webhooks");
        lines.add("  listen: " + http.listen());
        lines.add("  observe: " + http.observe());
        lines.add("  requests_per_minute: " + http.requestsPerMinute());
        http.owners()
                .forEach(
                        (name, owners) -> {
                            var value =
                                    secrets.find(name).map(Object::toString).orElse("(not set)");
                            lines.add(
                                    "  %s: %s, owned by %s (%s)"
                                            .formatted(
                                                    name,
                                                    value,
                                                    join(owners),
                                                    join(roster.persons(owners))));
                        });
    }

    private void heading(String text) {
        lines.add(text + ":");
    }

    private static String connector(ConnectorSettings connector) {
        var settings =
                connector.settings().entrySet().stream()
                        .map(it -> it.getKey() + " " + it.getValue())
                        .collect(Collectors.joining(", "));
        var roles =
                connector.roles().entrySet().stream()
                        .map(it -> "role %s for %s".formatted(it.getKey(), it.getValue()))
                        .collect(Collectors.joining(", "));
        return Stream.of("%s: %s".formatted(connector.name(), connector.kind()), settings, roles)
                .filter(it -> !it.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private String policy(Policy policy) {
        var text =
                "%s: %d of %s (%s); exclude_initiator %s; assurance %s; ttl %ds"
                        .formatted(
                                policy.name(),
                                policy.quorum(),
                                join(policy.approvers()),
                                join(roster.persons(policy.approvers())),
                                policy.excludeInitiator()
                                        .map(Object::toString)
                                        .orElse("for high and critical"),
                                policy.assurance()
                                        .map(RosterPage::word)
                                        .orElse("click, typed for critical"),
                                policy.ttl().toSeconds());
        return policy.escalateTo().map(it -> text + ", then " + join(it)).orElse(text);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String join(Iterable<?> things) {
        var texts = new ArrayList<String>();
        things.forEach(it -> texts.add(it instanceof Identity id ? id.toString() : "" + it));
        return texts.isEmpty() ? "(none)" : String.join(" ", texts);
    }
}
