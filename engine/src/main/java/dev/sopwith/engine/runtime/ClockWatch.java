package dev.sopwith.engine.runtime;

import dev.sopwith.engine.runtime.Clocks.Synchronised;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Says whether the clock can be trusted (DESIGN §4). A clock that was set while the service runs,
 * or that is earlier than what the service itself has written, is in doubt: until it is
 * synchronised, agrees again, or an operator says {@code clock ok}, nothing may end because it says
 * so.
 *
 * <p>A machine that slept is not in doubt: time has passed for everybody, as while the service was
 * down. A clock that nobody synchronises is not in doubt either, only warned of: most machines
 * without a network have one, and a service that waits for ever would be worse than a clock that is
 * a little off.
 *
 * <p>Threading: safe from any thread; one of them, which starts it, hears when it begins again. An
 * operator's word comes by way of the store.
 *
 * <p>Durable: that the clock is in doubt, so that a restart does not trust what was not trusted
 * before it; and on the trail, whatever was found out about the clock.
 */
public final class ClockWatch {
    /** How far the clock may move away from the counters within {@link #BASE_MAX}. */
    static final Duration APART_MAX = Duration.ofSeconds(60);

    /**
     * For how long the clock is compared with one reading: small steps must not add up for ever.
     */
    static final Duration BASE_MAX = Duration.ofHours(1);

    private static final System.Logger LOG = System.getLogger(ClockWatch.class.getName());

    private final Engine engine;
    private final Clocks clocks;
    private Reading base; // guarded by this
    private Optional<Doubt> doubt = Optional.empty(); // guarded by this
    private boolean beginsAgain; // guarded by this

    /**
     * A moment at which the clock can be trusted.
     *
     * @param beginsAgain whether it is the first one after a time in which nobody could rely on the
     *     clock, or nobody was there
     */
    public record Moment(Instant now, boolean beginsAgain) {}

    /** All clocks at one moment. */
    private record Reading(Instant wall, Duration running, Optional<Duration> runningOrAsleep) {
        static Reading of(Clocks clocks) {
            return new Reading(clocks.wall(), clocks.running(), clocks.runningOrAsleep());
        }

        /** How far the wall clock went beyond the time that has passed since another reading. */
        Duration ahead(Reading since) {
            return Duration.between(since.wall, wall).minus(running.minus(since.running));
        }

        /** The same, if the time asleep has passed too. */
        Optional<Duration> aheadOfSleep(Reading since) {
            if (runningOrAsleep.isEmpty() || since.runningOrAsleep.isEmpty()) {
                return Optional.empty();
            }
            var passed = runningOrAsleep.get().minus(since.runningOrAsleep.get());
            return Optional.of(Duration.between(since.wall, wall).minus(passed));
        }
    }

    /**
     * Why the clock is not trusted, and what would prove that it is right again.
     *
     * @param before when it was trusted last, in this process
     * @param notBefore a moment that has certainly passed
     */
    private record Doubt(Optional<Reading> before, Optional<Instant> notBefore) {}

    /** A watch that trusts the clock until {@link #start}. */
    public ClockWatch(Engine engine, Clocks clocks) {
        this.engine = engine;
        this.clocks = clocks;
        this.base = Reading.of(clocks);
    }

    /** The first look: at what was stored, because there is nothing else to compare with yet. */
    synchronized Optional<Moment> start() {
        base = Reading.of(clocks);
        beginsAgain = true;
        var synchronised = clocks.synchronised();
        warn(synchronised);
        var stored = engine.clockDoubt();
        var newest = engine.newestFact();
        boolean isEarlier = newest.filter(it -> isEarlier(base.wall(), it)).isPresent();
        if (stored.isEmpty() && !isEarlier) return moment(base);
        if (synchronised == Synchronised.YES && stored.isPresent()) {
            trust("it is synchronised", base);
        } else if (synchronised == Synchronised.YES) {
            var why = "it is synchronised, though the newest fact is of " + newest.orElseThrow();
            engine.noteClock("trusted", why, base.wall());
        } else if (stored.isPresent()) {
            doubt = Optional.of(new Doubt(Optional.empty(), Optional.empty()));
            LOG.log(System.Logger.Level.WARNING, text(stored.get()));
        } else {
            var why =
                    "it says %s, and the newest fact is of %s"
                            .formatted(base.wall(), newest.orElseThrow());
            doubt(new Doubt(Optional.empty(), newest), why, base);
        }
        return moment(base);
    }

