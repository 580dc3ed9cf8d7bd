package dev.sopwith.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that somebody may have meant who wrote another one. */
final class Similar {
    private static final int NAMES_MAX = 3;

    private Similar() {}

    /** The closest names first, at most three; none when nothing is close. */
    static List<String> to(String wanted, Collection<String> names) {
        record Candidate(String name, int distance) {}
        var word = wanted.toLowerCase(Locale.ROOT);
        int distanceMax = Math.max(1, word.length() / 3);
        return names.stream()
                .map(name -> new Candidate(name, distance(word, name.toLowerCase(Locale.ROOT))))
                .filter(c -> c.distance() <= distanceMax || isPartOf(word, c.name()))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name)
                .distinct()
                .limit(NAMES_MAX)
                .toList();
    }

    private static boolean isPartOf(String word, String name) {
        return word.length() >= 3 && name.toLowerCase(Locale.ROOT).contains(word);
    }

    /** Letters to insert, drop, replace or swap with a neighbour. */
    static int distance(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) cost[i][0] = i;
        for (int j = 0; j <= to.length(); j++) cost[0][j] = j;
        for (int i = 1; i <= from.length(); i++) {
            for (int j = 1; j <= to.length(); j++) {
                boolean equal = from.charAt(i - 1) == to.charAt(j - 1);
                int best = cost[i - 1][j - 1] + (equal ? 0 : 1);
                best = Math.min(best, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (isSwap(from, i, to, j)) best = Math.min(best, cost[i - 2][j - 2] + 1);
                cost[i][j] = best;
            }
        }
        return cost[from.length()][to.length()];
    }

    private static boolean isSwap(String from, int i, String to, int j) {
        return i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
    }
}
