package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.JsPeer;
import dev.sopwith.bench.synapse.MatrixEvent;
import dev.sopwith.bench.synapse.MatrixUser.NewRoom;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What is too long for a message is a file in its thread. */
@ExtendWith(SynapseExtension.class)
@Timeout(180)
@Tag("peer")
class MatrixFilesTest {
    private static final int LINES = 20_000;

    @TempDir private Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (var it : open.reversed()) it.close();
    }

    private MatrixHouse house(UnaryOperator<NewRoom> kind) throws Exception {
        var house = MatrixHouse.open(folder, SynapseExtension.shared(), kind);
        open.add(house);
        house.sop(
                "count",
                "",
                """
                1. **Count** — far.
                   - tools: shell

                   ```sh
                   seq %d
                   ```
                """
                        .formatted(LINES));
        return house;
    }

    /** All that the step printed: more than the room shows of it. */
    private static String printed() {
        return IntStream.rangeClosed(1, LINES)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static List<MatrixEvent> files(MatrixHouse house, List<MatrixEvent> events) {
        return events.stream()
                .filter(it -> it.sender().equals(house.bot.id()))
                .filter(it -> it.messageType().equals("m.file"))
                .toList();
    }

    @Test
    void all_that_a_step_printed_is_a_file_in_the_thread_where_it_was_asked_for() throws Exception {
        var house = house(it -> it);
        house.start();
        house.alice.say(house.room, "!sop run count");
        var card = house.awaitCard("R-1", "completed");

        house.alice.sayInThread(house.room, card.id(), "log 1 full");

        house.awaitText("all of it is in the file");
        Eventually.await(() -> files(house, house.alice.events(house.room)).size() == 1);
        var file = files(house, house.alice.events(house.room)).getFirst();
        assertThat(file.thread()).contains(card.id());
        assertThat(file.body()).contains("R-1").endsWith(".txt");
        assertThat(file.content().path("info").path("size").asInt(0)).isEqualTo(printed().length());
        var bytes = house.alice.download(file.content().path("url").asString(""));
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(printed());
    }

    @Test
    void in_an_encrypted_room_the_file_is_for_those_who_can_read_the_room() throws Exception {
        var house = house(NewRoom::encrypted);
        var alice = JsPeer.login(house.synapse.url(), house.alice.name(), house.alice.name());
        open.add(alice);
        Eventually.await(() -> alice.members(house.room).contains(house.alice.id()));
        house.start();
        house.awaitKnownTo(alice);
        alice.say(house.room, "!sop run count");
        Eventually.await(() -> house.ask("runs").contains("completed"), () -> house.ask("runs"));

        alice.say(house.room, "!sop log R-1 1 full");

        Eventually.await(() -> files(house, readable(alice, house)).size() == 1, house::health);
        var file = files(house, readable(alice, house)).getFirst().content().path("file");
        var lies = house.alice.download(file.path("url").asString(""));
        assertThat(new String(lies, StandardCharsets.ISO_8859_1)).doesNotContain("1\n2\n3\n");
        assertThat(decrypted(lies, file)).isEqualTo(printed());
        assertThat(files(house, house.alice.events(house.room))).as("in the clear").isEmpty();
    }

    private static List<MatrixEvent> readable(JsPeer peer, MatrixHouse house) throws Exception {
        return peer.timeline(house.room).stream()
                .filter(JsPeer.Seen::isReadable)
                .map(JsPeer.Seen::event)
                .toList();
    }

    /** As clients do it: AES-CTR with what stands in the event. */
    private static String decrypted(byte[] bytes, JsonNode file) throws Exception {
        var key = Base64.getUrlDecoder().decode(file.path("key").path("k").asString(""));
        var start = Base64.getDecoder().decode(file.path("iv").asString(""));
        var cipher = Cipher.getInstance("AES/CTR/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(start));
        return new String(cipher.doFinal(bytes), StandardCharsets.UTF_8);
    }
}
