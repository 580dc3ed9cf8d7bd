package dev.sopwith.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How much one source may send. */
class RateLimitTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final RateLimit limit = new RateLimit(60, 60, nanos::get);

    @Test
    void a_minutes_worth_goes_at_once_and_then_one_a_second() {
        for (int i = 0; i < 60; i++) assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).hasValue(Duration.ofSeconds(1));
        assertThat(limit.take("b")).as("another source").isEmpty();
        nanos.addAndGet(Duration.ofMillis(400).toNanos());
        assertThat(limit.take("a")).hasValue(Duration.ofMillis(600));
        nanos.addAndGet(Duration.ofMillis(600).toNanos());
        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).isPresent();
    }

    @Test
    void who_was_silent_for_a_year_may_not_send_more_at_once() {
        assertThat(limit.take("a")).isEmpty();
        nanos.addAndGet(Duration.ofDays(365).toNanos());
        for (int i = 0; i < 60; i++) assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).isPresent();
    }

    @Test
    void only_those_heard_last_are_known() {
        for (int i = 0; i < 60; i++) assertThat(limit.take("a")).isEmpty();
        for (int i = 0; i < 10_000; i++) limit.take("other " + i);
        assertThat(limit.take("a")).as("forgotten").isEmpty();
    }
}
