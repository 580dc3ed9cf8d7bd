package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.library.SopSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class SubscriptionsTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "#,a/b,true",
        "#,+,true",
        "a/#,a,true",
        "a/#,a/+/c,true",
        "a/+,a/b,true",
        "a/+,a/#,false",
        "+/b,a/+,false",
        "a/b,a/b,true",
        "a/b,a,false",
        "#,$SYS/#,false",
        "+/uptime,$SYS/uptime,false",
        "$SYS/#,$SYS/uptime,true"
    })
    void one_filter_covers_another(String wide, String narrow, boolean covers) {
        assertThat(Subscriptions.covers(filter(wide), filter(narrow))).isEqualTo(covers);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void what_is_covered_is_heard_by_the_wider_one(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            var wide = filter(text(random, true));
            var narrow = filter(text(random, true));
            var topic = text(random, false);
            if (Subscriptions.covers(wide, narrow) && narrow.matches(topic)) {
                assertThat(wide.matches(topic))
                        .as("seed %d: %s covers %s, topic %s", seed, wide, narrow, topic)
                        .isTrue();
            }
        }
    }

    private static String text(SplittableRandom random, boolean wildcards) {
        int levels = 1 + random.nextInt(3);
        var text =
                IntStream.range(0, levels)
                        .mapToObj(
                                _ -> {
                                    int it = random.nextInt(wildcards ? 5 : 3);
                                    return it == 4
                                            ? "+"
                                            : it == 3 ? "b" : "a$b".substring(it, it + 1);
                                })
                        .collect(Collectors.joining("/"));
        return wildcards && random.nextInt(3) == 0 ? text + "/#" : text;
    }

    @Test
    void a_broker_is_asked_for_what_its_triggers_want() throws Exception {
        var house = new MqttHouse(folder, "mqtt://127.0.0.1:1");
        house.sop("a", "ops/#", "qos = 0")
                .sop("b", "ops/deploy", "qos = 1")
                .sop("c", "hall/bell", "broker = \"home\"")
                .sop("d", "shop/bell", "broker = \"shop\"");
        var sops = SopSet.load(folder, "sops", InstantSource.system());
        assertThat(sops.broken()).isEmpty();
        assertThat(Subscriptions.of(sops, "home", true).byFilter())
                .isEqualTo(Map.of("ops/#", 1, "hall/bell", 1));
        assertThat(Subscriptions.of(sops, "home", false).byFilter())
                .isEqualTo(Map.of("hall/bell", 1));
        assertThat(Subscriptions.of(sops, "shop", false).byFilter())
                .isEqualTo(Map.of("shop/bell", 1));
        house.close();
    }

    private static MqttFilter filter(String text) {
        return ((Parsed.Ok<MqttFilter>) MqttFilter.parse(text)).value();
    }
}
