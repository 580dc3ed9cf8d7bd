package dev.sopwith.engine.step;

import static dev.sopwith.engine.Peer.require;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.engine.expression.JsonValue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/** What becomes of a step, with real processes. */
class ShellRunnerTest extends ShellRunnerFixture {
    private static final String WAIT = "while [ ! -e \"$SOP_INPUT_GATE\" ]; do sleep 0.02; done\n";
    private static final StepKey KEY = new StepKey("e1", 12, 3, 1, 1);

    private Path gate;

    @BeforeEach
    void nameTheGate() {
        gate = state.resolve("gate");
    }

    // What a step sees

    @Test
    void a_step_sees_its_own_environment_and_nothing_else() throws Exception {
        var order =
                Orders.sh("env | cut -d= -f1 | sort | tr '\\n' ' '")
                        .input("version", "1.4.2")
                        .earlier(new EarlierStep(2, Optional.of("build"), Map.of("image", "x")))
                        .secret("DEPLOY_TOKEN", "hunter22")
                        .passEnv("LANG", "C.UTF-8");
        assertThat(succeeded(order).output().head().split(" "))
                .contains("SOP_NAME", "SOP_VERSION", "SOP_RUN", "SOP_STEP", "SOP_ATTEMPT")
                .contains("SOP_IDEMPOTENCY_KEY", "SOP_PAYLOAD_FILE", "SOP_OUTPUT", "SOP_DIR")
                .contains("SOP_INPUT_VERSION", "SOP_STEP_2_IMAGE", "DEPLOY_TOKEN", "LANG", "PATH")
                .allMatch(name -> name.matches("SOP_.*|DEPLOY_TOKEN|LANG|PATH|PWD|SHLVL|_"));
    }

    @Test
    void values_arrive_byte_for_byte() throws Exception {
        var value = "ä€😀 '\"\\ $(rm -rf /) `x` \t\n\n end \u0001\u0081 \n";
        var order =
                Orders.sh("printf %s \"$SOP_INPUT_TEXT\" > ../text; cat ../text")
                        .input("text", value)
                        .input("count", new JsonValue.Num("1.50"))
                        .input("dry_run", new JsonValue.Bool(true));
        succeeded(order);
        assertThat(directory.resolve("step/text")).hasContent(value);
    }

    @Test
    void names_of_variables_do_not_get_in_the_way_of_the_shim() throws Exception {
        var order = Orders.sh("echo $dir $main $pids $text $cause $PATH");
        for (var name : List.of("dir", "main", "pids", "text", "cause", "verb", "nonce")) {
            order.passEnv(name, "<" + name + ">");
        }
        assertThat(succeeded(order.passEnv("PATH", "/nowhere")).output().head())
                .isEqualTo("<dir> <main> <pids> <text> <cause> /nowhere\n");
    }

    @Test
    void the_idempotency_key_is_the_same_for_every_try_of_a_visit() throws Exception {
        var script = "echo $SOP_IDEMPOTENCY_KEY; [ $SOP_ATTEMPT = 2 ]";
        var first = failed(Orders.sh(script)).output().head();
        var second = succeeded(Orders.sh(script).attempt(2)).output().head();
        assertThat(second).isEqualTo(first).isEqualTo("e1-R-12.3.1\n");
    }

    @Test
    void the_sops_folder_is_the_working_directory_and_read_only() throws Exception {
        var order =
                Orders.sh("[ \"$PWD\" = \"$SOP_DIR\" ]; ./bin/hello \"$(cat $SOP_PAYLOAD_FILE)\"")
                        .file("bin/hello", "#!/bin/sh\necho hello $1 $(cat data)\n", true)
                        .file("data", "of file", false)
                        .payload("world");
        assertThat(succeeded(order).output().head()).isEqualTo("hello world of file\n");
        assertThat(mode("step/sop/bin")).isEqualTo("r-xr-xr-x");
        assertThat(mode("step/sop/bin/hello")).isEqualTo("r-xr-xr-x");
        assertThat(mode("step/sop/data")).isEqualTo("r--r--r--");
        assertThat(mode("")).isEqualTo("rwx------");
    }

    @Test
    void stdin_is_at_its_end() throws Exception {
        assertThat(succeeded(Orders.sh("wc -c")).output().head()).isEqualTo("0\n");
    }

