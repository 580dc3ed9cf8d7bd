package dev.sopwith.app;

import dev.sopwith.engine.library.RosterFindings;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.ConnectorSettings;
import dev.sopwith.engine.sop.Diagnostic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What does not fit together while the service runs: SOPs and the roster, and connectors of the
 * roster that were not there when it started. Each is told once, and stands where people ask.
 *
 * <p>Threading: safe from any thread.
 */
final class Concerns {
    private final Optional<RosterFindings> findings;
    private final List<ConnectorSettings> started;
    private final Supplier<List<ConnectorSettings>> wanted;
    private final Consumer<String> told;
    private final List<Supplier<List<String>>> others = new CopyOnWriteArrayList<>();
    private final List<Supplier<List<String>>> shown = new CopyOnWriteArrayList<>();
    private volatile Supplier<Optional<SopSet>> sops = Optional::empty;
    private Set<String> notesTold = Set.of(); // guarded by this

    /**
     * @param findings none where no roster decides
     * @param wanted the connectors that the roster names now; at first those it starts with
     * @param told hears each once
     */
    Concerns(
            Optional<RosterFindings> findings,
            Supplier<List<ConnectorSettings>> wanted,
            Consumer<String> told) {
        this.findings = findings;
        this.started = wanted.get();
        this.wanted = wanted;
        this.told = told;
    }

    /** Something else that may have to be said. */
    void hear(Supplier<List<String>> notes) {
        others.add(notes);
    }

    /** Something that stands where people ask, and is told by somebody else. */
    void show(Supplier<List<String>> notes) {
        shown.add(notes);
    }

    /** Looks at these SOPs now, and whenever it is told to look. */
    void follow(Supplier<SopSet> sops) {
        this.sops = () -> Optional.of(sops.get());
        look();
    }

    /** SOPs or roster may be others. */
    void look() {
        var now = sops.get();
        if (now.isEmpty()) return;
        findings.ifPresent(it -> it.untold(now.get()).forEach(one -> told.accept(one.toString())));
        untoldNotes().forEach(told);
    }

    private synchronized List<String> untoldNotes() {
        var now = toTell();
        var news = now.stream().filter(it -> !notesTold.contains(it)).toList();
        notesTold = Set.copyOf(now);
        return news;
    }

    /** What there is to say about a SOP here. */
    List<Diagnostic> of(SopSet.Loaded sop) {
        return findings.map(it -> it.of(sop)).orElse(List.of());
    }

    /** What waits for a restart, and what keeps things from starting. */
    List<String> notes() {
        var notes = new ArrayList<String>();
        for (var one : shown) notes.addAll(one.get());
        notes.addAll(toTell());
        return notes;
    }

    private List<String> toTell() {
        var notes = new ArrayList<>(waiting());
        for (var other : others) notes.addAll(other.get());
        return notes;
    }

    private List<String> waiting() {
        var before = byName(started);
        var now = byName(wanted.get());
        var names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        var notes = new ArrayList<String>();
        for (var name : names) {
            var old = Optional.ofNullable(before.get(name));
            var fresh = Optional.ofNullable(now.get(name));
            if (old.equals(fresh)) continue;
            var what = old.isEmpty() ? "added" : fresh.isEmpty() ? "removed" : "changed";
            notes.add("connector %s: %s in the roster; needs a restart".formatted(name, what));
        }
        return notes;
    }

    private static Map<String, ConnectorSettings> byName(List<ConnectorSettings> connectors) {
        var byName = new LinkedHashMap<String, ConnectorSettings>();
        connectors.forEach(it -> byName.put(it.name(), it.withoutRoles()));
        return byName;
    }
}
