package dev.sopwith.engine.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The chain in maps. */
final class MemoryTrail implements Trail.Writable {
    private final TreeMap<Long, Link> links = new TreeMap<>();
    private final TreeMap<Long, Body> bodies = new TreeMap<>();
    private final UndoLog undo;
    private final Salt salt;
    private final MemoryRuns runs;

    MemoryTrail(UndoLog undo, Salt salt, MemoryRuns runs) {
        this.undo = undo;
        this.salt = salt;
        this.runs = runs;
    }

    @Override
    public Link append(long at, String kind, String json) {
        return append(at, kind, OptionalLong.empty(), json);
    }

    @Override
    public Link append(long at, String kind, long run, String json) {
        return append(at, kind, OptionalLong.of(run), json);
    }

    private Link append(long at, String kind, OptionalLong run, String json) {
        var body = salt.body(json);
        var link = chain(at, kind, run, OptionalInt.empty(), body);
        undo.put(bodies, link.position(), body);
        return link;
    }

    Link chain(long at, String kind, OptionalLong run, OptionalInt seq, Body body) {
        var link = Link.after(head(), at, kind, run, seq, body);
        undo.put(links, link.position(), link);
        return link;
    }

    int erase(long before, int rowsMax) {
        var old = bodies.keySet().stream().filter(it -> goes(it, before)).limit(rowsMax).toList();
        old.forEach(position -> undo.remove(bodies, position));
        return old.size();
    }

    private boolean goes(long position, long before) {
        var link = links.get(position);
        return link != null
                && link.at() < before
                && !link.kind().equals(RETENTION)
                && (link.run().isEmpty() || runs.isOver(link.run().getAsLong(), before));
    }

    @Override
    public Head head() {
        return links.isEmpty() ? Head.START : links.lastEntry().getValue().head();
    }

    @Override
    public List<Entry> after(long position, int max) {
        return links.tailMap(position, false).values().stream()
                .limit(max)
                .map(this::entry)
                .toList();
    }

    @Override
    public List<Entry> ofRun(long run) {
        return those(link -> link.run().equals(OptionalLong.of(run)));
    }

    @Override
    public List<Entry> ofKind(String kind) {
        return those(link -> link.kind().equals(kind));
    }

    private List<Entry> those(Predicate<Link> wanted) {
        return links.values().stream().filter(wanted).map(this::entry).toList();
    }

    /** {@inheritDoc} Nobody can reach into these maps. */
    @Override
    public List<Stray> strays() {
        return List.of();
    }

    private Entry entry(Link link) {
        if (link.seq().isEmpty()) {
            return new Entry(
                    link, Optional.ofNullable(bodies.get(link.position())), Optional.empty());
        }
        var stored = runs.stored(link.run().orElseThrow(), link.seq().getAsInt());
        return new Entry(
                link,
                stored.flatMap(it -> it.event().json().map(json -> new Body(it.salt(), json))),
                stored.map(MemoryRuns.Stored::event));
    }
}
