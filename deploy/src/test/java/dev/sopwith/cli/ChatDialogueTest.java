package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.Caller;
import dev.sopwith.bot.local.LocalServer;
import dev.sopwith.bot.local.Request;
import dev.sopwith.bot.tmux.TmuxConnector;
import dev.sopwith.engine.secret.Secret;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What becomes of a line when the service dies over it. */
@Timeout(60)
final class ChatDialogueTest {
    @TempDir private Path folder;
    private final List<Request> asked = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private TmuxConnector room;
    private LocalServer server;
    private ChatRoom chat;
    private ChatDialogue dialogue;
    private volatile boolean isDying;
    private volatile Optional<Thread> restart = Optional.empty();

    @BeforeEach
    void open() throws IOException {
        start();
        chat = new ChatRoom(socket(), "./sopwith up", lines -> shown.addAll(lines));
        chat.open();
        dialogue =
                new ChatDialogue(
                        socket(),
                        chat,
                        lines -> shown.addAll(lines),
                        () -> 0,
                        name -> Optional.of(Secret.of("value of " + name)));
    }

    @AfterEach
    void close() throws InterruptedException {
        end.countDown();
        if (restart.isPresent()) restart.get().join();
        chat.close();
        server.close();
        room.close();
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    private void start() throws IOException {
        room = TmuxConnector.open(folder.resolve("room"), InstantSource.system(), new Random());
        server = LocalServer.open(socket(), new Service(), room);
    }

    /** Repeats what it hears; while it is dying it takes a request and never answers. */
    private final class Service implements LocalServer.Handler {
        @Override
        public Answer answer(Request request, Caller caller, LocalServer.Asker asker)
                throws InterruptedException {
            asked.add(request);
            if (isDying) {
                isDying = false;
                restart = Optional.of(Thread.ofVirtual().start(ChatDialogueTest.this::restart));
                end.await();
            }
            var data = JsonMapper.shared().createObjectNode();
            var said = "heard: " + request.line().orElse("");
            return new Answer(Answer.Status.OK, List.of(said), List.of(), data);
        }

        @Override
        public List<String> secrets(Request request, Caller caller) {
            return request.line().orElse("").startsWith("run secret")
                    ? List.of("token")
                    : List.of();
        }
    }

    private void restart() {
        server.close();
        room.close();
        try {
            start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> until(String text) throws InterruptedException {
        var all = new ArrayList<String>();
        while (all.isEmpty() || !all.getLast().contains(text)) {
            var next = shown.poll(30, TimeUnit.SECONDS);
            assertThat(next).as("in vain for %s after %s", text, all).isNotNull();
            all.add(next);
        }
        return all;
    }

    @Test
    void what_starts_work_is_never_asked_twice_and_the_person_is_told() throws Exception {
        isDying = true;
        dialogue.said("run deploy");

        assertThat(until("may have been done").getLast()).contains("\"run deploy\"", "look: runs");
        assertThat(asked).hasSize(1);
    }

    @Test
    void what_only_looks_is_asked_again() throws Exception {
        isDying = true;
        dialogue.said("/status R-1");

        assertThat(until("heard: status R-1")).anyMatch(it -> it.contains("is asked again"));
        assertThat(asked).hasSize(2);
    }

    @Test
    void a_line_is_said_in_the_thread_that_was_entered() throws Exception {
        dialogue.said("/thread 12");
        dialogue.said("done");
        dialogue.said("/main");
        dialogue.said("  ");
        dialogue.said("runs");

        assertThat(asked)
                .extracting(it -> it.thread().map(Object::toString).orElse("main"))
                .containsExactly("R-12", "main");
        dialogue.said("/thread nowhere");
        assertThat(until("/thread R-12").getLast()).contains("/main");
        dialogue.said("/quit");
        assertThat(dialogue.isOver()).isTrue();
    }

    @Test
    void a_secret_goes_beside_the_line() throws Exception {
        dialogue.said("run secret");

        assertThat(asked.getFirst().line()).contains("run secret");
        assertThat(asked.getFirst().secrets().get("token")).isEqualTo(Secret.of("value of token"));
    }
}
