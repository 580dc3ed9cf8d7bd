package dev.sopwith.bot.words;

import dev.sopwith.engine.expression.Cron;
import dev.sopwith.engine.expression.ValuePath;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.CatchUp;
import dev.sopwith.engine.sop.Trigger.Edge;
import dev.sopwith.engine.sop.Trigger.Foreign;
import dev.sopwith.engine.sop.Trigger.Manual;
import dev.sopwith.engine.sop.Trigger.Mqtt;
import dev.sopwith.engine.sop.Trigger.Peripheral;
import dev.sopwith.engine.sop.Trigger.Schedule;
import dev.sopwith.engine.sop.Trigger.Webhook;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Triggers in words. */
public final class TriggerWords {
    private static final int TIMES = 3;
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss", Locale.ENGLISH);

    private TriggerWords() {}

    /** What starts the SOP, as one line. */
    public static String describe(Sop sop, Trigger trigger) {
        return switch (trigger) {
            case Manual _ -> "by hand: run " + sop.name() + arguments(sop);
            case Webhook t -> "webhook: POST " + t.path() + auth(t) + conditions(t);
            case Mqtt t ->
                    "mqtt: "
                            + t.topic().text()
                            + t.broker().map(broker -> " on " + broker).orElse("")
                            + (t.retained() ? ", retained messages too" : "")
                            + conditions(t);
            case Schedule t ->
                    "cron: "
                            + t.expression().text()
                            + " ("
                            + zone(t)
                            + ")"
                            + (t.catchUp() == CatchUp.LAST ? ", the last missed time too" : "");
            case Peripheral t -> "pin: " + t.topic() + edge(t) + conditions(t);
            case Foreign t -> t.type() + ": will never fire here";
        };
    }

    /** The next times of a schedule, in its own zone; says so when there are none. */
    public static String next(Schedule schedule, Instant now) {
        var times = times(schedule.expression(), zone(schedule), now);
        return times.isEmpty() ? "next: never again" : "next: " + String.join(", ", times);
    }

    private static List<String> times(Cron cron, ZoneId zone, Instant now) {
        var times = new ArrayList<String>();
        var next = cron.next(now, zone);
        while (next.isPresent() && times.size() < TIMES) {
            times.add(time(next.get(), zone));
            next = cron.next(next.get(), zone);
        }
        return times;
    }

    /** A scheduled time, with its day of the week. */
    public static String time(Instant at, ZoneId zone) {
        var local = at.atZone(zone);
        return (local.getSecond() == 0 ? MINUTE : SECOND).format(local);
    }

    /** The roster may set another zone for schedules without one; the file alone means UTC. */
    private static ZoneId zone(Schedule schedule) {
        return schedule.timezone().orElse(ZoneOffset.UTC).equals(ZoneOffset.UTC)
                ? ZoneId.of("UTC")
                : schedule.timezone().orElseThrow();
    }

    private static String arguments(Sop sop) {
        return sop.inputs().stream()
                .filter(input -> input.required() && !input.secret())
                .map(input -> " %s=…".formatted(input.name()))
                .collect(Collectors.joining());
    }

    private static String auth(Webhook trigger) {
        return trigger.auth().map(auth -> " (" + English.of(auth) + ")").orElse("");
    }

    private static String edge(Peripheral trigger) {
        var debounce =
                trigger.debounce().equals(Duration.ZERO)
                        ? ""
                        : ", steady for " + English.duration(trigger.debounce());
        return (trigger.edge() == Edge.BOTH ? ", any change" : ", " + English.of(trigger.edge()))
                + debounce;
    }

    private static String conditions(Trigger trigger) {
        var condition = trigger.condition().text();
        return (condition.isBlank() ? "" : ", when " + condition) + copied(trigger.inputs());
    }

    private static String copied(Map<String, ValuePath> inputs) {
        if (inputs.isEmpty()) return "";
        return inputs.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(input -> input.getKey() + " from " + input.getValue().text())
                .collect(Collectors.joining(", ", "; takes ", ""));
    }
}
