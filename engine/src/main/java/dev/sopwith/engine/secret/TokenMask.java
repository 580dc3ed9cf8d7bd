package dev.sopwith.engine.secret;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A stream that cuts down whatever {@link TokenScan} takes for a token, also across the borders of
 * writes. It looks at pieces of {@value #PIECE} bytes and holds back the end of each, so a token is
 * seen whole; of one that is longer than that, all is hidden that could belong to it.
 */
final class TokenMask extends OutputStream {
    private static final int PIECE = 32 * 1024;
    private static final int HELD_BACK = 4 * 1024;
    private static final byte[] MASK = TokenScan.MASK.getBytes(StandardCharsets.UTF_8);
    private static final Pattern KEY_END =
            Pattern.compile("-----END [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----");
    private static final int KEY_END_MAX = 128;

    private enum Inside {
        NOTHING,
        TOKEN,
        KEY
    }

    private final OutputStream target;
    private final byte[] piece = new byte[PIECE];
    private int count;
    private Inside inside = Inside.NOTHING;

    TokenMask(OutputStream target) {
        this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
        piece[count++] = (byte) b;
        if (count == PIECE) release(false);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int part = Math.min(length - done, PIECE - count);
            System.arraycopy(bytes, offset + done, piece, count, part);
            count += part;
            done += part;
            if (count == PIECE) release(false);
        }
    }

    @Override
    public void flush() throws IOException {
        target.flush();
    }

    @Override
    public void close() throws IOException {
        release(true);
        target.close();
    }

    private void release(boolean last) throws IOException {
        leaveWhatWasHidden(last);
        if (inside != Inside.NOTHING) return;
        var text = new String(piece, 0, count, StandardCharsets.ISO_8859_1); // one char a byte
        int end = last ? count : Math.max(text.lastIndexOf('\n') + 1, count - HELD_BACK);
        int done = 0;
        for (var span : TokenScan.spans(text)) {
            if (span.start() >= end) break;
            boolean open = span.end() == count && !last;
            boolean key = span.kind() == TokenScan.Kind.PRIVATE_KEY;
            if (open && !key && span.end() - span.start() <= 2 * HELD_BACK) {
                end = span.start(); // seen whole next time
                break;
            }
            target.write(piece, done, span.start() + TokenScan.SHOWN - done);
            target.write(MASK);
            done = span.end();
            if (open && !isClosedKey(key, text, span.start())) {
                inside = key ? Inside.KEY : Inside.TOKEN;
                keep(key ? Math.max(span.start() + TokenScan.SHOWN, count - KEY_END_MAX) : count);
                return;
            }
        }
        if (done < end) target.write(piece, done, end - done);
        keep(Math.max(done, end));
    }

    private static boolean isClosedKey(boolean key, String text, int start) {
        return key && KEY_END.matcher(text).region(start, text.length()).find();
    }

    /** Drops what belongs to a token or key that was begun in an earlier piece. */
    private void leaveWhatWasHidden(boolean last) {
        if (inside == Inside.TOKEN) {
            int end = 0;
            while (end < count && isTokenByte(piece[end])) end++;
            if (end < count || last) inside = Inside.NOTHING;
            keep(end);
        } else if (inside == Inside.KEY) {
            var text = new String(piece, 0, count, StandardCharsets.ISO_8859_1);
            var end = KEY_END.matcher(text);
            boolean ends = end.find();
            if (ends || last) inside = Inside.NOTHING;
            keep(ends ? end.end() : last ? count : Math.max(0, count - KEY_END_MAX));
        }
    }

    private void keep(int from) {
        byte[] rest = Arrays.copyOfRange(piece, from, count);
        System.arraycopy(rest, 0, piece, 0, rest.length);
        count = rest.length;
    }

    private static boolean isTokenByte(byte b) {
        return (b >= 'A' && b <= 'Z')
                || (b >= 'a' && b <= 'z')
                || (b >= '0' && b <= '9')
                || "+/=_.-".indexOf(b) >= 0;
    }
}