    @ParameterizedTest
    @CsvSource({
        "LD_PRELOAD, it changes what programs do",
        "ENV, it changes what programs do",
        "BASH_ENV, it changes what programs do",
        "DISCORD_BOT_TOKEN, it is a secret of the service",
        "MATRIX_ACCESS_TOKEN_FILE, it is a secret of the service",
        "MQTT_HOME_PASSWORD, it is a secret of the service",
        "SOPWITH_STORE_KEY, it is a secret of the service",
        "SOP_RUN, SOP_ names are the service's",
        "A-B, it is no name of a variable"
    })
    void what_the_roster_may_not_pass_on(String name, String why) throws Exception {
        assertThat(failed(Orders.sh("true").passEnv(name, "x")).reason().text())
                .isEqualTo("not started: pass_env %s: %s", name, why);
        assertThat(directory).doesNotExist();
    }

    @Test
    void an_environment_has_limits() throws Exception {
        var many = Orders.sh("true");
        for (int i = 0; i < 11; i++) many.input("i" + i, "x".repeat(100_000));
        assertThat(failed(many).reason().text()).contains("all SOP_ variables together have 1100");
        var large = Orders.sh("true").input("i", "x".repeat(131_072));
        assertThat(failed(large).reason().text()).contains("SOP_INPUT_I has 131084 bytes");
        var nul = Orders.sh("true").input("i", "a\0b");
        assertThat(failed(nul).reason().text()).contains("SOP_INPUT_I holds a NUL");
        var full = Orders.sh("printf %s \"$SOP_INPUT_I7\" | wc -c");
        for (int i = 0; i < 8; i++) full.input("i" + i, "'".repeat(131_000));
        assertThat(succeeded(full).output().head()).isEqualTo("131000\n");
    }

    // How it ends

    @Test
    void a_script_that_ends_with_0_succeeded() throws Exception {
        var end = succeeded(Orders.sh("echo out; echo err >&2"));
        assertThat(end.how()).isEqualTo("exit code 0");
        assertThat(end.output().head()).isEqualTo("out\nerr\n");
        assertThat(end.output().bytes()).isEqualTo(8);
        assertThat(end.output().tail()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit 3 | exit code 3",
                "false; echo not reached | exit code 1",
                "echo $undefined | exit code 2",
                "no-such-command | exit code 127: a command was not found",
                "./plain | exit code 126: a command was found but is not executable",
                "kill -9 $$ | ended by signal 9 (KILL)",
                "kill -TERM $$ | ended by signal 15 (TERM)",
                "sh -c 'kill -SEGV $$' | ended by signal 11 (SEGV)",
            })
    void other_ends_say_what_happened(String script, String reason) throws Exception {
        var order = Orders.sh(script).file("plain", "x", false);
        assertThat(failed(order).reason().text()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"sh, 0", "bash, 1"})
    void a_bash_script_fails_when_any_part_of_a_pipe_does(String shell, int code) throws Exception {
        var script = "false | true";
        var end = run(shell.equals("sh") ? Orders.sh(script) : Orders.bash(script));
        if (code == 0) assertThat(end).isInstanceOf(StepEnd.Succeeded.class);
        else
            assertThat(end)
                    .isEqualTo(new StepEnd.Failed(new FailureReason.ExitCode(1), end.output()));
    }

    @Test
    void line_ends_of_windows_do_no_harm() throws Exception {
        var order = Orders.sh("if true; then\r\n  echo yes\r\nfi\r\n");
        assertThat(succeeded(order).output().head()).isEqualTo("yes\n");
    }

    @Test
    void a_timeout_ends_it() throws Exception {
        var order = Orders.sh("sleep 1000").timeout(Duration.ofMillis(300));
        assertThat(failed(order).reason().text()).isEqualTo("timed out after 300ms");
    }

    @Test
    void who_ignores_term_is_killed() throws Exception {
        var script = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
        var order = Orders.sh(script).timeout(Duration.ofMillis(500));
        assertThat(failed(order).reason().text()).isEqualTo("timed out after 500ms");
    }

    @Test
    void term_comes_first_and_leaves_time_to_tidy_up() throws Exception {
        var script = "trap 'echo tidy; exit 0' TERM; while :; do sleep 0.05; done";
        var end = failed(Orders.sh(script).timeout(Duration.ofMillis(500)));
        assertThat(end.output().head()).endsWith("tidy\n");
    }

    @Test
    void children_left_behind_are_ended_with_it() throws Exception {
        var script =
                "sleep 1001 & (sleep 1002 &) ; bash -c 'set -m; sleep 1003 & disown'\n"
                        + "trap '' TERM HUP; (trap '' TERM; sleep 1004) & echo done";
        assertThat(succeeded(Orders.sh(script)).output().head()).isEqualTo("done\n");
        awaitNobodyLeft();
    }

