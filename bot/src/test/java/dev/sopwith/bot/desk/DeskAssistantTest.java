package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.command.CommandParser;
import dev.sopwith.bot.room.ChatReconciler;
import dev.sopwith.bot.room.House;
import dev.sopwith.engine.chat.Assistant.Field;
import dev.sopwith.engine.chat.Assistant.Suggestion;
import dev.sopwith.engine.chat.FakeNetwork;
import dev.sopwith.engine.runtime.Planner;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Who writes is helped with what they may see, and with nothing else. */
class DeskAssistantTest {
    @TempDir private Path folder;
    private final FakeNetwork network = new FakeNetwork();
    private House house;
    private DeskAssistant assistant;

    @BeforeEach
    void open() throws Exception {
        house = new House(folder);
        var rights = new Rights(() -> house.roster, "svc");
        var deeds =
                new Deeds(
                        house.engine,
                        Installation.of(() -> house.sops),
                        rights,
                        house.overview,
                        new Planner(house.engine, House.WORLD),
                        new LinkCodes(new Random(7)),
                        house.views(house.store),
                        house.clock);
        var parser = new CommandParser(Deeds.offered(Speaker.Surface.ROOM));
        assistant = new DeskAssistant("red", parser, deeds, rights, house.store);
    }

    private List<String> completed(String person, String text) {
        return assistant.complete("fake:" + person, text).words().stream()
                .map(Suggestion::word)
                .toList();
    }

    @Test
    void names_are_completed_as_far_as_the_person_may_see_them() {
        assertThat(completed("alice", "run d")).containsExactly("db-copy", "deploy");
        house.access("deploy", "bob");
        assertThat(completed("alice", "run d")).containsExactly("db-copy");
    }

    @Test
    void strangers_and_nonsense_are_not_helped() {
        assertThat(completed("mallory", "run ")).isEmpty();
        assertThat(assistant.complete("no account at all", "run ").words()).isEmpty();
        assertThat(assistant.missing("fake:mallory", "run secret")).isEmpty();
    }

    @Test
    void what_a_start_lacks_is_named_with_what_is_secret() {
        assertThat(assistant.missing("fake:alice", "run secret"))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.name()).isEqualTo("pw");
                            assertThat(it.isSecret()).isTrue();
                            assertThat(it.isRequired()).isTrue();
                        });
        assertThat(assistant.missing("fake:alice", "run deploy")).isEmpty();
    }

    @Test
    void nothing_is_asked_for_what_is_no_start_or_not_theirs_to_see() {
        for (var text : List.of("status R-1", "run", "run nothing", "", "runs everything")) {
            assertThat(assistant.missing("fake:alice", text)).as(text).isEmpty();
        }
        house.access("secret", "bob");
        assertThat(assistant.missing("fake:alice", "run secret")).isEmpty();
        assertThat(assistant.missing("fake:bob", "run secret"))
                .extracting(Field::name)
                .containsExactly("pw");
    }

    @Test
    void marks_count_on_open_prompts_of_gates_alone() {
        var reconciler =
                new ChatReconciler(
                        "red",
                        network.connect(),
                        house.store,
                        house.views(house.store),
                        _ -> true,
                        house.clock);
        house.engine.listen(reconciler::look);
        assertThat(assistant.open()).isEmpty();
        var _ = house.atGate("deploy");
        for (var next = reconciler.settle(); next.isPresent(); next = reconciler.settle()) {
            if (next.get().isAfter(house.now)) house.now = next.get();
        }

        var open = assistant.open();

        assertThat(open).hasSize(1);
        var prompt = Objects.requireNonNull(network.messages().get(open.iterator().next()));
        assertThat(prompt.document().plain()).contains("needs a yes");
    }
}
