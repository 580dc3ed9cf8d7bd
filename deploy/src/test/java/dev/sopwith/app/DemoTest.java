package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code sopwith demo} as people start it: a real process, a real terminal, a real tmux. */
@Timeout(300)
class DemoTest {
    private static final Pattern CODE = Pattern.compile("approve ([a-z0-9]{5})\\b");

    @TempDir private Path folder;
    private RealService program;

    @BeforeEach
    void begin() {
        program = new RealService(folder);
    }

    private Path root(String name) {
        return folder.resolve(name);
    }

    private ProcessBuilder demo(String name, String... more) {
        var words = new ArrayList<>(List.of("demo", "--dir", root(name).toString()));
        words.addAll(List.of(more));
        return program.command(words);
    }

    @Test
    void without_a_terminal_it_plays_by_itself_and_keeps_what_it_showed() throws Exception {
        var file = folder.resolve("transcript.txt");

        var said = RealService.said(demo("d", "--transcript", file.toString()));

        assertThat(said.exit()).as(said.text()).isZero();
        assertThat(said.text())
                .containsSubsequence(
                        "alice> run deploy-prod version=1.4.2",
                        "step 1 (Preflight) needs a yes",
                        "alice> approve ",
                        "not counted: you started this run",
                        "bob> approve ",
                        "counted 1 of 1: demo:bob, code typed",
                        "step 2 (Deploy) needs a yes",
                        "would now copy 1.4.2 to staging",
                        "is for people",
                        "alice> done R-1",
                        "deploy-prod: completed",
                        "alice> why deploy-prod",
                        "started R-1",
                        "$ ./sopwith audit verify",
                        "the record is as it was written",
                        "./sopwith up --sops-dir " + root("d") + "/sops")
                .doesNotContain("\u001b", "WARNING");
        assertThat(said.text()).startsWith(Files.readString(file));
        assertThat(said.text().lines()).allMatch(line -> line.length() <= 80 || line.contains("/"));
    }

    @Test
    void the_picture_in_the_readme_shows_what_the_demo_shows() throws Exception {
        var file = folder.resolve("transcript.txt");
        assertThat(RealService.said(demo("d", "--transcript", file.toString())).exit()).isZero();

        assertThat(picture(file)).isEqualTo(new RealService.Said(0, ""));

        var other = Files.readString(file).replace("not counted: you started", "counted: you did");
        assertThat(picture(Files.writeString(file, other)).text())
                .contains("does not show any more:   R-1: not counted", "Draw it again");
    }