    @Test
    void who_leaves_the_session_lives_on_and_does_not_hold_up_the_end() throws Exception {
        var script =
                "setsid sh -c 'echo $$ > ../pid; sleep 1000; echo never' & \n"
                        + "while [ ! -s ../pid ]; do sleep 0.02; done; echo done";
        assertThat(succeeded(Orders.sh(script)).output().head()).isEqualTo("done\n");
        var daemon = Processes.of(directory.resolve("step/pid"));
        assertThat(daemon.isAlive()).isTrue();
        daemon.descendants().forEach(ProcessHandle::destroyForcibly);
        daemon.destroyForcibly();
    }

    @Test
    void a_step_may_close_its_output() throws Exception {
        var order = Orders.sh("echo a; exec >&- 2>&-; sleep 0.3; exit 7");
        var end = failed(order);
        assertThat(end.reason()).isEqualTo(new FailureReason.ExitCode(7));
        assertThat(end.output().head()).isEqualTo("a\n");
    }

    @Test
    void a_step_may_delete_its_own_directory() throws Exception {
        var end = failed(Orders.sh("rm -rf \"$SOP_DIR\" \"${SOP_DIR%/*}\"; exit 5"));
        assertThat(end.reason()).isEqualTo(new FailureReason.ExitCode(5));
    }

    @Test
    void a_step_that_deletes_even_the_record_is_lost_and_not_repeated() throws Exception {
        var order = Orders.sh("echo x >> \"$SOP_INPUT_GATE\"; rm -rf \"${SOP_DIR%/*/*}\"");
        assertThat(run(order)).isInstanceOf(StepEnd.Lost.class);
        assertThat(run(order)).isInstanceOf(StepEnd.Lost.class);
        assertThat(runner.recover(gated(order))).isInstanceOf(Recovered.Unknown.class);
        assertThat(gate).hasContent("x\n");
    }

    // SOP_OUTPUT

