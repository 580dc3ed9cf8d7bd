package dev.sopwith.engine.secret;

import java.nio.charset.StandardCharsets;

/**
 * One way to read a stream: bytes as they are, or with the escapes of one notation resolved.
 * Secrets are looked for in each, so that it does not matter which characters an encoder chose to
 * escape.
 */
enum Unescaping {
    /** As it is. */
    NONE {
        @Override
        int resolve(byte[] waiting, int count, byte[] resolved) {
            return LITERAL;
        }
    },
    /** {@code %2F}; a plus is a plus. */
    PERCENT {
        @Override
        int resolve(byte[] waiting, int count, byte[] resolved) {
            if (waiting[0] != '%') return LITERAL;
            if (count == 1) return MORE;
            if (hex(waiting, 1, count) < 0) return LITERAL;
            if (count == 2) return MORE;
            resolved[0] = (byte) hex(waiting, 1, 3);
            return 1;
        }
    },
    /** As forms have it: a plus is a blank. */
    FORM {
        @Override
        int resolve(byte[] waiting, int count, byte[] resolved) {
            if (waiting[0] != '+') return PERCENT.resolve(waiting, count, resolved);
            resolved[0] = ' ';
            return 1;
        }
    },
    /** {@code \n}, {@code \"}, {@code \u00e9}. */
    JSON {
        @Override
        int resolve(byte[] waiting, int count, byte[] resolved) {
            if (waiting[0] != '\\') return LITERAL;
            if (count == 1) return MORE;
            if (waiting[1] == 'u') return unicode(waiting, count, resolved);
            int escape = "\"\\/bfnrt".indexOf(waiting[1]);
            if (escape < 0) return LITERAL;
            resolved[0] = (byte) "\"\\/\b\f\n\r\t".charAt(escape);
            return 1;
        }

        private int unicode(byte[] waiting, int count, byte[] resolved) {
            int first = hex(waiting, 2, Math.min(count, 6));
            if (first < 0) return LITERAL;
            if (count < 6) return MORE;
            if (!Character.isHighSurrogate((char) first)) {
                return encode(Character.toString((char) first), resolved);
            }
            if (count == 6) return MORE;
            if (waiting[6] != '\\') return LITERAL;
            if (count == 7) return MORE;
            if (waiting[7] != 'u') return LITERAL;
            int second = hex(waiting, 8, Math.min(count, 12));
            if (second < 0) return LITERAL;
            if (count < 12) return MORE;
            return encode(new String(new char[] {(char) first, (char) second}), resolved);
        }
    };

    /** The first byte that waits stands for itself. */
    static final int LITERAL = -1;

    /** What waits may become an escape. */
    static final int MORE = 0;

    /** The longest escape: two of {@code \ud83d}. */
    static final int ESCAPE_MAX = 12;

    /**
     * What the bytes that wait stand for.
     *
     * @return {@link #LITERAL}, {@link #MORE}, or how many bytes were put into {@code resolved}
     */
    abstract int resolve(byte[] waiting, int count, byte[] resolved);

    private static int encode(String text, byte[] resolved) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, resolved, 0, bytes.length);
        return bytes.length;
    }

    /** The number that these digits are, 0 when there are none, negative when one is none. */
    private static int hex(byte[] bytes, int start, int end) {
        int number = 0;
        for (int i = start; i < end; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) return -1;
            number = number * 16 + digit;
        }
        return number;
    }
}
