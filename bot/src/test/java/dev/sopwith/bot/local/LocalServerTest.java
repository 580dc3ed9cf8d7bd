package dev.sopwith.bot.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The socket, with a handler that repeats what it hears. */
class LocalServerTest {
    private static final String HELLO = "{\"hello\":1}";

    @TempDir private Path folder;
    private LocalServer server;

    private Path socket() {
        return folder.resolve("socket");
    }

    @BeforeEach
    void open() throws IOException {
        server = LocalServer.open(socket(), LocalServerTest::repeat);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static Answer repeat(Request request, Caller caller, Consumer<String> progress) {
        if (request.words().contains("bug")) throw new IllegalStateException("boom");
        if (request.untilEnd()) progress.accept("half way");
        return Answer.ok(
                Answer.empty().put("operator", caller.operator()),
                String.join("|", request.words()));
    }

    @Test
    void words_arrive_as_they_were_sent_from_whom_the_kernel_says() throws Exception {
        var heard = new ArrayList<String>();
        try (var client = LocalClient.connect(socket())) {
            var answer = client.ask(new Request(List.of("a b", "ü\n", ""), true), heard::add);

            assertThat(answer.lines()).containsExactly("a b|ü\n|");
            assertThat(answer.data().path("operator").asBoolean()).isTrue();
            assertThat(heard).containsExactly("half way");
        }
    }

    @Test
    void nobody_else_can_open_the_socket() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-rw----");
    }

    @Test
    void garbage_is_answered_and_the_next_line_is_heard() throws IOException {
        assertThat(said(HELLO, "what?", "[1]", "{}", "{\"words\":[\"x\"]}"))
                .hasSize(5)
                .satisfies(
                        it -> {
                            assertThat(it.get(1)).contains("error", "JSON object");
                            assertThat(it.get(2)).contains("error", "JSON object");
                            assertThat(it.get(3)).contains("error", "words");
                            assertThat(it.get(4)).contains("answer", "x");
                        });
    }

    @Test
    void a_bug_ends_the_request_and_not_the_service() throws IOException {
        assertThat(said(HELLO, "{\"words\":[\"bug\"]}", "{\"words\":[\"x\"]}").getLast())
                .contains("\"OK\"");
    }

    @Test
    void another_version_is_told_so() throws IOException {
        assertThat(said("{\"hello\":2}", "{\"words\":[\"x\"]}"))
                .singleElement()
                .satisfies(it -> assertThat(it).contains("version 1", "version 2"));
        assertThat(said("x")).singleElement().asString().contains("error");
    }

