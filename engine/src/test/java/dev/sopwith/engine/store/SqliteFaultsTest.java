package dev.sopwith.engine.store;

import static dev.sopwith.engine.Peer.require;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.store.Runs.RunRow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** What was answered is there, whatever happened to the process and its disk. With real means. */
@Timeout(180)
final class SqliteFaultsTest {
    private static final int KILLS = 20;
    private static final int SUBMITTERS = 64;

    @TempDir Path temp;

    @Test
    void nothing_that_was_answered_is_lost_when_the_process_is_killed() throws Exception {
        var folder = temp.resolve("store");
        var random = new SplittableRandom(1);
        var answered = new TreeSet<Long>();
        for (int kill = 1; kill <= KILLS; kill++) {
            try (var child = Child.start(List.of(), folder, SUBMITTERS, 2_000).ready()) {
                answered.addAll(child.answered(random.nextInt(400)));
                answered.addAll(child.kill());
            }
            if (kill % 5 == 0) assertIntact(folder, answered);
        }
        assertThat(answered).hasSizeGreaterThan(KILLS);
    }

    @Test
    void a_second_process_is_kept_out_and_told_by_whom() throws Exception {
        var folder = temp.resolve("store");
        try (var child = Child.start(List.of(), folder, 1, 10).ready()) {
            assertThatThrownBy(() -> open(folder))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is in use by process " + child.pid())
                    .hasMessageContaining("stop that one");
            child.kill();
        }
        open(folder).close(); // the lock went with the process
    }

    @Test
    void a_store_that_may_not_grow_stops_and_keeps_what_it_answered() throws Exception {
        var folder = temp.resolve("store");
        open(folder).close();
        var limited = List.of("sh", "-c", "ulimit -f 16384; exec \"$@\"", "sh");
        List<String> said;
        try (var child = Child.start(limited, folder, 16, 200_000).ready()) {
            said = child.rest();
        }
        assertThat(said).as("one listener, all submitters").endsWith("STOPPED 1 16");
        var answered = new TreeSet<Long>();
        for (var line : said) Child.addRun(answered, line);
        assertThat(answered).isNotEmpty();
        assertIntact(folder, answered);
    }

    @Test
    void a_full_disk_stops_the_store_and_room_brings_it_back() throws Exception {
        var disk = Files.createDirectory(temp.resolve("disk"));
        require(
                run("mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", disk.toString()),
                "SKIPPED: this user may not mount a small disk (needs root), so the disk cannot be"
                        + " filled; a_store_that_may_not_grow_stops covers our part");
        try {
            var folder = disk.resolve("store");
            var answered = fill(folder);
            assertThat(answered).isNotEmpty();
            assertThat(run("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
            assertIntact(folder, answered);
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    /** Commits until the disk is full. */
    private static Set<Long> fill(Path folder) {
        var answered = new TreeSet<Long>();
        var heard = new ArrayList<StoreException>();
        try (var store = SqliteStore.open(folder, new SecureRandom(), heard::add)) {
            assertThatThrownBy(
                            () -> {
                                while (true) answered.add(store.commit(SqliteFaultsTest::startBig));
                            })
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("the store stopped")
                    .hasMessageContaining("full");
            assertThatThrownBy(() -> store.commit(tx -> StoreContract.start(tx, "deploy")))
                    .as("for ever")
                    .isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> store.read(it -> it.runs().nextNumber()))
                    .isInstanceOf(StoreException.class);
        }
        assertThat(heard).as("one listener").hasSize(1);
        return answered;
    }

    private static long startBig(Tx tx) {
        tx.trail().append(Rows.NOON, "note", "\"" + "x".repeat(100_000) + "\"");
        return StoreContract.start(tx, "deploy");
    }

    static void assertIntact(Path folder, Set<Long> answered) throws SQLException {
        try (var store = open(folder)) {
            var there = store.<List<RunRow>>read(it -> it.runs().active());
            assertThat(there).extracting(RunRow::number).containsAll(answered);
            assertThat(new Audit(store).verify().finding()).isEmpty();
        }
        var url = "jdbc:sqlite:" + folder.resolve("sopwith.db");
        try (var connection = DriverManager.getConnection(url)) {
            assertThat(Sqlite.pragma(connection, "integrity_check")).isEqualTo("ok");
        }
    }

    private static SqliteStore open(Path folder) {
        return SqliteStore.open(
                folder,
                new SecureRandom(),
                stopped -> {
                    throw stopped;
                });
    }

    static boolean run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.inputReader().readAllLines();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
