package dev.sopwith.ingress;

import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.Credential;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which SOPs listen at which path.
 *
 * <p>Threading: immutable; a changed set of SOPs gets a new one.
 */
final class WebhookPaths {
    private final SopSet sops;
    private final SortedMap<String, List<Listening>> byPath = new TreeMap<>();

    /** A SOP and one of its webhooks. */
    record Listening(Sop sop, Trigger.Webhook webhook) {}

    WebhookPaths(SopSet sops) {
        this.sops = sops;
        for (var loaded : sops.runnable()) {
            for (var trigger : loaded.sop().triggers()) {
                if (!(trigger instanceof Trigger.Webhook webhook)) continue;
                byPath.computeIfAbsent(webhook.path(), _ -> new ArrayList<>())
                        .add(new Listening(loaded.sop(), webhook));
            }
        }
    }

    boolean isOf(SopSet other) {
        return sops == other;
    }

    /** Who listens at exactly this path. */
    List<Listening> at(String path) {
        return byPath.getOrDefault(path, List.of());
    }

    /** The path that somebody meant who wrote another one. */
    Optional<String> near(String path) {
        return Words.suggestion(path, byPath.keySet());
    }

    int count() {
        return byPath.size();
    }

    /** What the webhooks of these ask for. */
    static Set<Credential> credentials(List<Listening> listening) {
        var credentials = new LinkedHashSet<Credential>();
        for (var it : listening) credentials.add(it.webhook().credential());
        return credentials;
    }

    /**
     * Whom each credential starts, by name of the variable; those without a secret are left out.
     */
    SortedMap<String, Set<String>> sopsByVariable() {
        var sops = new TreeMap<String, Set<String>>();
        for (var all : byPath.values()) {
            for (var it : all) {
                var variable = it.webhook().credential().variable();
                if (variable.isEmpty()) continue;
                sops.computeIfAbsent(variable, _ -> new LinkedHashSet<>()).add(it.sop().name());
            }
        }
        return sops;
    }
}
