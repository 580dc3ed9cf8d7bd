package dev.sopwith.app;

import static dev.sopwith.engine.Peer.require;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.StoredRuns;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What people see of the real service when something around it is not as it should be. */
@Timeout(300)
class RealServiceFaultsTest {
    private static final String PERSON = "1. **Look** — is it there?\n";
    private static final int NOBODY = 65_534;

    @TempDir private Path folder;
    private RealService service;

    @BeforeEach
    void makeService() {
        service = new RealService(folder);
    }

    @AfterEach
    void endService() throws InterruptedException {
        service.close();
    }

    // A step in doubt

    @Test
    void a_step_that_vanished_is_in_doubt_until_somebody_says_what_became_of_it() throws Exception {
        service.sop(
                "vanish",
                "max_concurrent = 3",
                """
                1. **Work** — a while.
                   - tools: shell

                   ```sh
                   echo "$PPID" >> '%1$s/shims'
                   until [ -e '%1$s/go' ]; do sleep 0.1; done
                   ```

                2. **Look** — is it there?
                """
                        .formatted(folder));
        service.start();
        for (int run = 1; run <= 3; run++) service.ask("run", "vanish");
        RealService.await(() -> shims().size() == 3);
        service.kill();
        for (long shim : shims()) endWithAllItsChildren(shim);
        service.start();

        for (int run = 1; run <= 3; run++) awaitState("R-" + run, "in doubt");
        assertThat(service.ask("skip", "R-1").lines())
                .contains("a step in doubt cannot be skipped");
        assertThat(service.ask("pending").table().get(1))
                .contains("retry R-1 | done R-1 | failed R-1 | abort R-1");
        assertThat(service.ask("done", "R-1", "it", "had").status()).isEqualTo(Answer.Status.OK);
        assertThat(service.ask("failed", "R-2").lines().getFirst()).contains("failed");
        assertThat(shims()).as("nothing is repeated without a word").hasSize(3);
        Files.createFile(folder.resolve("go"));
        assertThat(service.ask("retry", "R-3").status()).isEqualTo(Answer.Status.OK);
        for (var run : List.of("R-1", "R-3")) awaitState(run, "at person");
        assertThat(shims()).as("one word, one more time").hasSize(4);
        assertThat(service.ask("skip", "R-1").lines().getFirst()).contains("completed");
        assertThat(service.ask("done", "R-3").lines().getFirst()).contains("completed");
        assertThat(service.ask("log", "R-1").table().toString()).contains("it had");
    }

    private List<Long> shims() throws IOException {
        var file = folder.resolve("shims");
        if (!Files.exists(file)) return List.of();
        return Files.readAllLines(file).stream().map(Long::valueOf).toList();
    }

