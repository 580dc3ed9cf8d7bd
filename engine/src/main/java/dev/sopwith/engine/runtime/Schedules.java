package dev.sopwith.engine.runtime;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.sop.Trigger.CatchUp;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Source;
import dev.sopwith.engine.trigger.Timetable;
import dev.sopwith.engine.trigger.Timetable.Missed;
import dev.sopwith.engine.trigger.Timetable.Planned;
import dev.sopwith.engine.trigger.TriggerSource;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Starts SOPs at their scheduled times (FORMAT §4). Each time of each schedule comes to exactly one
 * delivery: taken in when it is due, or on record as missed when nobody was there; a restart right
 * at the time is not a miss.
 *
 * <p>While the clock is in doubt ({@link ClockWatch}) nothing is due. What has passed when it is
 * trusted again is as what passed while the service was down.
 *
 * <p>Threading: one virtual thread looks four times a second; health from any thread.
 *
 * <p>Durable: up to when every schedule has been dealt with, and which schedules there were then,
 * so that one which is new at a start has missed nothing. A crash between a delivery and this mark
 * repeats the delivery, under the same key.
 */
public final class Schedules implements TriggerSource {
    /** What is at most this late is in time: a service is started anew within it. */
    static final Duration LATE_MAX = Duration.ofSeconds(60);

    /**
     * Nobody looked for longer than this: then of several times of one schedule that are still in
     * time the newest counts. A start that should have been is made, and not a crowd of them.
     */
    private static final Duration AWAY_MIN = Duration.ofSeconds(5);

    /** A mark in the future by more than this was written by a clock that was wrong. */
    private static final Duration AHEAD_MAX = Duration.ofSeconds(60);

    /** How often is looked. */
    private static final Duration PERIOD = Duration.ofMillis(250);

    /** How often the mark is written while nothing is due: how exactly an absence can be told. */
    private static final Duration MARK_PERIOD = Duration.ofMinutes(1);

    /** The setting that says up to when all is dealt with, epoch milliseconds. */
    private static final String UNTIL = "schedules_until";

    /** The setting that has the ids of the schedules of then, one a line. */
    private static final String KNOWN = "schedules_known";

    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final System.Logger LOG = System.getLogger(Schedules.class.getName());

    private final Engine engine;
    private final Supplier<SopSet> sops;
    private final Supplier<ZoneId> zone;
    private final ClockWatch clock;
    private final Listener listener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private Instant until = Instant.EPOCH; // for the thread that looks
    private Instant marked = Instant.EPOCH; // for the thread that looks
    private Set<String> known = Set.of(); // for the thread that looks
    private boolean isFirst = true; // for the thread that looks
    private volatile View view;
    private volatile Optional<Planned> next = Optional.empty();
    private volatile Optional<Instant> lastDelivery = Optional.empty();
    private volatile boolean isTrusted = true;

    /** The timetable of a set of SOPs, and of what it was made. */
    private record View(SopSet sops, ZoneId zone, Timetable timetable) {
        static View of(SopSet sops, ZoneId zone) {
            var all = sops.runnable().stream().map(SopSet.Loaded::sop).toList();
            return new View(sops, zone, Timetable.of(all, zone));
        }

        boolean isOf(SopSet sops, ZoneId zone) {
            return this.sops == sops && this.zone.equals(zone);
        }
    }

    /**
     * Scheduled times at which nobody was there.
     *
     * @param missed which
     * @param from since when nobody was there, as exactly as it is known
     * @param to when somebody was again
     * @param caughtUp whether the last of them is made up for now
     */
    public record Absence(Missed missed, Instant from, Instant to, boolean caughtUp) {
        /** What is said of it, in the schedule's own zone. */
        public String text() {
            var text = new StringBuilder(local(missed.last()));
            if (missed.count() > 1) {
                text.append(missed.isCounted() ? " and " : " and more than ")
                        .append(missed.count() - 1)
                        .append(missed.count() == 2 ? " time" : " times")
                        .append(" before it, since ")
                        .append(local(missed.first()));
            }
            return text.append("; nobody was here from %s to %s".formatted(local(from), local(to)))
                    .append(caughtUp ? "; the last one is made up for now" : "")
                    .toString();
        }

        private String local(Instant at) {
            return Schedules.local(at, missed.entry().zone());
        }
    }

    private static String local(Instant at, ZoneId zone) {
        var local = at.atZone(zone);
        return "%s %s".formatted((local.getSecond() == 0 ? MINUTE : SECOND).format(local), zone);
    }

    /** Hears what was missed, to tell people of it. Called on the thread that looks. */
    public interface Listener {
        /** What is to be written in the same commit, so that whoever is to hear of it does. */
        Store.Change telling(Absence absence);

        /** It is on record. */
        void missed(Absence absence);
    }

    /**
     * Schedules of the SOPs as they are at each moment; nothing happens before {@link #start}.
     *
     * @param zone of schedules that name none
     */
    public Schedules(
            Engine engine,
            Supplier<SopSet> sops,
            Supplier<ZoneId> zone,
            ClockWatch clock,
            Listener listener) {
        this.engine = engine;
        this.sops = sops;
        this.zone = zone;
        this.clock = clock;
        this.listener = listener;
        this.view = View.of(sops.get(), zone.get());
        this.thread = Thread.ofVirtual().name("schedules").unstarted(this::watch);
    }

    @Override
    public String name() {
        return "schedules";
    }

    @Override
    public void start() {
        prepare();
        thread.start();
    }

    /** Everything but the thread that looks. */
    void prepare() {
        known = Set.copyOf(setting(KNOWN).orElse("").lines().toList());
        // Without a mark there was never a schedule: those there are begin with the first look.
        until = setting(UNTIL).map(Long::parseLong).map(Instant::ofEpochMilli).orElse(until);
        marked = until;
    }

