package dev.sopwith.engine.expression;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The rule for names the format does not know (FORMAT, introduction): a typo is an error, a foreign
 * word a warning. Case, {@code -} and {@code _} make no difference at all.
 */
public final class Words {

    private static final int LONG_WORD = 6;

    private Words() {}

    /**
     * {@return the name without what makes no difference: {@code Max-Concurrent} and {@code
     * max_concurrent} are both {@code maxconcurrent}}
     */
    public static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /**
     * {@return the known name that is meant when nothing but case, {@code -} and {@code _} differ}
     */
    public static Optional<String> known(String name, Collection<String> names) {
        var plain = plain(name);
        return names.stream().filter(known -> plain(known).equals(plain)).findFirst();
    }

    /**
     * The known name that this one is a typo of: edit distance 1, or 2 when the known name has more
     * than five letters. The nearest wins.
     */
    public static Optional<String> typoOf(String name, Collection<String> names) {
        var plain = plain(name);
        Optional<String> nearest = Optional.empty();
        int least = Integer.MAX_VALUE;
        for (String known : names) {
            var wanted = plain(known);
            int limit = wanted.length() >= LONG_WORD ? 2 : 1;
            int distance = distance(plain, wanted, limit);
            if (distance <= limit && distance < least) {
                least = distance;
                nearest = Optional.of(known);
            }
        }
        return nearest;
    }

    /**
     * The name to suggest to somebody who wrote another one: more generous than {@link #typoOf},
     * because a suggestion decides nothing. Two letters swapped are one slip here.
     */
    public static Optional<String> suggestion(String name, Collection<String> names) {
        var plain = plain(name);
        Optional<String> nearest = Optional.empty();
        int least = Math.max(1, plain.length() / 3) + 1;
        for (String known : names) {
            var wanted = plain(known);
            int distance = wanted.startsWith(plain) && plain.length() > 1 ? 1 : least;
            distance = Math.min(distance, distance(plain, wanted, least, 1));
            if (distance < least) {
                least = distance;
                nearest = Optional.of(known);
            }
        }
        return nearest;
    }

    /**
     * {@return "did you mean `x`" for the nearest of the names, or all of them when none is near}
     */
    public static String meant(String name, List<String> names) {
        return suggestion(name, names)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElseGet(() -> "known: " + String.join(", ", names));
    }

    /** Whether a name is a known one with two neighbouring letters swapped: {@code knid}. */
    public static boolean isSwapOf(String name, String known) {
        return distance(plain(name), plain(known), 2, 1) == 1
                && distance(plain(name), plain(known), 2) == 2;
    }

    /** The Levenshtein distance, or anything above {@code limit} as soon as that is certain. */
    static int distance(String one, String other, int limit) {
        return distance(one, other, limit, 2);
    }

    /**
     * @param swap what two neighbouring letters in turned order count; each other edit counts one
     */
    private static int distance(String one, String other, int limit, int swap) {
        if (Math.abs(one.length() - other.length()) > limit) return limit + 1;
        int[] twoAbove = new int[other.length() + 1];
        int[] above = new int[other.length() + 1];
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) above[j] = j;
        for (int i = 1; i <= one.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(above[j - 1] + change, 1 + Math.min(above[j], row[j - 1]));
                if (areSwapped(one, i, other, j)) {
                    row[j] = Math.min(row[j], swap + twoAbove[j - 2]);
                }
            }
            int[] free = twoAbove;
            twoAbove = above;
            above = row;
            row = free;
        }
        return above[other.length()];
    }

    /** Whether the two letters before these ends are the same in turned order. */
    private static boolean areSwapped(String one, int oneEnd, String other, int otherEnd) {
        return oneEnd > 1
                && otherEnd > 1
                && one.charAt(oneEnd - 1) == other.charAt(otherEnd - 2)
                && one.charAt(oneEnd - 2) == other.charAt(otherEnd - 1);
    }
}
