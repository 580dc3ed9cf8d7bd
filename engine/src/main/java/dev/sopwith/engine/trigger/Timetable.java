package dev.sopwith.engine.trigger;

import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * All schedules of a set of SOPs, and when they come due.
 *
 * <p>Threading: immutable.
 */
public final class Timetable {
    /** Beyond this, missed times are not counted one by one. */
    static final long COUNTED_MAX = 10_000;

    private static final Duration HOUR = Duration.ofHours(1);

    private final List<Entry> entries;

    private Timetable(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * The schedules of these SOPs.
     *
     * @param standard zone of schedules that name none
     */
    public static Timetable of(Collection<Sop> sops, ZoneId standard) {
        var entries = new ArrayList<Entry>();
        for (var sop : sops) {
            for (int i = 0; i < sop.triggers().size(); i++) {
                if (sop.triggers().get(i) instanceof Trigger.Schedule schedule) {
                    var zone = schedule.timezone().orElse(standard);
                    entries.add(new Entry(sop, i + 1, schedule, zone));
                }
            }
        }
        return new Timetable(List.copyOf(entries));
    }

    /** In the order of the SOPs. */
    public List<Entry> entries() {
        return entries;
    }

    /** The next times of all schedules after a moment, in order of time; fewer where they end. */
    public List<Planned> next(Instant after, int max) {
        var heads = new PriorityQueue<>(Comparator.comparing(Planned::at));
        for (var entry : entries) entry.next(after).ifPresent(heads::add);
        var planned = new ArrayList<Planned>();
        while (!heads.isEmpty() && planned.size() < max) {
            var first = heads.remove();
            planned.add(first);
            first.entry().next(first.at()).ifPresent(heads::add);
        }
        return planned;
    }

    /** A time at which a schedule comes due. */
    public record Planned(Entry entry, Instant at) {}

    /**
     * One schedule.
     *
     * @param position of the trigger in its SOP, from 1
     */
    public record Entry(Sop sop, int position, Trigger.Schedule trigger, ZoneId zone) {

        /** Two entries of one id are one schedule: what is written in it is part of it. */
        public String id() {
            return "%s %s %s".formatted(topic(), zone, trigger.expression().text());
        }

        /** {@return the topic of its deliveries} */
        public String topic() {
            return Delivery.cronTopic(sop.name(), position);
        }

        /** What tells the delivery of one scheduled time from all others of its SOP. */
        public String key(Instant at) {
            return "%d@%s".formatted(position, at);
        }

        Optional<Planned> next(Instant after) {
            return trigger.expression().next(after, zone).map(it -> new Planned(this, it));
        }

        /**
         * Which of its times have passed, after one moment and until another.
         *
         * @param recent times from this one on are still in time
         */
        public Passed passed(Instant after, Instant until, Instant recent) {
            var inTime = new ArrayList<Instant>();
            Optional<Instant> first = Optional.empty();
            Optional<Instant> last = Optional.empty();
            long late = 0;
            var next = next(after);
            while (next.isPresent() && !next.get().at().isAfter(until)) {
                var at = next.get().at();
                if (at.isBefore(recent)) {
                    if (late == 0) first = Optional.of(at);
                    last = Optional.of(at);
                    late++;
                    if (late == COUNTED_MAX) {
                        at = lastBefore(recent);
                        last = Optional.of(at);
                    }
                } else {
                    inTime.add(at);
                }
                next = next(at);
            }
            var missed = first.isEmpty() ? Optional.<Missed>empty() : missed(first, last, late);
            return new Passed(List.copyOf(inTime), missed);
        }

        private Optional<Missed> missed(
                Optional<Instant> first, Optional<Instant> last, long count) {
            return Optional.of(new Missed(this, first.orElseThrow(), last.orElseThrow(), count));
        }

        /** Of a schedule that has come due before: searched from the end on, in growing steps. */
        private Instant lastBefore(Instant end) {
            for (var back = HOUR; ; back = back.multipliedBy(2)) {
                var next = next(end.minus(back));
                if (next.isEmpty() || !next.get().at().isBefore(end)) continue;
                var last = next.get().at();
                for (next = next(last);
                        next.isPresent() && next.get().at().isBefore(end);
                        next = next(last)) {
                    last = next.get().at();
                }
                return last;
            }
        }
    }

    /**
     * What has passed of one schedule.
     *
     * @param inTime in order
     * @param missed the others, as one
     */
    public record Passed(List<Instant> inTime, Optional<Missed> missed) {}

    /**
     * Times at which nobody was there to start a SOP.
     *
     * @param count how many there were from the first to the last, at most {@link #COUNTED_MAX}:
     *     then there may have been more
     */
    public record Missed(Entry entry, Instant first, Instant last, long count) {
        /** Whether the count is all there is to say. */
        public boolean isCounted() {
            return count < COUNTED_MAX;
        }
    }
}
