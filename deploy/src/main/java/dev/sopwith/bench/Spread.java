package dev.sopwith.bench;

import java.util.Collection;

/**
 * What is kept of many times: the middle and how far the others lie from it. No mean and no
 * extremes, because one pause of the machine decides those.
 *
 * @param lower a quarter of the times are below it
 * @param upper a quarter of the times are above it
 * @param count how many times there were
 */
record Spread(long median, long lower, long upper, int count) {

    /**
     * @param nanos at least one time
     */
    static Spread of(Collection<Long> nanos) {
        if (nanos.isEmpty()) throw new IllegalArgumentException("nothing was measured");
        var sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Spread(at(sorted, 0.5), at(sorted, 0.25), at(sorted, 0.75), sorted.length);
    }

    /** Between two times it takes the part that lies between them. */
    private static long at(long[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return Math.round(sorted[below] + (place - below) * (sorted[above] - sorted[below]));
    }
}