    /** As a reboot does it: nothing of the step is left, and nothing could be written any more. */
    private static void endWithAllItsChildren(long pid) throws Exception {
        var processes = new ArrayList<ProcessHandle>();
        var shim = ProcessHandle.of(pid).orElseThrow();
        processes.add(shim);
        processes.addAll(shim.descendants().toList());
        processes.forEach(ProcessHandle::destroyForcibly);
        RealService.await(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    private void awaitState(String run, String state) throws Exception {
        RealService.await(
                () -> service.ask("status", run).data().path("state").asString().equals(state));
    }

    // Backup

    @Test
    void runs_of_a_restored_store_go_on_only_when_somebody_says_so() throws Exception {
        service.sop("person", "", PERSON);
        service.sop("gate", "", "1. **Ask** — may it?\n   - kind: checkpoint\n");
        service.start();
        service.ask("run", "person");
        var old = service.ask("run", "gate").data().path("code").asString();
        assertThat(service.cli("backup", "copy.db").exit()).isZero();
        service.stop();
        var other = folder.resolve("other");
        assertThat(service.cli("restore", "copy.db", "--state-dir", "other").exit()).isZero();

        service.in(other).start();
        assertThat(text(service.ask("status", "R-1"))).contains("paused (the store was restored");
        assertThat(service.ask("done", "R-1").status()).isEqualTo(Answer.Status.NO);
        assertThat(text(service.ask("approve", old))).contains("not counted: no longer asked");
        assertThat(service.cli("resume", "R-1").text()).contains("waits for people");
        assertThat(text(service.ask("done", "R-1"))).contains("completed");
        var code = service.ask("resume", "R-2").data().path("code").asString();
        assertThat(code).isNotEmpty().isNotEqualTo(old);
        assertThat(text(service.ask("approve", code))).contains("completed");
        var next = service.ask("run", "person").data().path("run").asString();
        assertThat(next).as("no number is used twice").isEqualTo("R-1003");
    }

    private static String text(Answer answer) {
        return String.join("\n", answer.lines());
    }

    @Test
    void a_state_folder_that_cannot_be_one_is_named_with_the_cause() throws Exception {
        service.sop("person", "", PERSON);
        var file = Files.createFile(folder.resolve("file"));

        assertThat(service.cli("up", "--state-dir", file.toString()).text())
                .contains("cannot start: %s is there and is no folder".formatted(file));
        var backup = Files.writeString(folder.resolve("text"), "no database".repeat(99));
        assertThat(service.cli("restore", backup.toString(), "--state-dir", "new").text())
                .contains("was not made by Sopwith", "name another")
                .doesNotContain("another folder");
    }

    // The record

    @Test
    void the_record_of_a_run_is_exported_with_and_without_the_service() throws Exception {
        service.sop("person", "", PERSON);
        service.start();
        service.ask("run", "person");
        service.ask("done", "R-1", "all", "well");
        var markdown = service.cli("audit", "export", "--run", "R-1");
        service.stop();
        var lines = service.cli("audit", "export", "--run", "1", "--json");

        assertThat(markdown.exit()).isZero();
        assertThat(markdown.text()).contains("R-1", "all well");
        assertThat(lines.exit()).isZero();
        assertThat(lines.text().lines().toList())
                .hasSizeGreaterThan(3)
                .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        assertThat(lines.text()).contains("RunStarted", "all well", "RunFinished");
        var unknown = service.cli("audit", "export", "--run", "R-9");
        assertThat(unknown)
                .isEqualTo(new RealService.Said(2, "sopwith: nothing is on record about R-9\n"));
    }

    // Starts that are refused

    @Test
    void a_second_service_on_the_same_folder_says_who_is_there_and_disturbs_nothing()
            throws Exception {
        service.sop("person", "", PERSON);
        service.start();
        service.ask("run", "person");
        var second = service.cli("up");

        assertThat(second.exit()).isEqualTo(4);
        assertThat(second.text())
                .contains("cannot start", "in use by process " + service.pid(), "stop that one");
        assertThat(text(service.ask("done", "R-1"))).contains("completed");
    }

    @Test
    void a_store_of_a_newer_version_is_left_alone() throws Exception {
        service.sop("person", "", PERSON);
        service.start();
        service.stop();
        var url = "jdbc:sqlite:" + service.database();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.executeUpdate("insert into migrations values (1000, 'next.sql', 'x')");
        }
        var before = Files.readAllBytes(service.database());
        var refused = service.cli("up");

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.text()).contains("newer version of Sopwith", "next.sql", "restore");
        assertThat(Files.readAllBytes(service.database())).isEqualTo(before);
    }

    // A queued start

