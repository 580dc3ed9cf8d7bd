package dev.sopwith.engine.secret;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stream that hides known secrets. It reads along in several ways at once (see {@link
 * Unescaping}); a byte goes out as soon as no reading can make it part of a secret any more.
 */
final class NeedleMask extends OutputStream {
    private static final byte[] MASK = Masker.MASK.getBytes(StandardCharsets.US_ASCII);
    private static final int FLUSH_SIZE = 8 * 1024;

    /** More blanks in a row are no line end inside a Base64 text; this bounds what is held back. */
    private static final int BLANKS_MAX = 8;

    private final OutputStream target;
    private final List<Reading> readings = new ArrayList<>();
    private byte[] held = new byte[4 * FLUSH_SIZE];
    private boolean[] secret = new boolean[held.length]; // of held, by place
    private int count; // of held
    private long first; // where in the stream held begins
    private boolean inSecret; // whether the byte before held was hidden

    NeedleMask(Needles needles, OutputStream target) {
        this.target = target;
        for (var unescaping : Unescaping.values()) {
            readings.add(new Reading(needles.all(), unescaping, false));
        }
        readings.add(new Reading(needles.base64(), Unescaping.NONE, true));
    }

    @Override
    public void write(int b) throws IOException {
        if (count == held.length) makeRoom();
        held[count] = (byte) b;
        secret[count] = false;
        count++;
        long at = first + count - 1;
        for (var reading : readings) reading.read((byte) b, at);
        if (count % FLUSH_SIZE == 0) release(safe());
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) write(bytes[i]);
    }

    @Override
    public void flush() throws IOException {
        release(safe());
        target.flush();
    }

    @Override
    public void close() throws IOException {
        for (var reading : readings) reading.finish();
        release(count);
        target.close();
    }

    private void makeRoom() throws IOException {
        release(safe());
        if (count < held.length) return;
        held = Arrays.copyOf(held, held.length * 2);
        secret = Arrays.copyOf(secret, held.length);
    }

    /** How many of the held bytes no reading wants back. */
    private int safe() {
        long safe = first + count;
        for (var reading : readings) safe = Math.min(safe, reading.wants());
        return (int) (safe - first);
    }

    private void release(int bytes) throws IOException {
        int at = 0;
        while (at < bytes) {
            int start = at;
            boolean hidden = secret[at];
            while (at < bytes && secret[at] == hidden) at++;
            if (!hidden) target.write(held, start, at - start);
            else if (!inSecret) target.write(MASK);
            inSecret = hidden;
        }
        System.arraycopy(held, bytes, held, 0, count - bytes);
        System.arraycopy(secret, bytes, secret, 0, count - bytes);
        count -= bytes;
        first += bytes;
    }

    private void hide(long from, long to) {
        for (long at = Math.max(from, first); at < to; at++) secret[(int) (at - first)] = true;
    }

    /** One way to read what is written. Knows where in the stream each byte it read came from. */
    private final class Reading {
        private final ByteAutomaton automaton;
        private final Unescaping unescaping;
        private final boolean skipsBlanks;
        private final byte[] waiting = new byte[Unescaping.ESCAPE_MAX];
        private final byte[] resolved = new byte[4];
        private final long[] starts; // of the last bytes read, in a ring
        private int waitingCount;
        private int blanks;
        private long end; // of what was read, in the stream
        private long symbols;
        private long hiddenFrom;
        private long hiddenTo;
        private int node;

        Reading(ByteAutomaton automaton, Unescaping unescaping, boolean skipsBlanks) {
            this.automaton = automaton;
            this.unescaping = unescaping;
            this.skipsBlanks = skipsBlanks;
            this.starts = new long[automaton.lengthMax() + 1];
        }

        void read(byte b, long at) {
            if (skipsBlanks && (b == '\n' || b == '\r' || b == ' ' || b == '\t')) {
                if (++blanks > BLANKS_MAX) node = 0;
                return;
            }
            blanks = 0;
            waiting[waitingCount++] = b;
            while (waitingCount > 0) {
                int length = unescaping.resolve(waiting, waitingCount, resolved);
                if (length == Unescaping.MORE) return;
                if (length == Unescaping.LITERAL) {
                    takeLiteral(at);
                } else {
                    long start = at - waitingCount + 1;
                    for (int i = 0; i < length; i++) symbol(resolved[i], start, at + 1);
                    waitingCount = 0;
                }
            }
        }

        void finish() {
            while (waitingCount > 0) takeLiteral(first + count - 1);
        }

        /** The first place in the stream that may still turn out to be part of a secret. */
        long wants() {
            long from = first + count - waitingCount;
            int depth = automaton.depth(node);
            return depth == 0 ? from : Math.min(from, starts[ring(symbols - depth)]);
        }

        private void takeLiteral(long at) {
            long start = at - waitingCount + 1;
            symbol(waiting[0], start, start + 1);
            waitingCount--;
            System.arraycopy(waiting, 1, waiting, 0, waitingCount);
        }

        private void symbol(byte b, long start, long end) {
            starts[ring(symbols++)] = start;
            this.end = end;
            node = automaton.step(node, b);
            int found = automaton.found(node);
            if (found > 0) found(starts[ring(symbols - found)]);
        }

        /** Secrets may overlap, at every byte: a place that is hidden is not hidden again. */
        private void found(long start) {
            boolean overlaps = start >= hiddenFrom && start <= hiddenTo;
            hide(overlaps ? hiddenTo : start, end);
            if (!overlaps) hiddenFrom = start;
            hiddenTo = end;
        }

        private int ring(long symbol) {
            return (int) (symbol % starts.length);
        }
    }
}