    private static RealService.Said picture(Path transcript) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var root = Path.of("..").toAbsolutePath().normalize();
        var picture = root.resolve("build/Picture.java").toString();
        var svg = root.resolve("docs/demo.svg").toString();
        return RealService.said(
                new ProcessBuilder(java, picture, "check", transcript.toString(), svg));
    }

    @Test
    void the_second_person_is_on_record_as_the_demos_own() throws Exception {
        assertThat(RealService.said(demo("d")).exit()).isZero();

        var state = root("d").resolve(".sopwith").toString();
        var record = program.cli("audit", "export", "--run", "R-1", "--state-dir", state).text();

        assertThat(record).contains("\"identity\":\"demo:bob\"", "you started this run");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root("d"))))
                .isEqualTo("rwx------");
        assertThat(root("d").resolve("tmp/sopwith-sample-deploy/staging/version"))
                .hasContent("1.4.2");
    }

    @Test
    void a_discord_of_this_machine_shows_it_without_any_account() throws Exception {
        var said = RealService.said(demo("d", "--discord-fake"));

        assertThat(said.exit()).as(said.text()).isZero();
        assertThat(said.text().replaceAll("\\s+", " ")) // a table is wrapped there
                .containsSubsequence(
                        "alice> /sop run deploy-prod version=1.4.2",
                        "step 1 (Preflight) needs a yes",
                        "[Approve] [Deny] [Details]",
                        "alice> press ",
                        "bob> press ",
                        "step 2 (Deploy) needs a yes",
                        "is for people",
                        "alice> /sop done R-1",
                        "R-1 deploy-prod: completed",
                        "alice> @sopwith why deploy-prod",
                        "started R-1",
                        "./sopwith up --sops-dir " + root("d") + "/sops")
                .contains("not counted: you started this run")
                .doesNotContain("\u001b", "WARNING", "FAILED");
    }

    @Test
    void two_demos_at_once_do_not_disturb_each_other() throws Exception {
        var other = demo("other").redirectOutput(folder.resolve("log").toFile()).start();
        other.getOutputStream().close();

        var one = RealService.said(demo("one"));
        assertThat(one.exit()).as(one.text()).isZero();
        assertThat(other.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    }

    @Test
    void a_folder_with_something_in_it_is_left_alone() throws Exception {
        Files.writeString(Files.createDirectories(root("d")).resolve("precious"), "x");

        var said = RealService.said(demo("d"));

        assertThat(said.exit()).isEqualTo(2);
        assertThat(said.text()).contains("is not empty", "name another folder");
        try (var inside = Files.list(root("d"))) {
            assertThat(inside).containsExactly(root("d").resolve("precious"));
        }
        var unwritable = RealService.said(demo("e", "--transcript", folder + "/no/where.txt"));
        assertThat(unwritable.exit()).isEqualTo(2);
        assertThat(unwritable.text()).contains("no/where.txt", "write to");
        assertThat(root("e")).doesNotExist();
    }

    @Test
    void a_signal_in_the_middle_leaves_no_process_and_a_whole_record() throws Exception {
        var log = folder.resolve("log");
        var process = demo("d").redirectOutput(log.toFile()).start();
        process.getOutputStream().close();
        RealService.await(() -> Files.readString(log).contains("needs a yes"));

        process.destroy();

        assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(143);
        assertThat(Files.readString(log)).doesNotContain("FAILED", "has ended");
        awaitNoProcess("d");
        assertThat(root("d").resolve(".sopwith/socket")).doesNotExist();
        assertThat(root("d").resolve("bob/socket")).doesNotExist();
        var state = root("d").resolve(".sopwith").toString();
        assertThat(program.cli("audit", "verify", "--state-dir", state).exit()).isZero();
    }

    /** Nothing runs any more that has the folder in its command line. */
    private void awaitNoProcess(String name) throws Exception {
        var ours = root(name).toString();
        RealService.await(() -> processes(ours).isEmpty(), () -> processes(ours).toString());
    }

    private static List<String> processes(String part) {
        return ProcessHandle.allProcesses()
                .flatMap(it -> commandLine(it.pid()))
                .filter(it -> it.contains(part))
                .toList();
    }

    private static Stream<String> commandLine(long pid) {
        try {
            var bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
            return Stream.of(new String(bytes, StandardCharsets.UTF_8).replace('\0', ' '));
        } catch (IOException _) {
            return Stream.empty(); // it has ended
        }
    }

    private static String code(String screen) {
        var code = CODE.matcher(screen);
        assertThat(code.find()).as(screen).isTrue();
        return code.group(1);
    }

    @Test
    void in_tmux_alice_and_bob_each_have_a_pane() throws Exception {
        var panes = new Panes(folder);
        try {
            var script = panes.program(program.command(List.of()), Map.of()).toString();
            var command = "env -u TMUX %s demo --dir d; echo ended with $?".formatted(script);
            panes.open(160, 50, "sh", "-c", command);
            panes.awaitScreen("You are alice", "alice (you)", " bob ", "WAITS FOR PEOPLE: 0");
            RealService.await(() -> panes.screen().split("sopwith>", -1).length == 3);

            panes.enter("run deploy-prod version=1.4.2");
            var code = code(panes.awaitScreen("WAITS FOR PEOPLE: 1", "R-1 deploy-prod: waits"));
            panes.enter("approve " + code);
            panes.awaitScreen("not counted: you started this run");
            panes.press("C-b");
            panes.press("o");
            panes.enter("whoami");
            panes.awaitScreen("you are demo:bob");
            panes.enter("approve " + code);
            panes.awaitScreen("counted 1 of 1: demo:bob");
            panes.press("C-b");
            panes.press("d");

            panes.awaitScreen("The demo has ended; it lies in " + root("d"), "ended with 0");
            awaitNoProcess("d/");
        } finally {
            panes.close();
        }
    }

    @Test
    void a_terminal_too_small_for_panes_is_one_chat() throws Exception {
        var panes = new Panes(folder);
        try {
            var script = panes.program(program.command(List.of()), Map.of()).toString();
            var command = "env -u TMUX %s demo --dir d; echo ended with $?".formatted(script);
            panes.open(40, 24, "sh", "-c", command);
            panes.awaitScreen("You are alice. A line that begins", "sopwith>");
            panes.enter("/quit");

            panes.awaitScreen("ended with 0");
            awaitNoProcess("d/");
        } finally {
            panes.close();
        }
    }

    @Test
    void in_a_window_of_the_tmux_around_it_ends_with_alices_chat() throws Exception {
        var panes = new Panes(folder);
        try {
            var script = panes.program(program.command(List.of()), Map.of()).toString();
            var command = "%s demo --dir d; echo ended with $?; exec sleep 100".formatted(script);
            panes.open(160, 50, "sh", "-c", command);
            RealService.await(() -> panes.tmux("list-windows").lines().count() == 2);
            panes.awaitScreen("sopwith>");

            panes.enter("/quit");

            RealService.await(() -> panes.tmux("list-windows").lines().count() == 1);
            panes.awaitScreen("window sopwith-demo", "The demo has ended", "ended with 0");
            awaitNoProcess("d/");
        } finally {
            panes.close();
        }
    }

    @Test
    void without_tmux_bob_speaks_at_the_same_keyboard_or_at_another() throws Exception {
        var panes = new Panes(folder);
        try {
            var none = Files.createDirectories(folder.resolve("none"));
            var script = panes.program(program.command(List.of()), Map.of("PATH", none.toString()));
            panes.open(100, 50, "sh", "-c", script + " demo --dir d; echo ended with $?");
            panes.awaitScreen("You are alice", "sopwith>", "sopwith chat --state-dir");
            panes.enter("run deploy-prod version=1.4.2");
            var code = code(panes.awaitScreen("R-1 deploy-prod: waits for approval"));
            panes.enter("approve " + code);
            panes.awaitScreen("not counted: you started this run");
            panes.enter("bob: approve " + code);
            panes.awaitScreen("counted 1 of 1: demo:bob");
            var bob = program.cli("whoami", "--state-dir", root("d").resolve("bob").toString());
            assertThat(bob.text()).contains("you are demo:bob");
            panes.enter("/quit");

            panes.awaitScreen("The demo has ended", "ended with 0");
            awaitNoProcess("d/");
        } finally {
            panes.close();
        }
    }
}