    @Test
    void who_says_nothing_is_told_why_before_the_connection_ends() throws Exception {
        server.close();
        var hello = Duration.ofMillis(100);
        server = LocalServer.open(socket(), LocalServerTest::repeat, Room.NONE, hello);

        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            assertThat(heard(channel))
                    .singleElement()
                    .asString()
                    .contains("error", "nothing came", "hello", "hangs up");
        }
    }

    @Test
    void a_line_that_is_too_long_ends_the_connection() throws IOException {
        var answers = said(HELLO, "x".repeat(Wire.LINE_MAX + 1));

        assertThat(answers.getLast()).contains("at most");
        assertThat(said(HELLO)).hasSize(1);
    }

    @Test
    void many_clients_at_once_are_each_answered() throws Exception {
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<Answer>>();
            for (int i = 0; i < LocalServer.CLIENTS_MAX / 2; i++) {
                var word = "w" + i;
                calls.add(() -> ask(word));
            }
            var answers = new ArrayList<String>();
            for (var answer : pool.invokeAll(calls)) answers.add(answer.get().lines().getFirst());
            assertThat(answers).hasSize(LocalServer.CLIENTS_MAX / 2).doesNotHaveDuplicates();
        }
    }

    @Test
    void too_many_clients_are_sent_away_politely() throws Exception {
        var silent = new ArrayList<SocketChannel>();
        try {
            for (int i = 0; i < LocalServer.CLIENTS_MAX; i++) {
                silent.add(SocketChannel.open(UnixDomainSocketAddress.of(socket())));
            }
            assertThatThrownBy(() -> ask("x"))
                    .isInstanceOf(LocalClient.Refused.class)
                    .hasMessageContaining("too many clients at once");
        } finally {
            for (var client : silent) client.close();
        }
    }

    @Test
    @Timeout(60)
    void strangers_keep_nobody_out_however_many_they_are() throws Exception {
        server.close();
        server = LocalServer.open(socket(), new OnlyOnce());
        var strangers = new ArrayList<SocketChannel>();
        try {
            for (int i = 0; i < 2 * LocalServer.CLIENTS_MAX; i++) {
                strangers.add(SocketChannel.open(UnixDomainSocketAddress.of(socket())));
            }
            while (asked.get() < 2 * LocalServer.CLIENTS_MAX) Thread.onSpinWait();
            strangersCome.set(false);
            assertThat(ask("x").lines()).isNotEmpty();
        } finally {
            for (var client : strangers) client.close();
        }
    }

    private final AtomicBoolean strangersCome = new AtomicBoolean(true);
    private final AtomicInteger asked = new AtomicInteger();

    /** Knows nobody, until it is told to. */
    private final class OnlyOnce implements LocalServer.Handler {
        @Override
        public Answer answer(Request request, Caller caller, LocalServer.Asker asker) {
            return repeat(request, caller, asker);
        }

        @Override
        public boolean admits(Caller caller) {
            asked.incrementAndGet();
            return !strangersCome.get();
        }
    }

    @Test
    void who_may_pass_through_the_folder_may_ask() throws Exception {
        server.close();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        server = LocalServer.open(socket(), LocalServerTest::repeat);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-rw----");
        server.close();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        server = LocalServer.open(socket(), LocalServerTest::repeat);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-rw-rw-");
    }

    @Test
    void a_path_that_no_socket_can_have_is_explained() {
        var deep = folder.resolve("d".repeat(120)).resolve("socket");

        assertThatThrownBy(() -> LocalServer.open(deep, LocalServerTest::repeat))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--state-dir");
        assertThatThrownBy(() -> LocalClient.connect(deep))
                .isInstanceOf(LocalClient.Refused.class)
                .hasMessageContaining("--state-dir");
        assertThatThrownBy(
                        () -> LocalFeed.subscribe(folder.resolve("ü".repeat(60)), Room.Place.NEW))
                .isInstanceOf(LocalClient.Refused.class)
                .hasMessageContaining("too long for a socket");
    }

    @Test
    void the_socket_of_a_dead_service_is_replaced_and_nobody_answers_on_it_before()
            throws Exception {
        var left = folder.resolve("left");
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(left));
        }
        assertThat(left).exists();
        assertThatThrownBy(() -> LocalClient.connect(left)).isInstanceOf(IOException.class);

        try (var _ = LocalServer.open(left, LocalServerTest::repeat);
                var client = LocalClient.connect(left)) {
            var answer = client.ask(new Request(List.of("x"), false), _ -> {});
            assertThat(answer.lines()).containsExactly("x");
        }
    }

    @Test
    void half_a_character_arrives_as_it_was_typed() throws Exception {
        try (var client = LocalClient.connect(socket())) {
            var answer = client.ask(new Request(List.of("\ud800 😀"), false), _ -> {});
            assertThat(answer.lines()).containsExactly("\ud800 😀");
        }
    }

    private Answer ask(String word) throws Exception {
        try (var client = LocalClient.connect(socket())) {
            return client.ask(new Request(List.of(word), false), _ -> {});
        }
    }

    /** All that the service says to these lines until it hangs up. */
    private List<String> said(String... lines) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            try {
                for (var line : lines) {
                    var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
                    while (bytes.hasRemaining()) channel.write(bytes);
                }
                channel.shutdownOutput();
            } catch (IOException _) {
                // It hung up before all was sent; what it said is still to be read.
            }
            return heard(channel);
        }
    }

    /** All lines until the service hangs up. */
    private static List<String> heard(SocketChannel channel) throws IOException {
        try (var in = Channels.newReader(channel, StandardCharsets.UTF_8);
                var reader = new BufferedReader(in)) {
            return reader.lines().toList();
        }
    }
}
