package dev.sopwith.engine.store;

import dev.sopwith.engine.sop.Hashing;
import dev.sopwith.engine.store.Runs.EventRow;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The audit trail: one chain of hashes over all events of runs and everything else on record. */
public interface Trail {
    /** The kind of the row that announces an erasure; its own body is never erased. */
    String RETENTION = "retention";

    /** The kind of the first row after a restore. */
    String RESTORE = "restore";

    /** The last link, or {@link Head#START}. */
    Head head();

    /**
     * The rows that follow a position, with their bodies.
     *
     * @param position {@link Long#MIN_VALUE} begins before anything that could be there
     */
    List<Entry> after(long position, int max);

    /** All rows about a run, by position. */
    List<Entry> ofRun(long run);

    /** All rows of this kind, by position. */
    List<Entry> ofKind(String kind);

    /** Events and bodies that no link vouches for: there are none unless someone added them. */
    List<Stray> strays();

    /** The body of the row that announces an erasure of all that is older. */
    static String retentionBody(long before) {
        return "{\"before\":" + before + "}";
    }

    /** What {@link #retentionBody} was given; of any other text a time before all others. */
    static long retentionLimit(String body) {
        var text = body.replaceFirst("^\\{\"before\":(-?\\d{1,18})\\}$", "$1");
        return text.equals(body) ? Long.MIN_VALUE : Long.parseLong(text);
    }

    /**
     * Up to where the chain goes. Kept outside, it shows later whether the tail was cut off.
     *
     * @param hash 64 hex digits
     */
    record Head(long position, String hash) {
        public static final Head START = new Head(0, "0".repeat(64));
    }

    /**
     * A link and what it vouches for.
     *
     * @param body empty when it was erased
     * @param event for a link that has a {@code seq}: the event it stands for
     */
    record Entry(Link link, Optional<Body> body, Optional<EventRow> event) {}

    /**
     * Something beside the chain.
     *
     * @param position empty for an event, which has none of its own
     */
    record Stray(OptionalLong position, String what) {}

    /** What a work may do to the trail: only add. */
    interface Writable extends Trail {
        /**
         * Chains a fact that is no event of a run: a refusal, an outcome, a configuration.
         *
         * @param kind a word
         * @param json the body, which obeys retention
         */
        Link append(long at, String kind, String json);

        /** The same about a run. */
        Link append(long at, String kind, long run, String json);
    }

    /**
     * One row of the chain.
     *
     * @param position from 1, without gaps
     * @param kind for events of runs their type, else a word in lower case
     * @param seq of the event; empty for everything else
     * @param bodyHash see {@link Body#hash}
     * @param prev hash of the row before
     * @param hash over all of the above, see {@link #computedHash}
     */
    record Link(
            long position,
            long at,
            String kind,
            OptionalLong run,
            OptionalInt seq,
            String bodyHash,
            String prev,
            String hash) {

        /** The link that follows {@code head}. */
        public static Link after(
                Head head, long at, String kind, OptionalLong run, OptionalInt seq, Body body) {
            var open =
                    new Link(head.position() + 1, at, kind, run, seq, body.hash(), head.hash(), "");
            return new Link(
                    open.position,
                    at,
                    kind,
                    run,
                    seq,
                    open.bodyHash,
                    open.prev,
                    open.computedHash());
        }

        public Head head() {
            return new Head(position, hash);
        }

        /**
         * SHA-256, as 64 hex digits, over: prev (32 bytes), position, at (8 bytes each,
         * big-endian), length of the kind in UTF-8 (8 bytes), kind, run (1 and 8 bytes, or 0), seq
         * (1 and 8 bytes, or 0), body hash (32 bytes).
         */
        public String computedHash() {
            var hash = new Hashing().hex(prev).number(position).number(at).text(kind);
            run.ifPresentOrElse(it -> hash.flag(true).number(it), () -> hash.flag(false));
            seq.ifPresentOrElse(it -> hash.flag(true).number(it), () -> hash.flag(false));
            return hash.hex(bodyHash).digest();
        }
    }

    /**
     * What a link vouches for.
     *
     * @param salt 32 random hex digits, erased with the text: without it a short text could be
     *     guessed from its hash for ever
     */
    record Body(String salt, String text) {
        /** SHA-256 over the length of each part in UTF-8 (8 bytes, big-endian) and the part. */
        public String hash() {
            return new Hashing().text(salt).text(text).digest();
        }
    }
}
