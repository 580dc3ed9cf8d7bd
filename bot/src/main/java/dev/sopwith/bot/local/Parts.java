package dev.sopwith.bot.local;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Bytes in, parts of text out: each small enough for a line of the {@link Wire}, none of them
 * ending within a character. What is no UTF-8 arrives as U+FFFD.
 *
 * <p>Threading: one thread. Closing it hands on the rest.
 */
final class Parts extends OutputStream {
    /** Characters of a part; JSON may need six bytes for each of them. */
    static final int PART_MAX = 64 * 1024;

    private final Consumer<String> parts;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer bytes = ByteBuffer.allocate(PART_MAX);
    private final CharBuffer text = CharBuffer.allocate(PART_MAX + 2);

    /**
     * @param parts hears each part, in order
     */
    Parts(Consumer<String> parts) {
        this.parts = parts;
    }

    @Override
    public void write(int next) {
        write(new byte[] {(byte) next}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        int done = 0;
        while (done < length) {
            int some = Math.min(bytes.remaining(), length - done);
            bytes.put(from, offset + done, some);
            done += some;
            if (!bytes.hasRemaining()) hand(false);
        }
    }

    private void hand(boolean isEnd) {
        bytes.flip();
        var _ = decoder.decode(bytes, text, isEnd);
        bytes.compact();
        if (isEnd) {
            var _ = decoder.flush(text);
        }
        text.flip();
        if (text.hasRemaining()) parts.accept(text.toString());
        text.clear();
    }

    @Override
    public void close() {
        hand(true);
    }
}
