package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.runtime.Clocks;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Who somebody is, is the socket's or the kernel's to say, and never a line's. */
class DoorTest {
    private static final String ME = "you are local:" + System.getProperty("user.name");

    @TempDir private Path folder;

    /** Deaf: nothing that becomes of it matters here. */
    private static final class Deaf implements Demo.Listener {
        @Override
        public void made(Path root) {}

        @Override
        public void stopped() {}
    }

    private static List<String> said(Path socket, String... lines) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            var text = String.join("\n", lines) + "\n";
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            try (var in = Channels.newReader(channel, StandardCharsets.UTF_8);
                    var reader = new BufferedReader(in)) {
                return reader.lines().toList();
            }
        }
    }

    private static String asBob(Path socket) throws IOException {
        var lines =
                said(
                        socket,
                        "{\"hello\":1,\"as\":\"demo:bob\"}",
                        "{\"words\":[\"whoami\"],\"as\":\"demo:bob\"}");
        return lines.getLast();
    }

    @Test
    void the_product_takes_nobody_for_somebody_else() throws Exception {
        try (var _ = RunningApp.open(folder, Clocks.right(Clock.systemUTC()))) {
            assertThat(asBob(App.socket(folder.resolve("state"))))
                    .contains(ME)
                    .doesNotContain("demo:bob");
            try (var all = Files.walk(folder)) {
                assertThat(all.filter(it -> it.endsWith("socket"))).hasSize(1);
            }
        }
    }

    @Test
    void in_the_demo_only_bobs_own_socket_is_bob() throws Exception {
        try (var demo =
                Demo.open(folder, Optional.empty(), new Deaf(), Clocks.right(Clock.systemUTC()))) {
            assertThat(asBob(App.socket(demo.alice()))).contains(ME).doesNotContain("demo:bob");
            assertThat(asBob(App.socket(demo.bob()))).contains("you are demo:bob");
        }
    }

    @Test
    void a_backup_that_was_refused_is_on_record() throws Exception {
        Path state;
        try (var demo =
                Demo.open(folder, Optional.empty(), new Deaf(), Clocks.right(Clock.systemUTC()))) {
            state = demo.alice();
            var file = folder.resolve("copy.db");
            var backup = "{\"words\":[\"backup\",\"%s\"]}".formatted(file);
            assertThat(said(App.socket(demo.bob()), "{\"hello\":1}", backup).getLast())
                    .contains("only the service's own user and root");
            assertThat(file).doesNotExist();
        }
        var store = App.store(state).resolve("sopwith.db");
        try (var view = SqliteStore.view(store)) {
            var refusals = view.<String>read(it -> it.trail().after(0, 1_000).toString());
            assertThat(refusals).contains("demo:bob", "backup");
        }
    }

    @Test
    void nothing_is_said_into_the_room_from_bobs_socket_as_somebody_else() throws Exception {
        try (var demo =
                        Demo.open(
                                folder,
                                Optional.empty(),
                                new Deaf(),
                                Clocks.right(Clock.systemUTC()));
                var channel =
                        SocketChannel.open(UnixDomainSocketAddress.of(App.socket(demo.bob())));
                var in = Channels.newReader(channel, StandardCharsets.UTF_8);
                var reader = new BufferedReader(in)) {
            var text =
                    """
                    {"hello":1}
                    {"subscribe":{"epoch":"","since":-1}}
                    {"say":{"id":"c1","text":"freeze"}}
                    """;
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));

            var line = reader.readLine();
            while (line != null && !line.contains("unheard")) line = reader.readLine();

            assertThat(line).contains("c1", "ask with a line");
        }
    }
}