    private Optional<String> setting(String name) {
        return engine.store().read(it -> it.node().setting(name));
    }

    @Override
    public Health health() {
        if (!isTrusted) return new Health(false, lastDelivery, "the clock is in doubt");
        int count = view.timetable().entries().size();
        var detail = count == 1 ? "1 schedule" : count + " schedules";
        return new Health(true, lastDelivery, detail + next.map(Schedules::text).orElse(""));
    }

    private static String text(Planned next) {
        return "; next is %s at %s"
                .formatted(next.entry().sop().name(), local(next.at(), next.entry().zone()));
    }

    private void watch() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) pass();
            pass();
            mark(until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the last look at the schedules failed", e);
        }
    }

    /** Everything that has come due by now is dealt with. */
    void pass() {
        try {
            var now = clock.now();
            isTrusted = now.isPresent();
            if (now.isPresent()) pass(now.get());
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "schedules wait: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a look at the schedules failed, others follow", e);
        }
    }

    private void pass(Instant now) {
        if (until.minus(AHEAD_MAX).isAfter(now)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "schedules go on from now: they were last looked at %s, which is yet to come"
                            .formatted(until));
            until = now;
        }
        if (!now.isAfter(until)) return;
        var current = sops.get();
        var there = zone.get();
        boolean isAnother = !view.isOf(current, there);
        if (isAnother) view = View.of(current, there);
        var timetable = view.timetable();
        boolean isDue = next.filter(it -> it.at().isAfter(now)).isEmpty();
        if (isFirst || isAnother || isDue) {
            deal(timetable, now);
            until = now;
            know(timetable, now);
            next = timetable.next(now, 1).stream().findFirst();
            isFirst = false;
        }
        until = now;
        if (!now.isBefore(marked.plus(MARK_PERIOD))) mark(now);
    }

    /** A schedule that is new has come due for nobody so far. */
    private void know(Timetable timetable, Instant now) {
        var ids = new TreeSet<String>();
        for (var entry : timetable.entries()) ids.add(entry.id());
        if (ids.equals(known)) return;
        engine.store()
                .write(
                        tx -> {
                            tx.node().set(KNOWN, String.join("\n", ids));
                            tx.node().set(UNTIL, Long.toString(now.toEpochMilli()));
                        });
        known = ids;
        marked = now;
    }

    private void mark(Instant at) {
        if (known.isEmpty() || at.equals(marked)) return;
        engine.store().write(tx -> tx.node().set(UNTIL, Long.toString(at.toEpochMilli())));
        marked = at;
    }

    private void deal(Timetable timetable, Instant now) {
        boolean wasAway = now.isAfter(until.plus(AWAY_MIN));
        var due = new ArrayList<Planned>();
        var absences = new ArrayList<Absence>();
        for (var entry : timetable.entries()) {
            if (!known.contains(entry.id())) continue; // it begins with this look
            var passed = entry.passed(until, now, now.minus(LATE_MAX));
            if (wasAway && passed.inTime().size() > 1) {
                passed = entry.passed(until, now, passed.inTime().getLast());
            }
            for (var at : passed.inTime()) due.add(new Planned(entry, at));
            if (passed.missed().isEmpty()) continue;
            var missed = passed.missed().get();
            boolean catchUp =
                    entry.trigger().catchUp() == CatchUp.LAST && passed.inTime().isEmpty();
            if (catchUp) due.add(new Planned(entry, missed.last()));
            if (!catchUp || missed.count() > 1) {
                absences.add(new Absence(missed, until, now, catchUp));
            }
        }
        // What is missed first: were the mark moved by a delivery before, it would be lost.
        for (var absence : absences) miss(absence, now);
        due.sort(Comparator.comparing(Planned::at));
        for (int i = 0; i < due.size(); i++) {
            boolean isLast = i + 1 == due.size();
            deliver(due.get(i), isLast ? now : due.get(i + 1).at().minusMillis(1), now);
        }
    }

    private void miss(Absence absence, Instant now) {
        var missed = absence.missed();
        var entry = missed.entry();
        // The key of a time that is made up for belongs to its delivery.
        var at = absence.caughtUp() ? missed.first() : missed.last();
        engine.along(listener.telling(absence))
                .miss(entry.sop(), absence.text(), arrival(new Planned(entry, at), now));
        listener.missed(absence);
        LOG.log(
                System.Logger.Level.WARNING,
                "%s missed scheduled times: %s".formatted(entry.sop().name(), absence.text()));
    }

    /**
     * One time of one schedule.
     *
     * @param dealt up to when everything is dealt with, once this is
     */
    private void deliver(Planned planned, Instant dealt, Instant now) {
        var mark = Long.toString(Math.max(dealt.toEpochMilli(), marked.toEpochMilli()));
        var outcomes =
                engine.along(tx -> tx.node().set(UNTIL, mark)).deliver(arrival(planned, now));
        lastDelivery = Optional.of(now);
        LOG.log(
                System.Logger.Level.DEBUG,
                "%s, scheduled for %s: %s"
                        .formatted(planned.entry().sop().name(), planned.at(), outcomes));
    }

    private static Arrival arrival(Planned planned, Instant now) {
        var entry = planned.entry();
        return new Arrival(
                new Delivery(Source.CRON, entry.topic(), Payload.NONE),
                Optional.of(entry.key(planned.at())),
                Map.of(),
                Set.of(),
                false,
                "scheduled for " + local(planned.at(), entry.zone()),
                now);
    }

    @Override
    public void close() {
        closed.countDown();
        if (!thread.isAlive()) return;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
