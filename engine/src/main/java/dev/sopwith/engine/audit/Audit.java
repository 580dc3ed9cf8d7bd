package dev.sopwith.engine.audit;

import dev.sopwith.engine.store.StoreView;
import dev.sopwith.engine.store.Trail.Head;

import java.util.Optional;

/**
 * Checks the chain of a store and exports what it says about a run.
 *
 * <p>What it finds: any row of the chain that was changed, removed, put in or moved, any event or
 * body that is not the one its row vouches for, and a body that is missing although no chained row
 * of retention covers its time. What it cannot find without a {@link Head} kept elsewhere: a tail
 * that was cut off, or rewritten with all hashes computed anew; there is no key in the chain.
 *
 * <p>Threading: call from any thread; a service may write meanwhile, each call sees one moment.
 */
public final class Audit {
    private final StoreView store;

    public Audit(StoreView store) {
        this.store = store;
    }

    /**
     * What came out of a check.
     *
     * @param rows how many are in order, up to the first finding
     * @param erased how many of these have lost their body to retention
     * @param head the last row in order: worth keeping elsewhere
     * @param finding the first row that is not in order
     */
    public record Report(long rows, long erased, Head head, Optional<Finding> finding) {}

    /**
     * A row that is not as it was written.
     *
     * @param position the first bad one; where a row is missing, its own; one behind the end, when
     *     the tail is missing or something was never chained
     */
    public record Finding(long position, String problem) {}

    /** Walks the whole chain. */
    public Report verify() {
        return verify(Head.START);
    }

    /** Walks the whole chain and asks that it contains a row that was noted elsewhere. */
    public Report verify(Head kept) {
        return store.read(reads -> new ChainWalk(reads.trail(), kept).report());
    }

    /**
     * Every row about a run as one JSON object a line, oldest first: {@code position}, {@code at},
     * {@code kind}, {@code run}, {@code seq}, {@code body_hash}, {@code prev}, {@code hash}, {@code
     * salt}, {@code body}. The last two are {@code null} when retention erased them; the body is
     * the exact text, as a string, so that its hash can be computed anew.
     */
    public String jsonLines(long run) {
        return store.read(reads -> JsonLines.of(reads.trail().ofRun(run)));
    }

    /**
     * The same for people, as Markdown; text from outside cannot become markup or mention anyone.
     */
    public String markdown(long run) {
        return store.read(
                reads -> MarkdownReport.of(run, reads.runs().find(run), reads.trail().ofRun(run)));
    }
}
