package dev.sopwith.bot.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.matrix.MatrixQueue.Ticket;
import dev.sopwith.engine.chat.SendResult;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

class MatrixQueueTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final MatrixQueue queue = new MatrixQueue(now::get);

    @Test
    void prompts_go_first() {
        var talk = new Ticket("!a", false, 1);
        var prompt = new Ticket("!a", true, 2);
        assertThat(MatrixQueue.next(List.of(talk, prompt), Map.of())).isEqualTo(prompt);
    }

    @Test
    void the_room_goes_whose_turn_is_longest_ago() {
        var busy = new Ticket("!busy", false, 1);
        var quiet = new Ticket("!quiet", false, 2);
        assertThat(MatrixQueue.next(List.of(busy, quiet), Map.of("!busy", 9L, "!quiet", 3L)))
                .isEqualTo(quiet);
        assertThat(MatrixQueue.next(List.of(busy, quiet), Map.of("!busy", 9L))).isEqualTo(quiet);
    }

    @Test
    void of_one_room_the_first_goes_first() {
        var first = new Ticket("!a", false, 1);
        var second = new Ticket("!a", false, 2);
        assertThat(MatrixQueue.next(List.of(second, first), Map.of())).isEqualTo(first);
    }

    @Test
    void one_is_sent_at_a_time() throws InterruptedException {
        var under = new AtomicInteger();
        var most = new AtomicInteger();
        var sent = new ArrayList<SendResult>();
        var begin = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                int number = i;
                var _ =
                        threads.submit(
                                () -> {
                                    begin.await();
                                    return queue.send(
                                            "!" + number % 3,
                                            number % 4 == 0,
                                            () -> {
                                                most.accumulateAndGet(
                                                        under.incrementAndGet(), Math::max);
                                                Thread.onSpinWait();
                                                under.decrementAndGet();
                                                var result = SendResult.delivered("$" + number);
                                                sent.add(result); // one at a time, or the list
                                                // breaks
                                                return result;
                                            });
                                });
            }
            begin.countDown();
        }
        assertThat(most).hasValue(1);
        assertThat(sent).hasSize(20);
    }

    @Test
    void while_the_server_has_had_enough_nobody_bothers_it() {
        var asked = new AtomicInteger();
        var result = queue.send("!a", false, () -> SendResult.tooMany(Duration.ofSeconds(5)));
        assertThat(result.retryAfter()).contains(Duration.ofSeconds(5));

        now.set(Instant.EPOCH.plusSeconds(2));
        var second =
                queue.send(
                        "!b",
                        true,
                        () -> {
                            asked.incrementAndGet();
                            return SendResult.delivered("$1");
                        });
        assertThat(second.retryAfter()).contains(Duration.ofSeconds(3));
        assertThat(asked).hasValue(0);

        now.set(Instant.EPOCH.plusSeconds(5));
        assertThat(queue.send("!b", true, () -> SendResult.delivered("$1")).delivered()).isTrue();
    }
}