    private static void warn(Synchronised synchronised) {
        switch (synchronised) {
            case YES -> {}
            case NO ->
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the clock of this machine is not synchronised with a time server:"
                                    + " deadlines and the record are only as right as it is");
            case UNKNOWN ->
                    LOG.log(
                            System.Logger.Level.INFO,
                            "whether the clock is synchronised cannot be seen from here; if it is"
                                    + " ever set, somebody has to say: clock ok");
        }
    }

    /** Compares the clocks; empty while nothing may end by the one on the wall. */
    synchronized Optional<Moment> look() {
        return moment(compared());
    }

    /**
     * The same for whoever need not know that it begins again: compares the clocks, so that a clock
     * that was set just now is not believed.
     */
    synchronized Optional<Instant> now() {
        var now = compared();
        return doubt.isPresent() ? Optional.empty() : Optional.of(now.wall());
    }

    private Reading compared() {
        var now = Reading.of(clocks);
        if (doubt.isEmpty()) compare(now);
        else if (engine.clockDoubt().isEmpty()) beginAgain(now); // an operator said so
        else proof(doubt.get(), now).ifPresent(why -> trust(why, now));
        return now;
    }

    private Optional<Moment> moment(Reading now) {
        if (doubt.isPresent()) return Optional.empty();
        var moment = new Moment(now.wall(), beginsAgain);
        beginsAgain = false;
        return Optional.of(moment);
    }

    private void compare(Reading now) {
        var ahead = now.ahead(base);
        if (!isTooFar(ahead)) {
            if (now.running().minus(base.running()).compareTo(BASE_MAX) > 0) base = now;
        } else if (now.aheadOfSleep(base).filter(it -> !isTooFar(it)).isPresent()) {
            beginAgain(now);
            engine.noteClock("slept", "the machine slept for " + words(ahead), now.wall());
        } else {
            var jumped =
                    "it jumped %s by %s"
                            .formatted(ahead.isNegative() ? "back" : "ahead", words(ahead.abs()));
            if (clocks.synchronised() == Synchronised.YES) {
                beginAgain(now);
                engine.noteClock("jumped", jumped + ", and is synchronised", now.wall());
                LOG.log(System.Logger.Level.WARNING, "the clock: " + jumped + "; synchronised");
            } else {
                doubt(new Doubt(Optional.of(base), Optional.empty()), jumped, now);
            }
        }
    }

    /** Why a clock in doubt may be trusted again, if it may. */
    private Optional<String> proof(Doubt doubt, Reading now) {
        if (clocks.synchronised() == Synchronised.YES) return Optional.of("it is synchronised");
        if (doubt.before().filter(it -> !isTooFar(now.ahead(it))).isPresent()) {
            return Optional.of("it was set back to where it was");
        }
        if (doubt.notBefore().filter(it -> !isEarlier(now.wall(), it)).isPresent()) {
            return Optional.of("it is no longer earlier than the newest fact");
        }
        return Optional.empty();
    }

    private void doubt(Doubt why, String text, Reading now) {
        doubt = Optional.of(why); // at once, whatever the store does
        engine.doubtClock(text, now.wall());
        LOG.log(System.Logger.Level.WARNING, text(text));
    }

    private void trust(String why, Reading now) {
        engine.trustClock(why, "service", now.wall());
        beginAgain(now);
        LOG.log(System.Logger.Level.INFO, "the clock is trusted again: " + why);
    }

    private void beginAgain(Reading now) {
        base = now;
        doubt = Optional.empty();
        beginsAgain = true;
    }

    private static String text(String why) {
        return "the clock is in doubt (%s): deadlines, reminders and retries wait until it is synchronised or somebody says: clock ok"
                .formatted(why);
    }

    private static boolean isTooFar(Duration apart) {
        return apart.abs().compareTo(APART_MAX) > 0;
    }

    private static boolean isEarlier(Instant now, Instant fact) {
        return now.plus(APART_MAX).isBefore(fact);
    }

    /** Rounded: the clocks are read one after the other. */
    private static String words(Duration exact) {
        var time = Duration.ofSeconds(exact.plusMillis(500).toSeconds());
        if (time.toDays() > 0) return "%d d %d h".formatted(time.toDays(), time.toHoursPart());
        if (time.toHours() > 0) {
            return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
        }
        return "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart());
    }
}
