package dev.sopwith.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What servers answered is there when somebody asks what happened. */
class KeepingRunnerTest {
    private static final StepKey KEY = new StepKey("e1", 12, 3, 1, 1);

    @TempDir Path state;
    private HttpServer server;
    private String answer = "";
    private StepOutputs outputs;
    private KeepingRunner runner;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    var bytes = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(500, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        server.start();
        outputs = new StepOutputs(state);
        runner = new KeepingRunner(new HttpRunner(AddressPolicy.STRICT), outputs);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void an_answer_is_kept_masked_for_the_services_user_alone() throws Exception {
        answer = "you said hunter22";
        var end = runner.run(get().secret("TOKEN", "hunter22").order());
        assertThat(end).isInstanceOf(StepEnd.Failed.class);
        var kept = new StepOutputs(state).kept(KEY).orElseThrow();
        assertThat(kept.head()).isEqualTo("you said ***");
        assertThat(kept.bytes()).isEqualTo(12);
    }

    @Test
    void a_request_that_is_repeated_keeps_the_newer_answer() throws Exception {
        answer = "first";
        runner.run(get().order());
        answer = "2nd";
        runner.run(get().order());
        assertThat(outputs.kept(KEY).orElseThrow().head()).isEqualTo("2nd");
    }

    @Test
    void of_a_long_answer_beginning_and_end_are_kept() throws Exception {
        answer = "begin" + "x".repeat(1_000_000) + "end";
        runner.run(get().order());
        var kept = outputs.kept(KEY).orElseThrow();
        assertThat(kept.bytes()).isEqualTo(1_000_008);
        assertThat(kept.dropped()).isEqualTo(1_000_008 - 2 * StepOutput.EXCERPT_MAX);
        assertThat(kept.head()).startsWith("beginx").hasSize(StepOutput.EXCERPT_MAX);
        assertThat(kept.tail()).endsWith("xend").hasSize(StepOutput.EXCERPT_MAX);
    }

    @Test
    void no_answer_is_not_an_empty_one() throws Exception {
        var empty = get().order();
        server.stop(0);
        assertThat(runner.run(empty)).isInstanceOf(StepEnd.Failed.class);
        assertThat(outputs.kept(KEY)).isEmpty();
    }

    @Test
    void an_answer_that_cannot_be_kept_does_not_change_the_end() throws Exception {
        answer = "fine";
        Files.writeString(state.resolve("steps"), "in the way");
        assertThat(runner.run(get().order()).output().head()).isEqualTo("fine");
    }

    private Orders get() {
        return Orders.http("GET http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));
    }
}