    @Test
    void values_are_handed_on() throws Exception {
        var script =
                "{ echo version=1; echo url=a=b; echo version=2; printf empty=; } > $SOP_OUTPUT";
        assertThat(succeeded(Orders.sh(script)).outputs())
                .isEqualTo(Map.of("version", "2", "url", "a=b", "empty", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo a=1 > $SOP_OUTPUT; echo nonsense >> $SOP_OUTPUT | line 2: write key=value",
                "echo Key=1 > $SOP_OUTPUT | line 1: a key is a small letter",
                "printf 'a=\\377' > $SOP_OUTPUT | line 1: it is not UTF-8",
                "printf 'a=\\0' > $SOP_OUTPUT | line 1: it holds a NUL",
                "printf a=%032769d 0 > $SOP_OUTPUT | line 1: a has 32769 bytes",
                "head -c 2000000 /dev/zero > $SOP_OUTPUT | it has more than 1048576 bytes",
                "ln -sf script $SOP_OUTPUT | it is no regular file any more",
                "rm $SOP_OUTPUT; mkfifo $SOP_OUTPUT | it is no regular file any more",
                "rm $SOP_OUTPUT; mkdir $SOP_OUTPUT | it is no regular file any more",
            })
    void what_cannot_be_read_fails_the_step(String script, String problem) throws Exception {
        var reason = failed(Orders.sh(script)).reason();
        assertThat(reason).isInstanceOf(FailureReason.BadOutput.class);
        assertThat(reason.text()).contains(problem);
    }

    @Test
    void secrets_are_masked_in_everything_that_comes_back() throws Exception {
        var script = "echo $TOKEN; echo url=x/$TOKEN > $SOP_OUTPUT; echo $TOKEN | base64";
        var order = Orders.sh(script).secret("TOKEN", "hunter22");
        var end = succeeded(order);
        assertThat(end.outputs()).containsEntry("url", "x/***");
        assertThat(end.output().head()).startsWith("***\n***");
        assertThat(kept(order)).startsWith("***\n***");
    }

    @Test
    void when_a_step_has_ended_nothing_it_printed_lies_unmasked_on_the_disk() throws Exception {
        var order = Orders.sh("echo a $TOKEN b; exit 3").secret("TOKEN", "hunter22");
        failed(order);
        assertThat(rawFiles()).isEmpty();
        assertThat(directory.resolve("printed")).hasContent("13 0\na *** b\n");
        assertThat(mode("printed")).isEqualTo("rw-------");
        assertThat(new StepOutputs(state).kept(KEY).orElseThrow())
                .isEqualTo(new StepOutput(13, 0, "a *** b\n", "", Optional.of(directory)));
    }

    @ParameterizedTest
    @CsvSource({"before it was masked", "while it was masked", "while it was removed"})
    void a_service_that_dies_at_the_end_of_a_step_masks_its_output_later(String moment)
            throws Exception {
        var order = Orders.sh("echo a $TOKEN b").secret("TOKEN", "hunter22");
        succeeded(order);
        switch (moment) {
            case "before it was masked" -> {
                Files.delete(directory.resolve("printed"));
                Files.writeString(directory.resolve("out.0"), "a hunter22 b\n");
            }
            case "while it was masked" -> {
                Files.delete(directory.resolve("printed"));
                Files.writeString(directory.resolve("out.0"), "a hunter22 b\n");
                Files.writeString(directory.resolve("printed.new"), "13 0\na *");
            }
            default -> Files.writeString(directory.resolve("out.3145728"), "what is left");
        }
        var service = ShellService.runner(state);
        assertThat(service.recover(gated(order)))
                .isInstanceOfSatisfying(
                        Recovered.Ended.class,
                        it -> assertThat(it.end().output().head()).isEqualTo("a *** b\n"));
        assertThat(rawFiles()).isEmpty();
        assertThat(directory.resolve("printed.new")).doesNotExist();
        assertThat(directory.resolve("printed")).hasContent("13 0\na *** b\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo url=x/$TOKEN > $SOP_OUTPUT",
                "echo url=x/$TOKEN > $SOP_OUTPUT; exit 1",
                "echo url=x/$TOKEN > $SOP_OUTPUT; echo no value >> $SOP_OUTPUT",
                "echo $TOKEN=1 > $SOP_OUTPUT",
                "mv $SOP_OUTPUT x; rm -f $SOP_OUTPUT; mkdir $SOP_OUTPUT; echo $TOKEN > $SOP_OUTPUT/a",
            })
    void when_a_step_has_ended_nothing_it_handed_on_lies_unmasked_on_the_disk(String script)
            throws Exception {
        var order = Orders.sh(script).secret("TOKEN", "hunter22");
        assertThat(run(order).toString()).doesNotContain("hunter22");
        assertThat(filesWith("hunter22")).isEmpty();
        assertThat(runner.unsettled()).isEmpty();
        assertThat(ShellService.runner(state).unsettled()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"before it was masked", "while it was masked", "before it was removed"})
    void a_service_that_dies_then_hands_on_the_same_values_later(String moment) throws Exception {
        var order = Orders.sh("echo url=x/$TOKEN > $SOP_OUTPUT").secret("TOKEN", "hunter22");
        var end = succeeded(order);
        Files.writeString(directory.resolve("step/output"), "url=x/hunter22\n");
        switch (moment) {
            case "before it was masked" -> Files.delete(directory.resolve("values"));
            case "while it was masked" ->
                    Files.move(directory.resolve("values"), directory.resolve("values.new"));
            default -> assertThat(directory.resolve("values")).hasContent("ok\nurl=x/***\n");
        }
        var service = ShellService.runner(state);
        assertThat(service.unsettled()).containsExactly(KEY);
        assertThat(service.recover(gated(order))).isEqualTo(new Recovered.Ended(end));
        assertThat(filesWith("hunter22")).isEmpty();
        assertThat(service.unsettled()).isEmpty();
    }

    @Test
    void a_file_that_could_not_be_used_fails_the_step_later_as_well() throws Exception {
        var order = Orders.sh("echo no value > $SOP_OUTPUT");
        var end = failed(order);
        assertThat(ShellService.runner(state).recover(gated(order)))
                .isEqualTo(new Recovered.Ended(end));
    }

    @Test
    void output_that_cannot_be_masked_costs_nothing_but_itself() throws Exception {
        var blocked = "mkdir \"$SOP_DIR/../../printed\"; echo a";
        var end = succeeded(Orders.sh(blocked));
        assertThat(end.output().head()).isEqualTo("a\n");
    }

    // Output

    @Test
    void a_flood_of_output_is_kept_as_head_and_tail() throws Exception {
        var order = Orders.sh("echo first; head -c 1000000000 /dev/zero; echo last");
        var end = succeeded(order);
        assertThat(end.output().bytes()).isEqualTo(1_000_000_011);
        assertThat(end.output().head()).startsWith("first\n\0");
        assertThat(end.output().tail()).endsWith("\0last\n");
        assertThat(end.output().bytes() - end.output().dropped()).isBetween(5L << 20, 10L << 20);
        assertThat(directory.resolve("printed").toFile().length()).isLessThanOrEqualTo(10L << 20);
        assertThat(kept(order))
                .contains("\n[… %d bytes dropped …]\n".formatted(end.output().dropped()));
    }

    @Test
    void output_can_be_read_while_the_step_runs() throws Exception {
        var order = Orders.sh("echo begun; " + WAIT);
        var end = inBackground(order);
        Await.until("output", () -> kept(order).equals("begun\n"));
        Files.createFile(gate);
        assertThat(end.get()).isInstanceOf(StepEnd.Succeeded.class);
    }

    @Test
    void a_flood_can_be_read_while_it_comes() throws Exception {
        var order = Orders.sh("head -c 100000000 /dev/zero; echo end");
        var end = inBackground(order);
        while (!end.isDone()) {
            if (Files.exists(directory)) assertThat(kept(order)).hasSizeLessThan(11 << 20);
        }
        assertThat(end.get()).isInstanceOf(StepEnd.Succeeded.class);
        assertThat(kept(order)).endsWith("end\n");
    }

    @Test
    void a_full_disk_neither_blocks_the_step_nor_swallows_its_exit_code() throws Exception {
        onSmallDisk(
                () -> {
                    var end = failed(Orders.sh("head -c 50000000 /dev/zero; echo end; exit 9"));
                    assertThat(end.reason()).isEqualTo(new FailureReason.ExitCode(9));
                });
    }

    @Test
    void on_a_full_disk_beginning_and_end_are_kept_and_no_secret() throws Exception {
        var script = "echo $TOKEN; head -c 700000 /dev/zero; echo end $TOKEN; exit 9";
        var order = Orders.sh(script).secret("TOKEN", "hunter22");
        onSmallDisk(
                () -> {
                    var output = failed(order).output();
                    assertThat(output.head()).startsWith("***\n");
                    assertThat(output.tail()).endsWith("end ***\n");
                    assertThat(output.dropped()).isGreaterThan(600_000);
                    assertThat(filesWith("hunter22")).isEmpty();
                    assertThat(runner.unsettled()).isEmpty();
                });
    }

    @Test
    void what_a_full_disk_did_not_take_at_all_is_said_to_be_lost() throws Exception {
        var order =
                Orders.sh(
                        "head -c 9000000 /dev/zero 2>&1 > \"$SOP_DIR/../fill\" || true;"
                                + " echo nobody reads this; exit 9");
        onSmallDisk(
                () -> {
                    var output = failed(order).output();
                    assertThat(output.head() + output.tail()).doesNotContain("nobody");
                    assertThat(output.dropped()).isPositive();
                    assertThat(output.bytes()).isEqualTo(output.dropped());
                });
    }

    @Test
    void what_does_not_fit_on_a_full_disk_is_hidden_as_soon_as_it_is_stored_elsewhere()
            throws Exception {
        var script =
                "printf 'url=x/%s%030000d' $TOKEN 0 > $SOP_OUTPUT; echo $TOKEN;"
                        + " until [ -s \"$SOP_DIR/../../out.0\" ]; do sleep 0.02; done;"
                        + " head -c 9000000 /dev/zero 2>&1 > \"$SOP_DIR/../fill\" || true";
        var order = Orders.sh(script).secret("TOKEN", "hunter22");
        onSmallDisk(
                () -> {
                    assertThat(succeeded(order).outputs().get("url")).startsWith("x/***0");
                    assertThat(runner.recover(gated(order)))
                            .as("until the end is stored it can be asked again")
                            .isInstanceOf(Recovered.Ended.class);
                    assertThat(runner.unsettled()).containsExactly(KEY);
                    runner.hide(KEY, Optional.empty());
                    assertThat(runner.unsettled()).isEmpty();
                    assertThat(filesWith("hunter22")).isEmpty();
                    assertThat(kept(order)).startsWith("***\n");
                });
    }

    /** The shim kills its own helpers last; whoever is killed is there for a moment yet. */
    private void awaitNobodyLeft() {
        Await.until(
                "nobody of " + directory,
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    /** With what the step left behind, which may be the whole disk. */
    private void onSmallDisk(ThrowingRunnable test) throws Exception {
        var disk = Files.createDirectory(state.resolve("disk"));
        boolean mounted =
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.toString())
                                .start()
                                .waitFor()
                        == 0;
        require(mounted, "only root may mount the small disk that this test fills");
        try {
            runner = ShellService.runner(disk);
            directory = disk.resolve("steps").resolve("R-12.3.1.1");
            test.run();
        } finally {
            // What the shim killed last may take a moment to leave the disk.
            Await.until(
                    "unmounted",
                    () -> new ProcessBuilder("umount", disk.toString()).start().waitFor() == 0);
        }
    }

    /** A part of a test. */
    @FunctionalInterface
    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    // Stopping

    @Test
    void stopping_ends_the_whole_group() throws Exception {
        var order = Orders.sh("sleep 1000 & echo begun; " + WAIT);
        var end = inBackground(order);
        Await.until("output", () -> kept(order).equals("begun\n"));
        assertThat(runner.stop(KEY, "cancelled by @ada")).isTrue();
        assertThat(reason(end.get())).isEqualTo("stopped: cancelled by @ada");
        awaitNobodyLeft();
    }

    @Test
    void several_may_stop_it_at_once() throws Exception {
        var script = "echo begun; " + WAIT;
        var end = inBackground(Orders.sh(script));
        Await.until("output", () -> kept(Orders.sh(script)).equals("begun\n"));
        var record = StepDirectory.of(state.resolve("steps"), KEY);
        Callable<Boolean> reasons =
                () -> {
                    for (int i = 0; i < 100; i++) record.writeStop("enough");
                    return runner.stop(KEY, "enough");
                };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(Collections.nCopies(8, reasons))) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(reason(end.get())).isEqualTo("stopped: enough");
    }

    @Test
    void stopping_bars_a_start() throws Exception {
        var ends = new ArrayList<String>();
        for (int attempt = 1; attempt <= 10; attempt++) { // wherever the two meet
            var order = Orders.sh(WAIT).attempt(attempt);
            var end = inBackground(order);
            var key = order.order().key();
            Await.until("the start", () -> Files.exists(state.resolve("steps").resolve("" + key)));
            assertThat(runner.stop(key, "no")).isTrue();
            ends.add(reason(end.get()));
        }
        assertThat(ends).containsOnly("stopped: no");
    }

    @Test
    void stopping_what_does_not_run_does_nothing() throws Exception {
        assertThat(runner.stop(KEY, "no")).isTrue();
        assertThat(succeeded(Orders.sh("true"))).isNotNull();
        assertThat(runner.stop(KEY, "no")).isTrue();
        assertThat(succeeded(Orders.sh("true"))).isNotNull();
    }

    // After a crash of the service

    @Test
    void a_step_survives_the_service_and_its_exit_code_is_found() throws Exception {
        var script = "echo begun; " + WAIT + "echo v=1 > $SOP_OUTPUT; echo end";
        var order = Orders.sh(script);
        killService(script, order);
        assertThat(runner.recover(gated(order))).isInstanceOf(Recovered.Running.class);
        var end = new FutureTask<>(() -> runner.attach(gated(order)));
        Thread.ofVirtual().start(end);
        Files.createFile(gate);
        assertThat(end.get()).isInstanceOf(StepEnd.Succeeded.class);
        assertThat(((StepEnd.Succeeded) end.get()).outputs()).containsEntry("v", "1");
        assertThat(end.get().output().head()).isEqualTo("begun\nend\n");
    }

    @Test
    void a_step_that_ended_meanwhile_is_not_repeated() throws Exception {
        var script = "echo begun; " + WAIT + "exit 4";
        var order = Orders.sh(script);
        killService(script, order);
        Files.createFile(gate);
        Await.until("the end", () -> Files.exists(directory.resolve("exit")));
        assertThat(runner.recover(gated(order))).isInstanceOf(Recovered.Ended.class);
        assertThat(reason(runner.run(gated(order)))).isEqualTo("exit code 4");
    }

    @Test
    void a_step_can_be_stopped_by_the_next_service() throws Exception {
        var script = "echo begun; " + WAIT;
        var order = Orders.sh(script);
        killService(script, order);
        assertThat(runner.stop(KEY, "enough")).isTrue();
        assertThat(reason(runner.attach(gated(order)))).isEqualTo("stopped: enough");
    }

    @Test
    void what_never_began_is_certain_and_barred() throws Exception {
        var order = gated(Orders.sh("echo ran"));
        assertThat(runner.recover(order)).isInstanceOf(Recovered.NeverBegan.class);
        Files.createDirectories(directory); // as far as a service came that was killed
        assertThat(runner.recover(order)).isInstanceOf(Recovered.NeverBegan.class);
        assertThat(runner.recover(order)).isInstanceOf(Recovered.NeverBegan.class);
        assertThat(runner.run(order)).isInstanceOf(StepEnd.Succeeded.class);
    }

    @Test
    void a_shim_that_comes_late_does_nothing() throws Exception {
        var order = gated(Orders.sh("echo ran >> \"$SOP_INPUT_GATE\""));
        var late = StepDirectory.of(state.resolve("steps"), KEY);
        late.prepare(order, Files.readString(shim()), "n1");
        assertThat(runner.recover(order)).isInstanceOf(Recovered.NeverBegan.class);
        assertThat(startShim("n1")).isEqualTo(73); // the claim is taken
        assertThat(runner.run(order)).isInstanceOf(StepEnd.Succeeded.class);
        assertThat(startShim("n1")).isEqualTo(71); // its directory is gone
        assertThat(gate).hasContent("ran\n");
    }

    @Test
    void a_service_killed_while_it_hands_over_the_environment_began_nothing() throws Exception {
        var order = gated(Orders.sh("echo ran >> \"$SOP_INPUT_GATE\""));
        StepDirectory.of(state.resolve("steps"), KEY)
                .prepare(order, Files.readString(shim()), "n1");
        assertThat(startShim("n1")).isZero();
        assertThat(runner.recover(order)).isInstanceOf(Recovered.NeverBegan.class);
        assertThat(gate).doesNotExist();
    }

    @Test
    void a_step_of_another_boot_or_container_is_in_doubt() throws Exception {
        var order = gated(Orders.sh("echo ran"));
        StepDirectory.of(state.resolve("steps"), KEY)
                .prepare(order, Files.readString(shim()), "n1");
        var here = ProcessIdentity.World.here();
        long pid = ProcessHandle.current().pid();
        var claim = directory.resolve("claim");
        Files.writeString(claim, "other-boot %s %d 1 .\n".formatted(here.namespace(), pid));
        assertThat(why(order)).isEqualTo("the machine was restarted while it ran");
        Files.writeString(claim, "%s pid:[1] %d 1 .\n".formatted(here.boot(), pid));
        assertThat(why(order)).isEqualTo("the container it ran in is gone");
        // The number is in use, by a process that began at another time.
        Files.writeString(claim, "%s %s %d 1 .\n".formatted(here.boot(), here.namespace(), pid));
        assertThat(why(order)).startsWith("what watched it was killed");
    }

    @Test
    void a_step_whose_shim_is_killed_is_in_doubt_and_can_be_ended() throws Exception {
        var order = Orders.sh("echo begun; " + WAIT);
        var end = inBackground(order);
        Await.until("output", () -> kept(order).equals("begun\n"));
        var shim = ProcessIdentity.parse(Files.readString(directory.resolve("claim")));
        ProcessHandle.of(shim.orElseThrow().pid()).orElseThrow().destroyForcibly();
        assertThat(end.get()).isInstanceOf(StepEnd.Lost.class);
        assertThat(why(gated(order)))
                .isEqualTo("what watched it was killed; the step itself still runs");
        assertThat(runner.unsettled()).containsExactly(KEY);
        assertThat(ShellService.runner(state).unsettled()).containsExactly(KEY);
        assertThat(runner.stop(KEY, "tidy up")).isTrue();
        runner.hide(KEY, Optional.of(gated(order)));
        assertThat(runner.unsettled()).isEmpty();
        assertThat(rawFiles()).isEmpty();
        assertThat(kept(order)).isEqualTo("begun\n");
        awaitNobodyLeft(); // also of the shim
    }

    @Test
    void what_ended_by_itself_leaves_nothing_to_be_settled() throws Exception {
        succeeded(Orders.sh("true"));
        assertThat(runner.unsettled()).isEmpty();
        assertThat(ShellService.runner(state).unsettled()).isEmpty();
    }

    @Test
    void what_was_started_before_a_restore_is_in_doubt() {
        var order = gated(Orders.sh("true").key(new StepKey("e0", 12, 3, 1, 1)));
        assertThat(why(order)).contains("before the store was restored");
    }

    @Test
    void running_twice_starts_once() throws Exception {
        var order = Orders.sh("echo ran >> \"$SOP_INPUT_GATE\"");
        succeeded(order);
        succeeded(order);
        assertThat(gate).hasContent("ran\n");
    }

    @Test
    void cleaning_removes_everything_but_not_under_a_running_step() throws Exception {
        var order = Orders.sh("echo begun; " + WAIT).file("a/b", "x", true);
        var end = inBackground(order);
        Await.until("output", () -> kept(order).equals("begun\n"));
        assertThatThrownBy(() -> runner.clean(12)).hasMessage("R-12.3.1.1 still runs");
        Files.createFile(gate);
        end.get();
        runner.clean(12);
        assertThat(state.resolve("steps")).isEmptyDirectory();
    }

    // Another user

    @Test
    void a_step_can_run_as_another_user() throws Exception {
        require(isRoot(), "only root may change the user");
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx--x--x"));
        var script = "id -un; echo a=1 > $SOP_OUTPUT; cat \"$SOP_DIR/f\"; ls \"$SOP_DIR/../..\"";
        var order = Orders.sh(script).file("f", "read\n", false).runAs("nobody");
        var end = failed(order); // the service's part of the directory is not for its eyes
        assertThat(end.output().head()).startsWith("nobody\nread\n").contains("Permission denied");
        assertThat(succeeded(Orders.sh("echo a=1 > $SOP_OUTPUT").runAs("nobody").attempt(2)))
                .satisfies(done -> assertThat(done.outputs()).containsEntry("a", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-user", "-x"})
    void a_user_that_is_none_is_refused(String user) throws Exception {
        assertThat(failed(Orders.sh("true").runAs(user)).reason())
                .isInstanceOf(FailureReason.NotStarted.class);
    }

    @Test
    void a_user_who_may_not_enter_the_directory_is_told_so() throws Exception {
        require(isRoot(), "only root may change the user");
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
        assertThat(failed(Orders.sh("true").runAs("nobody")).reason().text())
                .isEqualTo("not started: nobody may not enter %s: allow it with chmod o+x", state);
    }

    private StepOrder gated(Orders order) {
        return order.input("gate", gate.toString()).order();
    }

    private StepEnd run(Orders order) throws InterruptedException {
        return runner.run(gated(order));
    }

    private StepEnd.Succeeded succeeded(Orders order) throws InterruptedException {
        var end = run(order);
        assertThat(end).isInstanceOf(StepEnd.Succeeded.class);
        return (StepEnd.Succeeded) end;
    }

    private StepEnd.Failed failed(Orders order) throws InterruptedException {
        var end = run(order);
        assertThat(end).isInstanceOf(StepEnd.Failed.class);
        return (StepEnd.Failed) end;
    }

    private FutureTask<StepEnd> inBackground(Orders order) {
        var end = new FutureTask<>(() -> run(order));
        Thread.ofVirtual().start(end);
        return end;
    }

    private static String reason(StepEnd end) {
        assertThat(end).isInstanceOf(StepEnd.Failed.class);
        return ((StepEnd.Failed) end).reason().text();
    }

    private String why(StepOrder order) {
        var recovered = runner.recover(order);
        assertThat(recovered).isInstanceOf(Recovered.Unknown.class);
        return ((Recovered.Unknown) recovered).why();
    }

    private String kept(Orders order) throws IOException {
        var output = new ByteArrayOutputStream();
        runner.writeOutput(gated(order), output);
        return output.toString(StandardCharsets.UTF_8);
    }

    /** Files of the step in which this stands. */
    private List<Path> filesWith(String text) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).filter(it -> holds(it, text)).toList();
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> rawFiles() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("out.")).toList();
        }
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(path)));
    }

    /** Runs the step in a JVM of its own and kills that once the step has begun. */
    private void killService(String script, Orders order) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var service =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                ShellService.class.getName(),
                                state.toString(),
                                gate.toString(),
                                script)
                        .inheritIO()
                        .start();
        try {
            Await.until("output", () -> kept(order).equals("begun\n"));
        } finally {
            service.destroyForcibly();
        }
        assertThat(service.waitFor()).isEqualTo(128 + 9);
    }

    private static Path shim() throws Exception {
        return Path.of(ShellRunner.class.getResource("shim.sh").toURI());
    }

    /** As a service does that dies before it has said what the step's environment is. */
    private int startShim(String nonce) throws Exception {
        var here = ProcessIdentity.World.here();
        var shim =
                new ProcessBuilder(
                                "setsid",
                                "sh",
                                shim().toString(),
                                "run",
                                directory.toString(),
                                nonce,
                                here.boot(),
                                here.namespace(),
                                "0",
                                "1",
                                "sh",
                                "-eu",
                                directory.resolve("step/script").toString())
                        .start();
        shim.getOutputStream().close();
        return shim.waitFor();
    }

    private static boolean isRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }
}
