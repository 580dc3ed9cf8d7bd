package dev.sopwith.engine.runtime;

import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.ServiceVariables;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretSources;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What the roster grants to steps, from the service's own environment.
 *
 * <p>Threading: safe from any thread.
 */
public final class RosterWorld implements StepWorld {
    private final Supplier<Roster> roster;
    private final Map<String, String> environment;
    private final SecretSources secrets;

    /** What this roster grants of this environment. */
    public RosterWorld(Supplier<Roster> roster, Map<String, String> environment) {
        this.roster = roster;
        this.environment = Map.copyOf(environment);
        this.secrets = new SecretSources(environment);
    }

    @Override
    public Optional<Secret> secret(String sop, String name) {
        boolean granted = roster.get().grants(name, sop) && !isRefused(name);
        return granted ? secrets.find(name) : Optional.empty();
    }

    @Override
    public Map<String, String> passEnv() {
        var now = roster.get();
        var passed = new TreeMap<String, String>();
        for (var name : now.engine().passEnv()) {
            var value = environment.get(name);
            boolean kept = isRefused(name) || now.secrets().containsKey(name);
            if (value != null && !kept) passed.put(name, value);
        }
        return Map.copyOf(passed);
    }

    @Override
    public Optional<String> runAs() {
        return roster.get().engine().runAs();
    }

    /** The reader refuses these too; here nothing depends on that. */
    private static boolean isRefused(String name) {
        return ServiceVariables.refusal(name).isPresent();
    }
}
