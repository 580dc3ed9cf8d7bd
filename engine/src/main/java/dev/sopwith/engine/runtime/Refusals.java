package dev.sopwith.engine.runtime;

import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Tx;

import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What people asked for and did not get, on the trail: who, what and why. Of one account no more
 * than {@value #MINUTE_MAX} in a minute, for whoever may do nothing must not be able to fill the
 * disk; the others are counted, and their number is on the trail when the minute is over.
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}; holds nothing itself.
 * Durable: the counts too, as a setting of the store.
 */
final class Refusals {
    /** Refusals of one account that are on the trail in full. */
    static final int MINUTE_MAX = 20;

    /** The kind of row with one of them. */
    static final String KIND = "refusal";

    /** The kind of row with the number of those that were only counted. */
    static final String COUNTED = "refusals counted";

    /** Accounts that are told apart in one minute. */
    static final int ACCOUNTS_MAX = 1_000;

    /** How the service is called that asks something itself. */
    static final String SERVICE = "service";

    private static final String OTHERS = "others";
    private static final String SETTING = "refusals";
    private static final int WHAT_MAX = 200;
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Refusals() {}

    /**
     * Something that was asked for.
     *
     * @param by the account
     * @param what in the words of whoever asked; cut when it is long
     * @param reason a word for programs
     * @param why for people
     */
    record Refused(
            Optional<RunId> run, String by, String what, String reason, String why, Instant at) {}

    /** How often each account was refused in one minute. */
    private record Minute(long number, TreeMap<String, Integer> counts) {}

    static void put(Tx tx, Refused refused) {
        // The service itself is no flood.
        boolean isInFull = refused.by().equals(SERVICE) || isInFull(tx, refused.by(), refused.at());
        if (!isInFull) return;
        var body =
                Json.object(
                        "command",
                        Excerpt.of(refused.what(), WHAT_MAX),
                        "by",
                        refused.by(),
                        "reason",
                        refused.reason(),
                        "text",
                        refused.why());
        long at = refused.at().toEpochMilli();
        if (refused.run().isPresent()) {
            tx.trail().append(at, KIND, refused.run().get().number(), body);
        } else {
            tx.trail().append(at, KIND, body);
        }
    }

    /** Counts one; whether there is room for it on the trail, or it is only counted. */
    static boolean isInFull(Tx tx, String by, Instant at) {
        settle(tx, at);
        var now = minute(tx).orElse(new Minute(number(at), new TreeMap<>()));
        boolean isKnown = now.counts().containsKey(by) || now.counts().size() < ACCOUNTS_MAX;
        int count = now.counts().merge(isKnown ? by : OTHERS, 1, Integer::sum);
        tx.node().set(SETTING, MAPPER.writeValueAsString(now));
        return count <= MINUTE_MAX;
    }

    /** Whether a minute is over of which something was counted. */
    static boolean isDue(Reads store, Instant at) {
        return minute(store).filter(it -> it.number() != number(at)).isPresent();
    }

    /** Puts on the trail what was only counted in a minute that is over. */
    static void settle(Tx tx, Instant at) {
        if (!isDue(tx, at)) return;
        var over = minute(tx).orElseThrow();
        over.counts()
                .forEach(
                        (by, count) -> {
                            if (count > MINUTE_MAX) {
                                tx.trail()
                                        .append(at.toEpochMilli(), COUNTED, body(over, by, count));
                            }
                        });
        tx.node().clear(SETTING);
    }

    private static String body(Minute over, String by, int count) {
        var from = Instant.ofEpochMilli(over.number() * MINUTE);
        var more = Integer.toString(count - MINUTE_MAX);
        return Json.object("by", by, "minute", from.toString(), "more", more);
    }

    private static Optional<Minute> minute(Reads store) {
        return store.node().setting(SETTING).map(it -> MAPPER.readValue(it, Minute.class));
    }

    private static long number(Instant at) {
        return Math.floorDiv(at.toEpochMilli(), MINUTE);
    }
}
