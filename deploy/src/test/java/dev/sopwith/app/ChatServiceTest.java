package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The real service from a real terminal: chat, board and layout. */
@Timeout(300)
class ChatServiceTest {
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})");
    private static final String SECRET = "hunter2hunter2";

    @TempDir private Path folder;
    private RealService service;
    private Panes panes;
    private Path program;

    @BeforeEach
    void begin() throws Exception {
        service = new RealService(folder);
        service.sop(
                "ask",
                """

                [[inputs]]
                name = "token"
                type = "string"
                required = true
                secret = true
                """,
                """
                1. **Work** — it.
                   - tools: shell
                   - requires_confirmation: true

                   ```sh
                   echo "it has ${#SOP_INPUT_TOKEN} letters"
                   ```

                2. **Look** — is it there?
                """);
        panes = new Panes(folder);
        program = panes.program(service.command(List.of()), Map.of());
        service.start();
    }

    @AfterEach
    void end() throws Exception {
        panes.close();
        service.close();
    }

    private static String code(String screen) {
        var code = CODE.matcher(screen);
        assertThat(code.find()).as(screen).isTrue();
        return code.group(1);
    }

    @Test
    void a_run_is_started_with_a_secret_approved_by_code_and_done_across_a_kill() throws Exception {
        panes.open(100, 40, program.toString(), "chat");
        panes.awaitScreen("sopwith>");
        panes.enter("/run ask");
        panes.awaitScreen("token (not shown):");
        panes.enter(SECRET);
        var code = code(panes.awaitScreen("R-1 ask: waits for approval"));

        service.kill();
        panes.awaitScreen("service gone, waiting ...");
        panes.enter("approve " + code);
        panes.awaitScreen("waits for the service");
        service.start();
        panes.awaitScreen("-- back");
        RealService.await(() -> service.cli("status", "R-1").text().contains("waits for people"));
        panes.enter("/thread R-1");
        panes.awaitScreen("sopwith[R-1]>");
        panes.enter("done");

        var screen = panes.awaitScreen("R-1 ask: completed");
        assertThat(service.cli("log", "R-1", "1").text()).contains("it has 14 letters");
        assertThat(screen).doesNotContain("hunter2");
        assertThat(Files.readString(folder.resolve("xdg/sopwith/history")))
                .contains("/run ask", "done")
                .doesNotContain("hunter2");
    }

    @Test
    void all_that_a_step_printed_is_shown_and_fits_into_a_file() throws Exception {
        service.sop(
                "print",
                "",
                """
                1. **Print** — much.
                   - tools: shell

                   ```sh
                   seq 1 30000
                   ```
                """);
        RealService.await(() -> service.cli("run", "print").exit() == 0);
        RealService.await(() -> service.cli("status", "R-1").text().contains("completed"));
        var seq = IntStream.rangeClosed(1, 30_000).mapToObj(it -> it + "\n");

        var log = service.cli("log", "R-1", "1", "full");
        assertThat(log.exit()).isZero();
        assertThat(log.text()).startsWith(seq.collect(Collectors.joining()));
        assertThat(log.text()).contains("R-1 step 1: 168,894 bytes");

        panes.open(100, 40, program.toString(), "chat");
        panes.awaitScreen("sopwith>");
        panes.enter("/thread R-1");
        panes.enter("log 1 full");
        panes.awaitScreen("| 1000", "in a shell: ./sopwith log R-1 1 full > FILE");
    }

    @Test
    void the_room_shows_what_happens_from_the_first_moment_on() throws Exception {
        service.sop("look", "", "1. **Look** — is it there?\n");
        panes.open(100, 40, program.toString(), "chat", "--listen");
        panes.awaitScreen("what happens is shown here", "Sopwith is up");
        RealService.await(() -> service.cli("run", "look").exit() == 0);

        panes.awaitScreen("* R-1 look, step 1 (Look) is for people");
        service.stop();
        panes.awaitScreen("Sopwith stops");
        assertThat(service.log()).doesNotContain("does not take", "posts wait");
    }

    @Test
    void names_are_completed_as_they_are_at_the_moment() throws Exception {
        panes.open(100, 40, program.toString(), "chat");
        panes.awaitScreen("sopwith>");
        panes.type("/ru");
        panes.press("Tab");
        panes.press("Tab");
        panes.awaitScreen("/run");
        panes.press("C-u");
        panes.type("run a");
        panes.press("Tab");
        panes.awaitScreen("sopwith> run ask");
        panes.press("C-u");
        panes.type("why as");
        panes.press("Tab");
        panes.awaitScreen("sopwith> why ask");
    }

    @Test
    void from_a_pipe_come_answers_and_the_code_of_the_last_failure() throws Exception {
        assertThat(piped("runs\n\n# said by nobody\n/status\n"))
                .isEqualTo(
                        new RealService.Said(
                                0, "no runs yet; start one: run NAME\nnothing goes on\n"));
        var wrong = piped("runs\naprove x\nrun ask token=%s\npending\n".formatted(SECRET));
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.text())
                .contains("did you mean \"approve\"", "token is secret", "nothing waits for people")
                .doesNotContain("hunter2");
        assertThat(piped("/thread x\n").exit()).isEqualTo(2);
        service.kill();
        assertThat(piped("runs\nstatus\n").exit()).isEqualTo(3);
    }

    private RealService.Said piped(String lines) throws Exception {
        var process = service.command(List.of("chat")).start();
        process.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new RealService.Said(process.waitFor(), text);
    }

    @Test
    void the_board_follows_what_goes_on_and_fits_its_terminal() throws Exception {
        assertThat(service.cli("board", "--once").text()).contains("WAITS FOR PEOPLE: 0");
        panes.open(40, 12, "sh", "-c", program + " board; echo ended with $?");
        panes.awaitScreen("WAITS FOR PEOPLE: 0", "QUEUE: 0");
        service.sop("plain", "", "1. **Look** — is it there?\n");
        RealService.await(() -> service.cli("run", "plain").exit() == 0);
        panes.awaitScreen("WAITS FOR PEOPLE: 1", "done R-1 | failed R-1");
        assertThat(panes.window().lines()).allMatch(line -> line.length() <= 40);

        panes.resize(60, 5);
        RealService.await(() -> panes.window().contains("more lines"));
        panes.resize(100, 20);
        panes.awaitScreen("QUEUE: 0");
        service.kill();
        panes.awaitScreen("service gone, waiting", "done R-1");
        assertThat(service.cli("board", "--once").exit()).isEqualTo(3);
        panes.press("q");
        panes.awaitScreen("ended with 0");
    }

    @Test
    void the_layout_is_three_panes_on_its_own_server_or_in_a_new_window() throws Exception {
        var own = Files.createDirectories(folder.resolve("tm"));
        panes.open(150, 40, "env", "-u", "TMUX", "TMUX_TMPDIR=" + own, program.toString(), "tmux");
        panes.awaitScreen("sopwith>", "WAITS FOR PEOPLE: 0", "-- what happens is shown here");
        endOwn(own);
        RealService.await(() -> panes.ask("#{pane_dead}").equals("1"));

        panes.tmux("respawn-pane", "-t", "=person:", program.toString(), "tmux");
        RealService.await(
                () ->
                        panes.tmux("list-panes", "-a", "-F", "#{window_name}")
                                        .lines()
                                        .filter("sopwith"::equals)
                                        .count()
                                == 3);
        panes.awaitScreen("sopwith>");
    }

    /** Ends the tmux server that the program began. */
    private static void endOwn(Path folder) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("tmux", "-L", "sopwith", "kill-server");
        builder.environment().remove("TMUX");
        builder.environment().put("TMUX_TMPDIR", folder.toString());
        builder.start().waitFor();
    }

    @Test
    void without_tmux_or_without_a_terminal_it_says_how_to_go_on() throws Exception {
        assertThat(service.cli("tmux"))
                .satisfies(it -> assertThat(it.exit()).isEqualTo(2))
                .extracting(RealService.Said::text)
                .asString()
                .contains("no terminal", "board --once");
        var without = service.command(List.of("tmux"));
        without.environment().put("PATH", folder.toString());
        var said = RealService.said(without);
        assertThat(said.exit()).isEqualTo(2);
        assertThat(said.text()).contains("no tmux on this machine", "./sopwith chat");
    }
}
