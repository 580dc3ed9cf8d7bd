package dev.sopwith.engine.library;

import dev.sopwith.engine.library.SopSet.Broken;
import dev.sopwith.engine.library.SopSet.Entry;
import dev.sopwith.engine.library.SopSet.Loaded;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells two sets apart. Pure: the same two sets always give the same events. */
final class SopChanges {
    private SopChanges() {}

    /**
     * What leads from one set to the next: one event for each folder that is different. Removals
     * come first, so that a folder that was renamed does not end as removed.
     */
    static List<SopEvent> between(SopSet before, SopSet now) {
        var events = new ArrayList<SopEvent>();
        if (!now.problem().equals(before.problem())) {
            events.add(
                    now.problem()
                            .<SopEvent>map(SopEvent.Lost::new)
                            .orElseGet(SopEvent.Regained::new));
        }
        for (var entry : before.entries().values()) {
            if (!now.entries().containsKey(entry.folder())) events.add(new SopEvent.Removed(entry));
        }
        for (var entry : now.entries().values()) {
            var old = Optional.ofNullable(before.entries().get(entry.folder()));
            events.addAll(old.map(was -> between(was, entry)).orElseGet(() -> appeared(entry)));
        }
        return events;
    }

    private static List<SopEvent> appeared(Entry entry) {
        return switch (entry) {
            case Loaded now -> List.of(new SopEvent.Added(now));
            case Broken now -> List.of(new SopEvent.Broke(now));
        };
    }

    private static List<SopEvent> between(Entry before, Entry now) {
        return switch (new Pair(before, now)) {
            case Pair(Loaded was, Loaded is) ->
                    was.digest().equals(is.digest())
                            ? List.of()
                            : List.of(new SopEvent.Changed(was, is));
            case Pair(Loaded _, Broken is) -> List.of(new SopEvent.Broke(is));
            case Pair(Broken was, Loaded is) -> List.of(new SopEvent.Recovered(was.lastGood(), is));
            case Pair(Broken was, Broken is) ->
                    was.diagnostics().equals(is.diagnostics())
                            ? List.of()
                            : List.of(new SopEvent.Broke(is));
        };
    }

    /** What a folder held and holds. */
    private record Pair(Entry before, Entry now) {}
}
