package dev.sopwith.bot.tmux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.LocalFeed;
import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.bot.local.Room;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Block;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.chat.OutboundMessage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that follow the room, good ones and bad ones, over the real socket. */
@Timeout(60)
final class LocalRoomTest {
    private static final String HELLO = "{\"hello\":1}";
    private static final String SUBSCRIBE = "{\"subscribe\":{}}";

    @TempDir private Path folder;
    private TmuxConnector room;
    private LocalServer server;
    private final Set<String> hidden = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void open() throws IOException {
        room =
                TmuxConnector.open(
                        folder.resolve("room"),
                        InstantSource.system(),
                        new Random(),
                        (_, key) -> !hidden.contains(key));
        server = LocalServer.open(socket(), (_, _, _) -> Answer.wrong("no"), room);
    }

    @AfterEach
    void close() {
        server.close();
        room.close();
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    private void restart() throws IOException {
        close();
        open();
    }

    private String sent(String key, String title, Control... controls) {
        return room.send(message(key, title, controls)).messageId().orElseThrow();
    }

    private static OutboundMessage message(String key, String title, Control... controls) {
        var document =
                new Document(
                        title, List.of(new Block.Line("body")), Set.of(), List.of(controls), false);
        return new OutboundMessage(key, TmuxConnector.ROOM, Optional.empty(), document, List.of());
    }

    /** The next frames that somebody gets who has seen so much. */
    private List<Frame> next(int count, Room.Place since) throws Exception {
        var frames = new ArrayList<Frame>();
        var feed = LocalFeed.subscribe(socket(), since);
        assertThatThrownBy(
                        () ->
                                feed.follow(
                                        frame -> {
                                            frames.add(frame);
                                            if (frames.size() == count) feed.close();
                                        }))
                .isInstanceOf(IOException.class);
        return frames;
    }

    private Room.Place from(Room.Place since) throws Exception {
        try (var feed = LocalFeed.subscribe(socket(), since)) {
            return feed.from();
        }
    }

    @Test
    void who_comes_back_after_a_restart_gets_what_they_have_not_seen() throws Exception {
        sent("a", "first");
        var before = from(Room.Place.NEW);
        assertThat(next(1, Room.Place.NEW)).extracting(Frame::title).containsExactly("first");
        sent("b", "second");
        restart();
        sent("c", "third");

        var rest = next(2, new Room.Place(before.epoch(), 1));

        assertThat(rest).extracting(Frame::title).containsExactly("second", "third");
    }

    @Test
    void what_is_not_for_somebody_is_passed_by_and_nothing_else_is_lost() throws Exception {
        hidden.addAll(List.of("b", "c"));
        var place = from(Room.Place.NEW);
        sent("a", "first");
        sent("b", "not for them");
        sent("d", "second");
        sent("c", "not for them either");

        assertThat(next(2, place)).extracting(Frame::title).containsExactly("first", "second");
        var passed = passed(place);
        assertThat(passed).isEqualTo(4);
        sent("e", "third");
        assertThat(next(1, new Room.Place(place.epoch(), passed)))
                .extracting(Frame::title)
                .containsExactly("third");
    }

    @Test
    void who_is_new_sees_the_last_few_that_are_for_them() throws Exception {
        for (int i = 0; i < 30; i++) sent("for all " + i, "t" + i);
        for (int i = 0; i < 30; i++) {
            hidden.add("hidden " + i);
            sent("hidden " + i, "no");
        }

        assertThat(next(TmuxConnector.SHOWN_TO_NEW, Room.Place.NEW))
                .extracting(Frame::title)
                .startsWith("t10")
                .endsWith("t29");
    }

    /** How far somebody is told that they have seen. */
    private long passed(Room.Place since) throws Exception {
        var passed = new AtomicLong();
        var feed = LocalFeed.subscribe(socket(), since);
        assertThatThrownBy(
                        () ->
                                feed.follow(
                                        new LocalFeed.Listener() {
                                            @Override
                                            public void seen(Frame frame) {}

                                            @Override
                                            public void passed(long seq) {
                                                passed.set(seq);
                                                feed.close();
                                            }
                                        }))
                .isInstanceOf(IOException.class);
        return passed.get();
    }

    @Test
    void who_saw_another_room_gets_all_of_this_one_and_is_told_so() throws Exception {
        sent("a", "first");
        try (var feed = LocalFeed.subscribe(socket(), new Room.Place("another", 99))) {
            assertThat(feed.missed()).isTrue();
            assertThat(feed.from().seq()).isZero();
        }
    }

    @Test
    void what_was_asked_and_is_decided_is_a_close() throws Exception {
        var id = sent("a", "needs a yes", new Control("approve", "Approve", Ask.CODE));
        var place = from(Room.Place.NEW);
        room.update(id, message("a", "still needs it", new Control("x", "X", Ask.NOTHING)));
        assertThat(next(1, place).getFirst().kind()).isEqualTo(Frame.Kind.UPDATE);
        room.update(id, message("a", "approved"));
        assertThat(next(1, place).getFirst().kind()).isEqualTo(Frame.Kind.CLOSE);
        room.update(id, message("a", "approved"));
        assertThat(next(1, place)).extracting(Frame::seq).as("nothing new").containsExactly(3L);
    }

    @Test
    void a_hundred_clients_at_once_see_the_same_in_the_same_order() throws Exception {
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<List<Frame>>>();
            for (int i = 0; i < 100; i++) {
                calls.add(() -> next(50, new Room.Place(from(Room.Place.NEW).epoch(), 0)));
            }
            var sending = pool.submit(() -> sendAll(50));
            for (var seen : pool.invokeAll(calls)) {
                assertThat(seen.get())
                        .extracting(Frame::title)
                        .containsExactlyElementsOf(titles(50));
            }
            assertThat(sending.get()).isEqualTo(50);
        }
    }

