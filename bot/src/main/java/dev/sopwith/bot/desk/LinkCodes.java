package dev.sopwith.bot.desk;

import dev.sopwith.engine.roster.Identity;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Codes that were shown to one account and prove, when another one enters them, that both are one
 * person's. Each counts once and for a short time; a restart forgets them, and a new one is asked
 * for.
 *
 * <p>Threading: safe from any thread.
 */
public final class LinkCodes {
    /** For how long a code counts. */
    static final Duration LIFE = Duration.ofMinutes(10);

    /** Wrong codes after which all that were shown are void: somebody guesses. */
    static final int MISSES_MAX = 20;

    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 10;

    private final RandomGenerator random;
    private final Map<Identity, Shown> shown = new HashMap<>(); // one an account, guarded by this
    private int misses; // guarded by this

    /**
     * @param random a secure one
     */
    public LinkCodes(RandomGenerator random) {
        this.random = random;
    }

    /**
     * A code that was shown.
     *
     * @param to the account that saw it
     */
    record Shown(String code, Identity to, String person, Instant until) {}

    /** A new code for this account; one that it was shown before counts no more. */
    synchronized Shown show(Speaker speaker, Instant now) {
        shown.values().removeIf(it -> !now.isBefore(it.until()));
        if (shown.isEmpty()) misses = 0;
        var code = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            code.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        var one = new Shown(code.toString(), speaker.identity(), speaker.person(), now.plus(LIFE));
        shown.put(speaker.identity(), one);
        return one;
    }

    /** Who was shown this code, if it counts; from now on it does not. */
    synchronized Optional<Shown> take(String code, Instant now) {
        var plain = code.toLowerCase(Locale.ROOT);
        var found =
                shown.values().stream()
                        .filter(it -> it.code().equals(plain) && now.isBefore(it.until()))
                        .findFirst();
        if (found.isPresent()) shown.remove(found.get().to());
        else if (++misses >= MISSES_MAX) shown.clear();
        return found;
    }
}
