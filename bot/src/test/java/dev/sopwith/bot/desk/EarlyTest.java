package dev.sopwith.bot.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bot.room.ChatReconciler;
import dev.sopwith.bot.room.House;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.FakeNetwork;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.runtime.Planner;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** Who is quicker than the network's answer to what was sent is heard all the same, and once. */
class EarlyTest {
    @TempDir private Path folder;
    private final FakeNetwork network = new FakeNetwork();
    private House house;
    private ChatReconciler reconciler;
    private ChatDesk desk;
    private Consumer<Sent> meanwhile = _ -> {};
    private int positions;
    private int events;

    /** A message that is in the room while who sent it still waits for the answer. */
    private record Sent(String id, String key) {
        boolean isPrompt() {
            return key.endsWith("/step/2/1/gate/1");
        }

        boolean isCard() {
            return key.endsWith("/card");
        }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @BeforeEach
    void open() throws Exception {
        house = new House(folder);
        begin();
    }

    /** The service, over what the store holds. */
    private void begin() {
        reconciler =
                new ChatReconciler(
                        "red",
                        slow(network.connect()),
                        house.store,
                        house.views(house.store),
                        _ -> true,
                        house.clock);
        house.engine.listen(reconciler::look);
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
        desk =
                new ChatDesk(
                        new ChatDesk.Room("red", true, _ -> true),
                        deeds,
                        rights,
                        house.overview,
                        house.store,
                        reconciler::show,
                        house.clock);
        reconciler.whenShown(desk::shown);
    }

    /** What is sent is there, and something happens before the answer is. */
    private Connector slow(Connector real) {
        return (Connector)
                Proxy.newProxyInstance(
                        Connector.class.getClassLoader(),
                        new Class<?>[] {Connector.class},
                        (_, method, arguments) -> {
                            var result = method.invoke(real, arguments);
                            if (method.getName().equals("send")
                                    && result instanceof SendResult sent
                                    && sent.delivered()) {
                                var message = (OutboundMessage) arguments[0];
                                meanwhile.accept(
                                        new Sent(sent.messageId().orElseThrow(), message.key()));
                            }
                            return result;
                        });
    }

    private void settle() {
        var next = reconciler.settle();
        while (next.isPresent()) {
            if (next.get().isAfter(house.now)) house.now = next.get();
            next = reconciler.settle();
        }
    }

    private void hear(InboundEvent... events) {
        desk.hear(new Connector.Heard(List.of(events), "s" + ++positions));
    }

    private Optional<String> position() {
        return house.store.read(it -> it.chat().position("red"));
    }

    private InboundEvent marks(String person, String messageId, String mark) {
        return new InboundEvent.Reaction(
                "e" + ++events, "room", messageId, "fake:" + person, mark, house.now);
    }

    private InboundEvent unmarks(String person, String messageId, String mark) {
        return new InboundEvent.ReactionRemoved(
                "e" + ++events, "room", messageId, "fake:" + person, mark, house.now);
    }

    private InboundEvent says(String person, String thread, String text) {
        return new InboundEvent.Message(
                "e" + ++events,
                "room",
                Optional.of(thread),
                Optional.empty(),
                "fake:" + person,
                false,
                text,
                house.now);
    }

    private List<String> votes(RunId run) {
        return house.gate(run).votes().stream().map(it -> it.by().person()).toList();
    }

    private List<String> answers() {
        settle();
        return network.messages().values().stream()
                .filter(it -> it.key().contains("/answer/"))
                .map(it -> it.document().plain())
                .toList();
    }

    @Test
    void a_mark_that_comes_before_the_answer_of_the_network_counts_once() {
        meanwhile =
                it -> {
                    if (it.isPrompt()) hear(marks("bob", it.id(), "✅"));
                };
        var run = house.atGate("deploy");
        settle();

        assertThat(votes(run)).containsExactly("bob");
        assertThat(answers()).isEmpty();
        assertThat(position()).hasValue("s1");
    }

    @Test
    void a_mark_that_was_taken_back_by_then_does_not_count() {
        meanwhile =
                it -> {
                    if (!it.isPrompt()) return;
                    hear(marks("bob", it.id(), "✅"));
                    hear(marks("carol", it.id(), "❌"));
                    hear(unmarks("carol", it.id(), "❌"));
                };
        var run = house.atGate("deploy");
        settle();

        assertThat(votes(run)).containsExactly("bob");
        assertThat(answers()).isEmpty();
    }

    @Test
    void a_service_that_dies_before_it_knows_the_message_hears_the_mark_again() {
        var run = house.atGate("deploy");
        InboundEvent[] vote = new InboundEvent[1];
        hear();
        meanwhile =
                it -> {
                    if (!it.isPrompt()) return;
                    vote[0] = marks("bob", it.id(), "✅");
                    hear(vote);
                    throw new Killed();
                };
        assertThatThrownBy(this::settle).isInstanceOf(Killed.class);
        assertThat(position()).as("before what waits").hasValue("s1");

        meanwhile = _ -> {};
        begin();
        hear(vote);
        settle();
        hear(vote);

        assertThat(votes(run)).containsExactly("bob");
        assertThat(answers()).isEmpty();
        assertThat(position()).hasValue("s4");
    }

    @Test
    void a_bare_verb_in_a_thread_that_is_not_known_yet_means_its_run() {
        meanwhile =
                it -> {
                    if (it.isCard()) hear(says("alice", it.id(), "done"));
                };
        var run = house.start("deploy");
        settle();

        assertThat(house.phase(run)).containsInstanceOf(Phase.AtGate.class);
        assertThat(answers()).singleElement().asString().contains("R-1");
    }

    @Test
    void what_is_about_messages_of_others_holds_up_nothing() {
        var _ = house.atGate("deploy");
        meanwhile =
                it -> {
                    if (it.isPrompt()) hear(marks("bob", "of-somebody", "✅"));
                };
        settle();
        assertThat(position()).hasValue("s1");

        meanwhile = _ -> {};
        hear(marks("bob", "of-somebody", "✅"), says("bob", "of-somebody", "done"));
        assertThat(position()).hasValue("s2");
        assertThat(answers()).isEmpty();
    }

    @Test
    void what_stays_on_its_way_holds_up_the_position_for_some_minutes_only() {
        var _ = house.atGate("deploy");
        network.loseNextAnswer();
        var _ = reconciler.settle();
        hear(marks("bob", "of-somebody", "✅"));
        assertThat(position()).isEmpty();

        house.now = house.now.plus(Duration.ofMinutes(11));
        hear();
        assertThat(position()).hasValue("s2");
    }

    @Test
    void a_mark_that_a_network_tells_once_more_under_another_id_is_no_second_vote() {
        var id = new String[1];
        meanwhile =
                it -> {
                    if (!it.isPrompt()) return;
                    id[0] = it.id();
                    hear(marks("bob", it.id(), "✅"));
                };
        var run = house.atGate("deploy");
        settle();
        hear(marks("bob", id[0], "✅"));
        assertThat(votes(run)).containsExactly("bob");
        assertThat(answers()).isEmpty();

        hear(unmarks("bob", id[0], "✅"));
        assertThat(votes(run)).isEmpty();
        hear(marks("bob", id[0], "✅"));
        assertThat(votes(run)).containsExactly("bob");
    }
}
