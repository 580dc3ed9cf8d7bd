package dev.sopwith.app;

import static dev.sopwith.app.RunningApp.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.engine.runtime.Clocks;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Somebody sets the clock of the machine; the operator is told and says that it is right. */
@Timeout(180)
class AppClockTest {
    @TempDir private Path folder;
    private final SetClock clock = new SetClock();

    /** A clock that goes on, can be set, and is synchronised with nothing. */
    private static final class SetClock implements Clocks {
        private volatile Duration set = Duration.ZERO;

        @Override
        public Instant wall() {
            return Instant.parse("2026-11-21T03:00:00Z").plus(running()).plus(set);
        }

        @Override
        public Duration running() {
            return Duration.ofNanos(System.nanoTime());
        }

        @Override
        public Optional<Duration> runningOrAsleep() {
            return Optional.of(running());
        }

        @Override
        public Synchronised synchronised() {
            return Synchronised.NO;
        }
    }

    @Test
    void a_clock_that_was_set_ends_nothing_until_somebody_says_that_it_is_right() throws Exception {
        RunningApp.write(
                folder, "gated", "", "1. **A** — b.\n   - kind: checkpoint\n2. **B** — c.\n");
        try (var app = RunningApp.open(folder, clock)) {
            app.ask("run", "gated");
            assertThat(text(app.ask("status"))).doesNotContain("clock");
            clock.set = Duration.ofDays(3);
            var status = app.await(it -> it.contains("the clock is in doubt"), "status");
            assertThat(text(status)).contains("it jumped ahead by 3 d 0 h", "say: clock ok");
            assertThat(status.data().path("clock_in_doubt").asString("")).contains("jumped");
            var code = app.ask("status", "R-1").data().path("code").asString("");
            assertThat(text(app.ask("approve", code))).contains("over", "The clock is in doubt");
        }
        try (var app = RunningApp.open(folder, clock)) {
            assertThat(text(app.ask("status"))).contains("the clock is in doubt", "R-1");
            assertThat(app.ask("clock", "fine").status()).isEqualTo(Answer.Status.WRONG);
            assertThat(text(app.ask("clock", "ok"))).contains("the clock is trusted again");
            assertThat(text(app.ask("clock", "ok"))).isEqualTo("the clock was not in doubt");
            assertThat(text(app.ask("status"))).doesNotContain("doubt");
            app.await(it -> it.contains("may be decided until"), "log", "R-1");
            var code = app.ask("status", "R-1").data().path("code").asString("");
            assertThat(text(app.ask("approve", code))).contains("waits for people");
        }
    }
}
