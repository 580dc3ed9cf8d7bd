package dev.sopwith.engine.trigger;

import static dev.sopwith.engine.trigger.Sops.cron;
import static dev.sopwith.engine.trigger.Sops.manual;
import static dev.sopwith.engine.trigger.Sops.mqtt;
import static dev.sopwith.engine.trigger.Sops.peripheral;
import static dev.sopwith.engine.trigger.Sops.sop;
import static dev.sopwith.engine.trigger.Sops.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

final class MatcherTest {
    private static final Sop DEPLOY =
            sop(
                    "deploy",
                    manual(),
                    webhook("/sop/deploy", ""),
                    mqtt("ops/deploy", "$.env == \"prod\""),
                    cron(),
                    cron());
    private static final Sop LAMP =
            sop(
                    "lamp",
                    mqtt("hall/+/state", "== on"),
                    mqtt("hall/#", ""),
                    peripheral("hall", "button", "> 0"));
    private static final Sop FOREIGN = sop("foreign", new Trigger.Foreign("amqp"));
    private static final Matcher MATCHER = new Matcher(List.of(DEPLOY, LAMP, FOREIGN));

    @Test
    void a_person_starts_a_sop_by_name_if_it_may_be_started_by_hand() {
        assertThat(found(Source.MANUAL, "deploy", "")).containsExactly("deploy/1 matches");
        assertThat(found(Source.MANUAL, "lamp", "")).isEmpty();
        assertThat(found(Source.MANUAL, "Deploy", "")).isEmpty();
    }

    @Test
    void a_webhook_is_heard_at_its_exact_path() {
        assertThat(found(Source.WEBHOOK, "/sop/deploy", "")).containsExactly("deploy/2 matches");
        assertThat(found(Source.WEBHOOK, "/sop/deploy/", "")).isEmpty();
        assertThat(found(Source.WEBHOOK, "/sop/Deploy", "")).isEmpty();
        assertThat(found(Source.WEBHOOK, "/sop/deploy?x=1", "")).isEmpty();
    }

    @Test
    void a_message_is_heard_by_all_filters_in_the_order_of_the_sops() {
        assertThat(found(Source.MQTT, "hall/lamp/state", "on"))
                .containsExactly("lamp/1 matches", "lamp/2 matches");
        assertThat(found(Source.MQTT, "hall", "on")).containsExactly("lamp/2 matches");
    }

    @Test
    void a_false_condition_is_a_near_miss_with_its_reason() {
        assertThat(found(Source.MQTT, "ops/deploy", "{\"env\":\"dev\"}"))
                .containsExactly("deploy/3 $.env is \"dev\"");
    }

    @Test
    void a_scheduled_time_belongs_to_one_trigger_of_one_sop() {
        assertThat(found(Source.CRON, Delivery.cronTopic("deploy", 5), ""))
                .containsExactly("deploy/5 matches");
        assertThat(found(Source.CRON, Delivery.cronTopic("deploy", 3), "")).isEmpty();
        assertThat(found(Source.CRON, Delivery.cronTopic("lamp", 4), "")).isEmpty();
    }

