package dev.sopwith.engine.runtime;

import dev.sopwith.engine.store.Gates;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * One-time codes of gates: short enough to be typed, without letters that look like others, and
 * unique among open gates.
 */
public final class Codes {
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 5;
    private static final int ATTEMPTS_MAX = 100;
    private static final Pattern FORM =
            Pattern.compile("[%s]{%d}".formatted(LETTERS, LENGTH), Pattern.CASE_INSENSITIVE);

    private final RandomGenerator random;

    Codes(RandomGenerator random) {
        this.random = random;
    }

    /** Whether this looks like a code, typed in any case. */
    public static boolean isCode(String word) {
        return FORM.matcher(word).matches();
    }

    String next(Gates gates) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var code = new StringBuilder();
            for (int i = 0; i < LENGTH; i++) {
                code.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            if (gates.openByCode(code.toString()).isEmpty()) return code.toString();
        }
        throw new IllegalStateException("no code of %d letters is free".formatted(LENGTH));
    }
}
