package dev.sopwith.hardware.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.step.Await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** What a broker sends once more, and what only looks like it. */
class RepeatsTest {
    @TempDir Path folder;

    private MqttHouse house(ScriptedBroker broker) throws Exception {
        return new MqttHouse(folder.resolve("sops"), broker.url()).sop("bell", "bell", "");
    }

    @Test
    void a_repeat_that_comes_with_the_answer_to_the_login_is_known() throws Exception {
        try (var broker = new ScriptedBroker();
                var house = house(broker).start().hearing()) {
            broker.send(ScriptedBroker.message(1, false, "bell", "pressed"));
            Await.until("it is acknowledged", () -> broker.acknowledged.size() == 1);
            broker.isSessionPresent = true;
            broker.greeting = ScriptedBroker.message(1, true, "bell", "pressed");
            for (int i = 2; i < 5; i++) {
                int acknowledged = i;
                broker.drop();
                Await.until("it comes back", () -> broker.acknowledged.size() == acknowledged);
            }
            assertThat(house.payloads()).containsExactly("pressed");
        }
    }
}