    @Test
    void a_signal_is_heard_by_board_and_name() {
        assertThat(found(Source.PERIPHERAL, "hall/button", "1")).containsExactly("lamp/3 matches");
        assertThat(found(Source.PERIPHERAL, "hall/button", "0"))
                .containsExactly("lamp/3 the payload is 0");
        assertThat(found(Source.PERIPHERAL, "hall/#", "1")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void a_trigger_from_another_system_never_fires(Source source) {
        assertThat(Matcher.verdict(new Trigger.Foreign("amqp"), delivery(source, "x", "")))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void a_trigger_hears_only_its_own_source(Source source) {
        var triggers =
                List.of(
                        manual(),
                        webhook("t/x", ""),
                        mqtt("#", ""),
                        cron(),
                        peripheral("t", "x", ""));
        assertThat(triggers)
                .filteredOn(t -> Matcher.verdict(t, delivery(source, "t/x", "")).isPresent())
                .hasSize(source == Source.FOREIGN ? 0 : 1);
    }

    @Test
    void without_a_path_a_condition_on_a_signal_looks_at_its_value() {
        var topic = "hall/button";
        var on = "{\"board\":\"hall\",\"signal\":\"button\",\"value\":1,\"seq\":7}";
        var off = on.replace(":1,", ":0,");
        assertThat(found(Source.PERIPHERAL, topic, on)).containsExactly("lamp/3 matches");
        assertThat(found(Source.PERIPHERAL, topic, off)).doesNotContain("lamp/3 matches");
        assertThat(found(Source.PERIPHERAL, topic, "1")).containsExactly("lamp/3 matches");
        var byPath = peripheral("hall", "button", "$.seq == 7");
        assertThat(Matcher.verdict(byPath, delivery(Source.PERIPHERAL, topic, on)))
                .hasValueSatisfying(it -> assertThat(it.matches()).isTrue());
        assertThat(
                        Matcher.verdict(
                                        peripheral("hall", "button", "> 0"),
                                        delivery(Source.PERIPHERAL, topic, off))
                                .orElseThrow()
                                .why())
                .isEqualTo("the value is 0");
    }

    @Test
    void a_manual_trigger_alone_hears_whatever_comes_along() {
        assertThat(Matcher.verdict(manual(), delivery(Source.MANUAL, "ignored", "ignored")))
                .isPresent();
    }

    @Test
    void a_filter_of_thousands_of_levels_is_found() {
        var sop = sop("deep", mqtt("+/".repeat(30_000) + "#", ""));
        var topic = "/".repeat(30_000);
        assertThat(new Matcher(List.of(sop)).match(delivery(Source.MQTT, topic, ""))).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_index_finds_what_asking_every_trigger_finds(long seed) {
        var random = new SplittableRandom(seed);
        var sops = new ArrayList<Sop>();
        for (int i = 0; i < 200; i++)
            sops.add(sop("s" + i, randomTrigger(random), randomTrigger(random)));
        var matcher = new Matcher(sops);
        for (int i = 0; i < 500; i++) {
            var source = random.nextBoolean() ? Source.MQTT : Source.WEBHOOK;
            var delivery = delivery(source, topic(random), random.nextInt(3) + "");
            assertThat(shown(matcher.match(delivery)))
                    .as("seed %d: %s", seed, delivery)
                    .isEqualTo(shown(oneByOne(sops, delivery)));
        }
    }

    private static List<Match> oneByOne(List<Sop> sops, Delivery delivery) {
        var matches = new ArrayList<Match>();
        for (var sop : sops)
            for (int i = 0; i < sop.triggers().size(); i++) {
                int position = i + 1;
                Matcher.verdict(sop.triggers().get(i), delivery)
                        .ifPresent(verdict -> matches.add(new Match(sop, position, verdict)));
            }
        return matches;
    }

    private static Trigger randomTrigger(SplittableRandom random) {
        var condition = random.nextBoolean() ? "" : "> 0";
        var topic = topic(random);
        return switch (random.nextInt(4)) {
            case 0 -> webhook(topic, condition);
            case 1 -> mqtt(topic + "/#", condition);
            case 2 -> mqtt(topic.replace("a", "+"), condition);
            default -> mqtt(random.nextBoolean() ? "#" : "+/#", condition);
        };
    }

    private static String topic(SplittableRandom random) {
        String[] levels = {"a", "b", "", "$x", "a"};
        var topic = new StringBuilder(random.nextInt(10) == 0 ? "$x/" : "");
        for (int i = random.nextInt(4); i >= 0; i--)
            topic.append(levels[random.nextInt(levels.length)]).append(i > 0 ? "/" : "");
        return topic.isEmpty() ? "b" : topic.toString();
    }

    private static List<String> found(Source source, String topic, String payload) {
        return shown(MATCHER.match(delivery(source, topic, payload)));
    }

    private static List<String> shown(List<Match> matches) {
        return matches.stream()
                .map(match -> match.sop().name() + "/" + match.position() + " " + match.verdict())
                .toList();
    }

    private static Delivery delivery(Source source, String topic, String payload) {
        return new Delivery(source, topic, Payload.of(payload));
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 5);
    }
}
