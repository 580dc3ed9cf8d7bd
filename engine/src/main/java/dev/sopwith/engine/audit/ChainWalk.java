package dev.sopwith.engine.audit;

import dev.sopwith.engine.audit.Audit.Finding;
import dev.sopwith.engine.audit.Audit.Report;
import dev.sopwith.engine.store.Runs.EventRow;
import dev.sopwith.engine.store.Trail;
import dev.sopwith.engine.store.Trail.Entry;
import dev.sopwith.engine.store.Trail.Head;
import dev.sopwith.engine.store.Trail.Link;

import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;

/** One walk along the chain, from its start to its end or to the first row that is wrong. */
final class ChainWalk {
    private static final int PAGE = 500;

    private final Trail trail;
    private final Head kept;
    private final Queue<Link> bare = new PriorityQueue<>(Comparator.comparingLong(Link::at));
    private Head head = Head.START;
    private long erased;

    ChainWalk(Trail trail, Head kept) {
        this.trail = trail;
        this.kept = kept;
    }

    Report report() {
        var inChain = walk();
        var stray = stray();
        var first = inChain.isEmpty() || before(stray, inChain) ? stray : inChain;
        return new Report(head.position(), erased, head, first);
    }

    private Optional<Finding> walk() {
        long from = Long.MIN_VALUE; // rows before the first would otherwise not be seen
        while (true) {
            var page = trail.after(from, PAGE);
            for (var entry : page) {
                var problem = problem(entry);
                if (problem.isPresent()) return problem;
                head = entry.link().head();
            }
            if (page.size() < PAGE) return cutOff().or(this::unannounced);
            from = head.position();
        }
    }

    private Optional<Finding> problem(Entry entry) {
        var link = entry.link();
        long expected = head.position() + 1;
        if (link.position() > expected) return found(expected, "the row is missing");
        if (link.position() < expected) return found(link, "the row was put in");
        if (!link.prev().equals(head.hash())) {
            return found(link, "the row does not follow the one before");
        }
        if (!link.hash().equals(link.computedHash())) return found(link, "the row was changed");
        if (link.position() == kept.position() && !link.hash().equals(kept.hash())) {
            return found(link, "the row is not the one that was noted elsewhere");
        }
        return contentProblem(entry);
    }

    private Optional<Finding> contentProblem(Entry entry) {
        var link = entry.link();
        if (link.seq().isPresent()) {
            var event = entry.event();
            if (event.isEmpty()) return found(link, "its event is missing");
            if (!isOf(event.get(), link)) return found(link, "its event was changed");
        }
        if (entry.body().isEmpty()) return bare(link);
        var body = entry.body().get();
        if (!body.hash().equals(link.bodyHash())) return found(link, "its body was changed");
        if (link.kind().equals(Trail.RETENTION)) announce(Trail.retentionLimit(body.text()));
        return Optional.empty();
    }

    /** A row without its body is in order if a later row announces the erasure. */
    private Optional<Finding> bare(Link link) {
        if (link.kind().equals(Trail.RETENTION)) return found(link, "its body is missing");
        bare.add(link);
        return Optional.empty();
    }

    private void announce(long limit) {
        for (var oldest = bare.peek();
                oldest != null && oldest.at() < limit;
                oldest = bare.peek()) {
            bare.remove();
            erased++;
        }
    }

    private Optional<Finding> unannounced() {
        return bare.stream()
                .min(Comparator.comparingLong(Link::position))
                .flatMap(link -> found(link, "its body is missing"));
    }

    private static boolean isOf(EventRow event, Link link) {
        return event.at() == link.at() && event.type().equals(link.kind());
    }

    private Optional<Finding> cutOff() {
        if (kept.position() <= head.position()) return Optional.empty();
        return found(
                head.position() + 1,
                "the tail is missing: row %d was noted elsewhere".formatted(kept.position()));
    }

    private Optional<Finding> stray() {
        return trail.strays().stream()
                .map(
                        stray ->
                                new Finding(
                                        stray.position().orElse(trail.head().position() + 1),
                                        stray.what() + " was put in that no row vouches for"))
                .min(Comparator.comparingLong(Finding::position));
    }

    private static boolean before(Optional<Finding> one, Optional<Finding> other) {
        return one.isPresent() && one.get().position() < other.orElseThrow().position();
    }

    private static Optional<Finding> found(Link link, String problem) {
        return found(link.position(), problem);
    }

    private static Optional<Finding> found(long position, String problem) {
        return Optional.of(new Finding(position, problem));
    }
}
