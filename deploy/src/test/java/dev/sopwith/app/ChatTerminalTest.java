package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.ConnectorContract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What stands in a room, in a real terminal: the real client, a real socket, a real tmux. */
@Timeout(300)
class ChatTerminalTest {
    private static final Pattern MESSAGE = Pattern.compile("message (m\\d+)");

    @TempDir private Path folder;
    private RealService program;
    private Panes panes;
    private Optional<Process> service = Optional.empty();
    private Path log;

    @BeforeEach
    void begin() throws Exception {
        program = new RealService(folder);
        panes = new Panes(folder);
        log = folder.resolve("room.log");
        start();
    }

    @AfterEach
    void end() throws Exception {
        panes.close();
        kill();
    }

    private void start() throws Exception {
        Files.writeString(log, "");
        var command = RealService.java(System.getProperty("java.class.path"));
        command.addAll(List.of("dev.sopwith.app.RoomService", program.state().toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        service = Optional.of(builder.redirectOutput(log.toFile()).start());
        RealService.await(
                () -> Files.readString(log).contains("ready"), () -> Files.readString(log));
    }

    private void kill() throws InterruptedException {
        if (service.isPresent()) service.get().destroyForcibly().waitFor();
    }

    /** Shows a message, or another state of one; its id. */
    private String show(Map<String, Object> message) throws Exception {
        long before = MESSAGE.matcher(Files.readString(log)).results().count();
        tell(JsonMapper.shared().writeValueAsString(message));
        RealService.await(() -> MESSAGE.matcher(Files.readString(log)).results().count() > before);
        return MESSAGE.matcher(Files.readString(log))
                .results()
                .skip(before)
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    private void tell(String line) throws IOException {
        Writer writer = service.orElseThrow().outputWriter(StandardCharsets.UTF_8);
        writer.write(line + "\n");
        writer.flush();
    }

    private void openChat(int columns, Map<String, String> environment) throws Exception {
        var script = panes.program(program.command(List.of()), environment);
        panes.open(columns, 30, "sh", "-c", script + " chat; echo ended with $?");
        panes.awaitScreen("sopwith>");
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    @Test
    void what_comes_stands_above_a_half_typed_line_and_nothing_is_lost_or_doubled_by_a_kill()
            throws Exception {
        openChat(100, Map.of());
        panes.type("half of ");
        var prompt =
                show(
                        Map.of(
                                "key",
                                "p",
                                "title",
                                "R-1 needs a yes",
                                "lines",
                                List.of("code k7f3x"),
                                "asks",
                                true));
        var screen = panes.awaitScreen("* R-1 needs a yes", "| code k7f3x");
        assertThat(screen.strip()).endsWith("sopwith> half of");

        kill();
        panes.awaitScreen("service gone, waiting ...");
        start();
        panes.awaitScreen("-- back");
        show(Map.of("key", "p", "title", "R-1 needs a yes", "lines", List.of("code k7f3x")));
        show(
                Map.of(
                        "key",
                        "p",
                        "of",
                        prompt,
                        "title",
                        "R-1 approved",
                        "lines",
                        List.of("code k7f3x", "by alice")));
        show(Map.of("key", "c", "title", "R-1 completed"));
        panes.enter("a line");

        screen = panes.awaitScreen("heard: half of a line", "* R-1 completed");
        assertThat(screen).containsSubsequence("- R-1 approved", "| by alice", "* R-1 completed");
        assertThat(count(screen, "R-1 needs a yes")).isEqualTo(1);
        assertThat(count(screen, "| code k7f3x")).as("said once").isEqualTo(1);
        assertThat(count(screen, "R-1 approved")).isEqualTo(1);
        assertThat(count(screen, "R-1 completed")).isEqualTo(1);
        assertThat(count(Files.readString(log), "asked half of a line")).isEqualTo(1);
    }

    @Test
    void a_line_that_is_sent_while_the_service_is_gone_is_asked_once_it_is_back() throws Exception {
        openChat(100, Map.of());
        show(Map.of("key", "a", "title", "attached"));
        panes.awaitScreen("* attached");
        kill();
        panes.awaitScreen("service gone, waiting ...");
        panes.enter("/status");
        panes.awaitScreen("\"status\" waits for the service");
        start();

        var screen = panes.awaitScreen("-- back", "heard: status");

        assertThat(count(screen, "heard: status")).isEqualTo(1);
        panes.enter("runs");
        panes.awaitScreen("heard: runs");
        panes.press("C-d");
        panes.awaitScreen("ended with 0");
    }

    @Test
    void nothing_that_is_shown_acts_on_the_terminal() throws Exception {
        openChat(100, Map.of());
        var title = panes.ask("#{pane_title}");
        var lines = new ArrayList<>(ConnectorContract.HOSTILE);
        lines.removeIf(it -> it.contains("\ud800")); // no process can be told of half a character
        show(Map.of("key", "h", "title", "before \u001b[2J\u001b]0;owned\u0007", "lines", lines));
        show(Map.of("key", "e", "title", "the end"));

        var screen = panes.awaitScreen("* the end");

        assertThat(screen)
                .contains("* before \\u001b[2J\\u001b]0;owned\\u0007", "| \\u202e\\u2066gnitirw");
        assertThat(screen).contains("| #{pane_title} #(touch x)");
        assertThat(panes.ask("#{pane_title}")).isEqualTo(title);
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void forty_columns_no_colours_no_utf_8_and_another_size_in_between() throws Exception {
        openChat(40, Map.of("LC_ALL", "C", "NO_COLOR", "1", "TERM", "vt100"));
        panes.type("half");
        show(
                Map.of(
                        "key",
                        "a",
                        "title",
                        "R-1 ✔ 完了",
                        "lines",
                        List.of("word ".repeat(20).strip() + " end")));
        panes.awaitScreen("* R-1", "end");
        panes.resize(60, 20);
        show(Map.of("key", "b", "title", "later"));
        panes.awaitScreen("* later");
        panes.enter(" line");

        panes.awaitScreen("heard: half line");
    }

    @Test
    void the_board_draws_nothing_while_nothing_changes() throws Exception {
        var script = panes.program(program.command(List.of()), Map.of());
        panes.open(80, 20, script.toString(), "board");
        panes.awaitScreen("heard: status", "QUEUE: 0");
        var drawn = folder.resolve("drawn");
        panes.tmux("pipe-pane", "-t", "=person:", "cat > drawn");
        RealService.await(() -> Files.exists(drawn));
        long looks = looks();
        RealService.await(() -> looks() >= looks + 3);
        assertThat(drawn).isEmptyFile();

        kill();
        panes.awaitScreen("service gone, waiting", "heard: status");
        RealService.await(() -> Files.size(drawn) > 0);
    }

    private long looks() throws IOException {
        return count(Files.readString(log), "asked status");
    }

    @Test
    void history_is_the_persons_own_and_comes_back() throws Exception {
        openChat(100, Map.of());
        panes.enter("status R-77");
        panes.awaitScreen("heard: status R-77");
        var history = folder.resolve("xdg/sopwith/history");
        RealService.await(() -> Files.readString(history).contains("status R-77"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
        panes.press("C-d");
        RealService.await(() -> panes.ask("#{pane_dead}").equals("1"));

        panes.tmux("respawn-pane", "-t", "=person:");
        panes.awaitScreen("sopwith>");
        panes.press("Up");
        panes.awaitScreen("sopwith> status R-77");
    }
}