    private int sendAll(int count) {
        titles(count).forEach(it -> sent(it, it));
        return count;
    }

    private static List<String> titles(int count) {
        var titles = new ArrayList<String>();
        for (int i = 0; i < count; i++) titles.add("title " + i);
        return titles;
    }

    @Test
    void garbage_is_answered_and_what_follows_is_heard() throws IOException {
        var said =
                said(
                        HELLO,
                        SUBSCRIBE,
                        "what?",
                        "{\"words\":[\"runs\"]}",
                        "{\"say\":{\"text\":\"without an id\"}}",
                        "{\"say\":{\"id\":\"%s\",\"text\":\"x\"}}".formatted("i".repeat(200)),
                        "{\"ack\":\"?\"}");

        assertThat(said).hasSize(6);
        assertThat(said.get(1)).contains("subscribed");
        assertThat(said.get(2)).contains("JSON object");
        assertThat(said.get(3)).contains("ack, say and alive");
        assertThat(said.get(4)).contains("unheard", "needs an id");
        assertThat(said.get(5)).contains("unheard", "needs an id");
    }

    @Test
    void ten_megabytes_in_one_line_end_the_connection_and_nothing_else() throws Exception {
        var said = said(HELLO, SUBSCRIBE, "x".repeat(10_000_000));
        sent("a", "later");

        assertThat(said.getFirst()).contains("hello");
        assertThat(next(1, Room.Place.NEW)).hasSize(1);
    }

    @Test
    void who_vanishes_in_half_a_line_or_never_reads_holds_up_nobody() throws Exception {
        try (var deaf = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            write(deaf, HELLO + "\n" + SUBSCRIBE + "\n{\"ack");
            try (var gone = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
                write(gone, HELLO + "\n" + SUBSCRIBE + "\n{\"say\":{\"id\":\"x");
            }
            for (int i = 0; i < 500; i++) sent("k" + i, "x".repeat(150) + i);

            var place = new Room.Place(from(Room.Place.NEW).epoch(), 0);
            assertThat(next(500, place)).hasSize(500);
        }
    }

    @Test
    void a_socket_without_a_room_says_so() throws IOException {
        server.close();
        server = LocalServer.open(socket(), (_, _, _) -> Answer.wrong("no"));

        assertThatThrownBy(() -> LocalFeed.subscribe(socket(), Room.Place.NEW))
                .isInstanceOf(LocalClient.Refused.class)
                .hasMessageContaining("no room");
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) channel.write(bytes);
    }

    /** What the service says to these lines; as many lines as there are answers to them. */
    private List<String> said(String... lines) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            var text = new ArrayList<String>();
            try {
                for (var line : lines) write(channel, line + "\n");
            } catch (IOException _) {
                // It hung up before all was sent; what it said is still to be read.
            }
            try (var in = Channels.newReader(channel, StandardCharsets.UTF_8);
                    var reader = new BufferedReader(in)) {
                while (text.size() < lines.length - 1) {
                    var line = reader.readLine();
                    if (line == null) break;
                    text.add(line);
                }
            }
            return text;
        }
    }
}
