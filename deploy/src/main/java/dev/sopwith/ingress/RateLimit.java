package dev.sopwith.ingress;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How much each source may send: so many at once, and then as they are due.
 *
 * <p>Of the sources only the {@value #SOURCES_MAX} that were heard last are known: more would be a
 * way to fill the memory.
 *
 * <p>Threading: safe from any thread.
 */
final class RateLimit {
    private static final int SOURCES_MAX = 10_000;
    private static final double NANOS_PER_MINUTE = Duration.ofMinutes(1).toNanos();

    private final int atOnce;
    private final int perMinute;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = // guarded by this
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                    return size() > SOURCES_MAX;
                }
            };

    /** What a source may still send, as it was at some moment. */
    private record Bucket(double left, long at) {}

    /**
     * @param nanos a clock that never goes back
     */
    RateLimit(int atOnce, int perMinute, LongSupplier nanos) {
        this.atOnce = atOnce;
        this.perMinute = perMinute;
        this.nanos = nanos;
    }

    /** Counts one more of this source; when it is too much, says how long to wait. */
    synchronized Optional<Duration> take(String source) {
        long now = nanos.getAsLong();
        var before = buckets.getOrDefault(source, new Bucket(atOnce, now));
        double due = (now - before.at()) / NANOS_PER_MINUTE * perMinute;
        double left = Math.min(atOnce, before.left() + due);
        if (left >= 1) {
            buckets.put(source, new Bucket(left - 1, now));
            return Optional.empty();
        }
        buckets.put(source, new Bucket(left, now));
        double wait = (1 - left) * NANOS_PER_MINUTE / perMinute;
        return Optional.of(Duration.ofNanos((long) Math.ceil(wait)));
    }
}
