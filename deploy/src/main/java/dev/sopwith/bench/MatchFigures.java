package dev.sopwith.bench;

import static dev.sopwith.bench.Meter.micros;

import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Match;
import dev.sopwith.engine.trigger.Matcher;
import dev.sopwith.engine.trigger.Source;

import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** How long it takes to know which of all SOPs one delivery starts. */
final class MatchFigures {
    private static final Duration MATCH_MAX = micros(100);
    private static final String ONE_TOPIC = "plant/alarm";
    private static final String PAYLOAD =
            """
            {"env": "prod", "value": 83.5, "unit": "bar", "status": "firing", "severity": 4,
             "device": {"id": "pump-17", "hall": 7, "serial": "A-99812"},
             "tags": ["pressure", "hall-7"], "at": "2026-01-01T00:00:00Z"}
            """;
    private static final JsonFactory JSON = JsonFactory.builder().build();

    private final int count;
    private final Path folder;

    MatchFigures(int count, Path folder) {
        this.count = count;
        this.folder = folder.resolve("sops");
    }

    void measure(Meter meter) throws IOException {
        var sops =
                SopSet.load(folder, "sops", () -> SampleSops.NOW).runnable().stream()
                        .map(SopSet.Loaded::sop)
                        .toList();
        var matcher = new Matcher(sops);
        each(meter, matcher, sops, "manual", Source.MANUAL, Trigger.Manual.class::isInstance);
        each(meter, matcher, sops, "webhook", Source.WEBHOOK, Trigger.Webhook.class::isInstance);
        each(meter, matcher, sops, "MQTT, exact topic", Source.MQTT, it -> isMqtt(it, false));
        each(meter, matcher, sops, "MQTT, wildcards", Source.MQTT, it -> isMqtt(it, true));
        each(meter, matcher, sops, "schedule", Source.CRON, Trigger.Schedule.class::isInstance);
        meter.warm(
                "index %,d SOPs".formatted(count),
                Meter.millis(100),
                Work.of(() -> new Matcher(sops)),
                "a HashMap of their names",
                Work.of(() -> byName(sops)));
        allHear(meter);
    }

    private static boolean isMqtt(Trigger trigger, boolean wildcards) {
        return trigger instanceof Trigger.Mqtt mqtt
                && mqtt.topic().levels().contains(MqttFilter.ONE) == wildcards;
    }

    private void each(
            Meter meter,
            Matcher matcher,
            List<Sop> sops,
            String kind,
            Source source,
            Predicate<Trigger> isMeant)
            throws IOException {
        var topic = topicHeard(sops, isMeant);
        if (match(matcher, source, topic).isEmpty())
            throw new IllegalStateException("nothing hears " + topic);
        var byTopic = byName(sops);
        meter.warm(
                "match one of %,d SOPs: %s".formatted(count, kind),
                MATCH_MAX,
                Work.of(() -> match(matcher, source, topic)),
                "a HashMap look-up and the payload's JSON tokens",
                Work.of(() -> tokens(PAYLOAD) + (byTopic.get(topic) == null ? 0 : 1)));
    }

    /** A topic that the middle one of all triggers of a kind hears. */
    private static String topicHeard(List<Sop> sops, Predicate<Trigger> isMeant) {
        var topics = new ArrayList<String>();
        for (var sop : sops)
            for (int i = 0; i < sop.triggers().size(); i++)
                if (isMeant.test(sop.triggers().get(i))) topics.add(topicOf(sop, i + 1));
        return topics.get(topics.size() / 2);
    }

    private static String topicOf(Sop sop, int position) {
        return switch (sop.triggers().get(position - 1)) {
            case Trigger.Manual _ -> sop.name();
            case Trigger.Webhook webhook -> webhook.path();
            case Trigger.Mqtt mqtt -> mqtt.topic().text().replace("+", "x").replace("#", "y/z");
            case Trigger.Schedule _ -> Delivery.cronTopic(sop.name(), position);
            case Trigger.Peripheral pin -> pin.topic();
            case Trigger.Foreign foreign -> foreign.type();
        };
    }

    /** The payload is new each time, as in life: whatever is prepared in it is paid for. */
    private static List<Match> match(Matcher matcher, Source source, String topic) {
        return matcher.match(new Delivery(source, topic, Payload.of(PAYLOAD)));
    }

    private void allHear(Meter meter) throws IOException {
        var sops = IntStream.range(0, count).mapToObj(MatchFigures::hearingOneTopic).toList();
        var matcher = new Matcher(sops);
        if (match(matcher, Source.MQTT, ONE_TOPIC).size() != count)
            throw new IllegalStateException("not all hear the one topic");
        meter.warm(
                "match when all %,d SOPs hear one topic".formatted(count),
                MATCH_MAX,
                Work.of(() -> match(matcher, Source.MQTT, ONE_TOPIC)),
                "the JSON tokens and so many look-ups and comparisons by hand",
                Work.of(() -> tokens(PAYLOAD) + comparisons(count)));
    }

    private static Sop hearingOneTopic(int i) {
        var manifest = SampleSops.manifestForTopic(i, ONE_TOPIC);
        var files =
                new SopFiles(
                        Map.of(
                                SopReader.MANIFEST,
                                file(manifest),
                                SopReader.PROCEDURE,
                                file("# Alarm\n\n## Steps\n\n1. **Look** — at the pump.\n")));
        var result = SopReader.read(files, SampleSops.name(i), SampleSops.NOW);
        return result.sop()
                .orElseThrow(() -> new IllegalStateException(result.diagnostics().toString()));
    }

    private static SopFiles.File file(String text) {
        return new SopFiles.File(text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static Map<String, Sop> byName(List<Sop> sops) {
        var byName = new HashMap<String, Sop>();
        for (var sop : sops) byName.put(sop.name(), sop);
        return byName;
    }

    private static int tokens(String json) {
        int tokens = 0;
        try (var parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            while (parser.nextToken() != null) tokens++;
        }
        return tokens;
    }

    /** What would have to be done in any case: a name looked up, a number or text compared. */
    private static int comparisons(int count) {
        Map<String, Object> members = Map.of("env", "prod", "value", 83.5, "status", "firing");
        int met = 0;
        for (int i = 0; i < count; i++) {
            boolean holds =
                    switch (i % 3) {
                        case 0 -> "prod".equals(members.get("env"));
                        case 1 -> members.get("value") instanceof Double d && d > i % 100;
                        default -> "firing".equals(members.get("status"));
                    };
            if (holds) met++;
        }
        return met;
    }
}
