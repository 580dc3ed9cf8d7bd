package dev.sopwith.bot.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How long a client waits for a service that does not answer. */
@Timeout(60)
class LocalClientTest {
    private static final LocalClient.Patience SHORT =
            new LocalClient.Patience(Duration.ofMillis(50), Duration.ofMillis(400));

    private static final LocalClient.Patience NO_END =
            new LocalClient.Patience(Duration.ofMillis(50), Duration.ofHours(1));

    @TempDir private Path folder;
    private final BlockingQueue<String> worries = new LinkedBlockingQueue<>();

    private Path socket() {
        return folder.resolve("socket");
    }

    @Test
    void who_is_never_greeted_is_told_and_then_gives_up_with_nothing_asked() throws Exception {
        try (var deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deaf.bind(UnixDomainSocketAddress.of(socket()));

            assertThatThrownBy(() -> LocalClient.connect(socket(), worries::add, SHORT))
                    .isInstanceOfSatisfying(
                            LocalClient.Silent.class, it -> assertThat(it.wasAsked()).isFalse())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        assertThat(worries)
                .singleElement()
                .asString()
                .contains(
                        "has not answered", "process " + ProcessHandle.current().pid(), "waiting");
    }

    @Test
    void who_asked_and_hears_nothing_more_is_told_that_it_was_asked() throws Exception {
        try (var deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deaf.bind(UnixDomainSocketAddress.of(socket()));
            var greeter =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (var wire = new Wire(deaf.accept())) {
                                            var hello = wire.read().orElseThrow();
                                            wire.write(hello);
                                            while (wire.read().isPresent()) {
                                                // Hears all of it, and says nothing.
                                            }
                                        } catch (Exception e) {
                                            worries.add("the greeter failed: " + e);
                                        }
                                    });
            try (var client = LocalClient.connect(socket(), worries::add, SHORT)) {
                assertThatThrownBy(() -> client.ask(request(false), _ -> {}))
                        .isInstanceOfSatisfying(
                                LocalClient.Silent.class, it -> assertThat(it.wasAsked()).isTrue());
            }
            greeter.join();
        }
        assertThat(worries).singleElement().asString().contains("has not answered");
    }

    @Test
    void a_service_that_is_still_at_it_shows_that_it_lives_and_is_waited_for() throws Exception {
        var told = new CountDownLatch(1);
        LocalServer.Handler slow =
                (_, _, _) -> {
                    if (!told.await(30, TimeUnit.SECONDS)) throw new AssertionError("not told");
                    return Answer.ok(Answer.empty(), "done");
                };
        Consumer<String> worry =
                it -> {
                    worries.add(it);
                    if (it.contains("still at it")) told.countDown();
                };
        try (var _ = LocalServer.open(socket(), slow);
                var client = LocalClient.connect(socket(), worry, NO_END)) {
            assertThat(client.ask(request(false), _ -> {}).lines()).containsExactly("done");
        }
        assertThat(worries).anyMatch(it -> it.contains("still at it"));
    }

    @Test
    void who_wants_to_wait_is_told_of_silence_only() throws Exception {
        var silentTwice = new CountDownLatch(2); // so a sign of life came in between
        LocalServer.Handler slow =
                (_, _, _) -> {
                    if (!silentTwice.await(30, TimeUnit.SECONDS)) {
                        throw new AssertionError("not told");
                    }
                    return Answer.ok(Answer.empty(), "done");
                };
        Consumer<String> worry =
                it -> {
                    worries.add(it);
                    silentTwice.countDown();
                };
        try (var _ = LocalServer.open(socket(), slow);
                var client = LocalClient.connect(socket(), worry, NO_END)) {
            assertThat(client.ask(request(true), _ -> {}).lines()).containsExactly("done");
        }
        assertThat(worries).allMatch(it -> it.contains("has not answered"));
    }

    private static Request request(boolean untilEnd) {
        return new Request(List.of("runs"), untilEnd);
    }
}
