package dev.sopwith.bot.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.FakeNetwork;
import dev.sopwith.engine.chat.OutboundMessage;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A network that is there again gets at once what waited for it, and not when a pause is over. */
class BackTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir private Path folder;
    private final FakeNetwork network = new FakeNetwork();
    private House house;
    private ChatReconciler reconciler;

    @BeforeEach
    void open() throws Exception {
        house = new House(folder);
        reconciler =
                new ChatReconciler(
                        "red",
                        network.connect(),
                        house.store,
                        house.views(house.store),
                        _ -> true,
                        house.clock);
        house.engine.listen(reconciler::look);
    }

    /** Tries in vain until the next try is a long time off; answers when that is. */
    private Instant tryInVain() {
        while (true) {
            var next = reconciler.settle().orElseThrow();
            if (Duration.between(house.now, next).compareTo(LONG) > 0) return next;
            if (next.isAfter(house.now)) house.now = next;
        }
    }

    private boolean isAsked() {
        return network.messages().values().stream()
                .map(OutboundMessage::document)
                .anyMatch(it -> it.plain().contains("needs a yes"));
    }

    @Test
    void what_waits_for_a_network_that_was_away_is_sent_at_once() {
        network.goDown();
        house.atGate("deploy");
        var next = tryInVain();
        network.comeBack();
        assertThat(reconciler.settle()).as("nobody has told it").hasValue(next);
        assertThat(isAsked()).isFalse();

        reconciler.back();
        var _ = reconciler.settle();

        assertThat(isAsked()).isTrue();
    }

    @Test
    void what_was_refused_again_and_again_is_tried_at_once() {
        network.refuseNext(Integer.MAX_VALUE);
        house.atGate("deploy");
        var _ = tryInVain();
        network.refuseNext(0);

        reconciler.back();
        var _ = reconciler.settle();

        assertThat(isAsked()).isTrue();
    }

    @Test
    void a_network_that_is_not_there_after_all_is_left_alone_for_a_moment() {
        network.goDown();
        house.atGate("deploy");
        var _ = tryInVain();

        reconciler.back();

        assertThat(reconciler.settle()).hasValue(house.now.plusSeconds(1));
    }
}
