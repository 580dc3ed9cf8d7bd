package dev.sopwith.bot.discord;

import java.time.Instant;

/** The numbers of Discord: they grow with the time at which they were given. Pure. */
final class Snowflake {
    private static final long EPOCH = 1_420_070_400_000L;
    private static final int TIME_SHIFT = 22;

    private Snowflake() {}

    /** When it was given. */
    static Instant time(long id) {
        return Instant.ofEpochMilli((id >>> TIME_SHIFT) + EPOCH);
    }

    /** The number before all that are given from this moment on. */
    static long at(Instant time) {
        return Math.max(0, time.toEpochMilli() - EPOCH) << TIME_SHIFT;
    }

    /** The number before all that were given so long after this one; negative is before it. */
    static long after(long id, long millis) {
        return Math.max(0, id + (millis << TIME_SHIFT));
    }

    /** One that is a number, as all are; 0 of what is none. */
    static long parse(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