    @Test
    void who_waits_for_a_queued_start_hears_of_its_own_run() throws Exception {
        service.sop("person", "", PERSON);
        service.sop(
                "slow",
                "",
                """
                1. **Work** — until it may end.
                   - tools: shell

                   ```sh
                   until [ -e '%s/go' ]; do sleep 0.1; done
                   ```
                """
                        .formatted(folder));
        service.start();
        service.ask("run", "person");
        service.ask("run", "slow");
        var heard = new ArrayList<String>();
        var answer = new ArrayList<Answer>();
        var waiter =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try (var client = service.connect()) {
                                        var request = RealService.waiting("run", "slow");
                                        answer.add(client.ask(request, heard::add));
                                    } catch (IOException | LocalClient.Refused e) {
                                        throw new AssertionError(e);
                                    }
                                });
        RealService.await(() -> service.ask("status").data().path("queued").asInt() == 1);
        Files.createFile(folder.resolve("go"));
        waiter.join();

        assertThat(answer).hasSize(1);
        assertThat(answer.getFirst().data().path("run").asString()).isEqualTo("R-3");
        assertThat(text(answer.getFirst())).isEqualTo("R-3 slow: completed");
        assertThat(heard.getFirst()).startsWith("slow queued #1");
    }

    // Other people

    @Test
    void another_user_is_kept_out_by_the_folder_and_by_the_service() throws Exception {
        require(
                isRoot()
                        && RealService.said(new ProcessBuilder("setpriv", "--version")).exit() == 0,
                "SKIPPED: only root can become somebody else (with setpriv, of util-linux), so"
                        + " nobody else can be tried");
        service.sop("person", "", PERSON);
        service.start();
        var open = PosixFilePermissions.fromString("rwxr-xr-x");
        Files.setPosixFilePermissions(folder, open);

        assertThat(asNobody(stranger())).contains("Permission denied");
        var told = asNobody(service.command(List.of("freeze")).command());
        assertThat(told).contains("is another user's");
        assertThat(asNobody(service.command(List.of("audit", "verify")).command()))
                .contains("this user may not read the record", "or as root")
                .doesNotContain("there is no record");

        Files.setPosixFilePermissions(service.state(), open);
        var socket = App.socket(service.state());
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(asNobody(stranger())).contains("may do nothing here").doesNotContain("answer");
        assertThat(service.ask("status").data().path("frozen").asBoolean()).isFalse();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private List<String> stranger() {
        var command = RealService.java(System.getProperty("java.class.path"));
        command.add(Stranger.class.getName());
        command.add(App.socket(service.state()).toString());
        return command;
    }

    /** Runs a command of ours as a user who may not read our files: with a copy of its classes. */
    private String asNobody(List<String> command) throws Exception {
        var words = new ArrayList<String>();
        words.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY));
        words.addAll(List.of("--clear-groups", "--"));
        words.addAll(command);
        words.set(words.indexOf("-cp") + 1, copyOfClasses());
        var builder = new ProcessBuilder(words).directory(folder.toFile());
        builder.environment().put("SOPWITH_STATE", service.state().toString());
        return RealService.said(builder).text();
    }

    private String copyOfClasses() throws IOException {
        var copy = folder.resolve("classes");
        var entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
        var names = new ArrayList<String>();
        for (int i = 0; i < entries.length; i++) {
            var target = copy.resolve(Integer.toString(i));
            names.add(target.toString());
            if (!Files.exists(target)) copyAll(Path.of(entries[i]), target);
        }
        return String.join(File.pathSeparator, names);
    }

    private static void copyAll(Path from, Path to) throws IOException {
        if (!Files.exists(from)) return;
        Files.createDirectories(to.getParent());
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                var target = to.resolve(from.relativize(file).toString());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    // A damaged store

    @Test
    void damage_that_is_met_while_it_runs_ends_the_service_and_says_what_to_do() throws Exception {
        service.sop(
                "person",
                """

                [[inputs]]
                name = "text"
                type = "string"
                """,
                PERSON);
        service.start();
        service.ask("run", "person", "text=" + "x".repeat(20_000));
        service.stop(); // all is in the file then, and nothing of it in a memory
        service.start();
        var bytes = Files.readAllBytes(service.database());
        int page = 4096;
        for (int at = 0; at < bytes.length; at += page) {
            // Pages that go on with a long text; the trees that lead to it stay whole.
            boolean goesOn = bytes[at + page / 2] == 'x' && bytes[at + page / 4] == 'x';
            if (goesOn) Arrays.fill(bytes, at, at + page, (byte) 0);
        }
        try (var file = new RandomAccessFile(service.database().toFile(), "rw")) {
            file.write(bytes);
        }
        try {
            service.ask("log", "R-1");
            service.ask("done", "R-1");
        } catch (IOException e) {
            // It ended before it answered.
        }

        assertThat(service.exit()).isEqualTo(75);
        assertThat(service.log())
                .contains(
                        "the store stopped, so the service ends",
                        service.database() + " is damaged, and only a backup brings back",
                        "malformed",
                        "move the folder store of " + service.state() + " away",
                        "./sopwith restore BACKUP")
                .doesNotContain("What was answered is kept");
    }

    // A full disk

    @Test
    void a_full_disk_ends_the_service_with_its_own_code_and_loses_nothing_that_was_answered()
            throws Exception {
        var disk = Files.createDirectory(folder.resolve("disk"));
        require(
                mount("-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", disk.toString()),
                "SKIPPED: this user may not mount a small disk (needs root), so the disk cannot be"
                        + " filled; SqliteFaultsTest covers the store alone");
        try {
            service.in(disk.resolve("state"));
            service.sop(
                    "person",
                    """

                    [[inputs]]
                    name = "text"
                    type = "string"
                    """,
                    PERSON);
            service.start();
            var answered = startRunsUntilHungUp();
            assertThat(service.exit()).isEqualTo(75);
            assertThat(service.log())
                    .contains(
                            "the store stopped, so the service ends", "full", "What was answered");
            assertThat(service.log().lines().filter(it -> it.startsWith("\tat ")))
                    .as("what a person reads who has to make room")
                    .isEmpty();

            assertThat(mount("-o", "remount,size=64m", disk.toString())).isTrue();
            service.start();
            assertThat(text(service.ask("done", "R-1"))).contains("completed");
            service.stop();
            try (var store = SqliteStore.view(service.database())) {
                assertThat(new Audit(store).verify().finding()).isEmpty();
                assertThat(StoredRuns.of(store))
                        .extracting(StoredRuns.Stored::number)
                        .containsAll(answered);
            }
        } finally {
            service.close();
            RealService.said(new ProcessBuilder("umount", "-l", disk.toString()));
        }
    }

    private Set<Long> startRunsUntilHungUp() throws Exception {
        var answered = new TreeSet<Long>();
        var text = "text=" + "x".repeat(20_000);
        try (var client = service.connect()) {
            while (true) {
                var run = client.ask(RealService.request("run", "person", text), _ -> {});
                if (run.status() != Answer.Status.OK) break;
                answered.add(RunId.parse(run.data().path("run").asString()).orElseThrow().number());
            }
        } catch (IOException e) {
            // It ended before it answered.
        }
        assertThat(answered).isNotEmpty();
        return answered;
    }

    private static boolean mount(String... words) throws Exception {
        var command = new ArrayList<String>(List.of("mount"));
        command.addAll(List.of(words));
        return RealService.said(new ProcessBuilder(command)).exit() == 0;
    }
}
