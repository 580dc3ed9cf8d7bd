package dev.sopwith.engine.library;

import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.RosterChecks;
import dev.sopwith.engine.sop.Diagnostic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What there is to say about SOPs under the roster that holds: gates that nobody could clear,
 * brokers that it does not have, and the like. Looked at again for a SOP only when it or the roster
 * is another one.
 *
 * <p>Threading: safe from any thread.
 */
public final class RosterFindings {
    private final Supplier<Roster> roster;
    private final String shown;
    private final Map<SopSet.Loaded, List<Diagnostic>> known = new HashMap<>(); // guarded by this
    private String knownFor = ""; // digest of the roster, guarded by this
    private Set<Diagnostic> told = Set.of(); // guarded by this

    /**
     * @param roster with people in it: {@link Roster#withOperator}
     * @param shown how the folder of SOPs is named in messages
     */
    public RosterFindings(Supplier<Roster> roster, String shown) {
        this.roster = roster;
        this.shown = shown;
    }

    /** All there is to say about this SOP. */
    public synchronized List<Diagnostic> of(SopSet.Loaded sop) {
        var now = roster.get();
        if (!now.digest().equals(knownFor)) {
            known.clear();
            knownFor = now.digest();
        }
        return known.computeIfAbsent(
                sop,
                it -> {
                    var folder = "%s/%s".formatted(shown, it.folder());
                    var found =
                            new ArrayList<Diagnostic>(DeviceFindings.of(now.ingress(), it, folder));
                    found.addAll(new RosterChecks(now).check(it.sop(), folder));
                    return List.copyOf(found);
                });
    }

    /** What there is to say now and was not told before; from now on it has been. */
    public synchronized List<Diagnostic> untold(SopSet sops) {
        var all = new ArrayList<Diagnostic>();
        for (var sop : sops.runnable()) all.addAll(of(sop));
        known.keySet().retainAll(sops.runnable());
        var news = all.stream().filter(it -> !told.contains(it)).toList();
        told = new HashSet<>(all);
        return news;
    }
}
