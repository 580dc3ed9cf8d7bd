package dev.sopwith.engine.store;

import static dev.sopwith.engine.Peer.require;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sopwith.engine.store.DiskRecord.Act;
import dev.sopwith.engine.store.PowerlessDisk.Unsynced;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * What was answered is there after the power went. Real processes use a store, all that they do to
 * the disk is recorded, and for many moments the files are made as a disk would have them that kept
 * nothing but what was synced, or some of the rest as well.
 */
@Timeout(300)
final class PowerCutTest {
    private static final long SEED = Long.getLong("sopwith.seed", 20_261_121);
    private static final int CUTS_BEFORE_ANSWERS = 20;
    private static final int CUTS = 50;
    private static final int LIVES = 2;
    private static final int STARTS = 400;

    @TempDir Path temp;
    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void nothing_that_was_answered_is_lost_when_the_power_goes() throws Exception {
        var acts = recorded(temp.toRealPath().resolve("store"));
        int first = firstAnswer(acts);
        var cuts = new TreeSet<Integer>();
        for (int i = 0; i < CUTS_BEFORE_ANSWERS; i++) cuts.add(random.nextInt(first));
        for (int i = 0; i < CUTS; i++) cuts.add(random.nextInt(first, acts.size()));

        var disk = new PowerlessDisk();
        var said = new StringBuilder();
        for (int at = 0; at < acts.size(); at++) {
            if (cuts.contains(at)) {
                for (var unsynced : Unsynced.values()) cut(disk, at, unsynced, answered(said));
            }
            disk.apply(acts.get(at));
            if (acts.get(at) instanceof Act.Said(var text)) said.append(text);
        }
        assertThat(answered(said)).hasSize(LIVES * STARTS);
        assertThat(acts)
                .as("the log was copied into the database")
                .anyMatch(PowerCutTest::isCopied);
    }

    /** The disk of this model is no better than it promises: unsynced writes are lost. */
    @Test
    void a_store_that_does_not_sync_is_found_out() {
        var disk = new PowerlessDisk();
        disk.apply(new Act.Create("a"));
        disk.apply(new Act.SyncBegan("", "1"));
        disk.apply(new Act.SyncEnded("", "1"));
        disk.apply(new Act.Write("a", 0, "\1"));
        disk.apply(new Act.SyncBegan("a", "1"));
        disk.apply(new Act.Write("a", 1, "\2"));
        disk.apply(new Act.SyncEnded("a", "1"));
        disk.apply(new Act.Create("b"));

        assertThat(left(disk)).containsExactly("a [1]");
    }

    private List<String> left(PowerlessDisk disk) {
        try {
            var folder = Files.createDirectory(temp.resolve("left"));
            disk.writeTo(folder, Unsynced.LOST, random);
            var files = new ArrayList<String>();
            try (var list = Files.list(folder)) {
                for (var file : list.sorted().toList()) {
                    var bytes = Arrays.toString(Files.readAllBytes(file));
                    files.add(file.getFileName() + " " + bytes);
                }
            }
            return files;
        } catch (IOException e) {
            return fail(e);
        }
    }

    /** What two processes did, one after the other; the first leaves in the middle of it. */
    private List<Act> recorded(Path folder) throws Exception {
        require(
                SqliteFaultsTest.run("strace", "--seccomp-bpf", "-f", "-e", "trace=none", "true"),
                "SKIPPED: strace is missing or may not be used, so what the store does to the disk"
                        + " cannot be recorded; install it, for instance: apt install strace");
        var record = new DiskRecord(folder);
        for (int life = 1; life <= LIVES; life++) {
            var file = temp.resolve("record-" + life);
            var recorder = DiskRecord.recorder(file);
            try (var child = Child.start(recorder, folder, 16, 9_000, "" + STARTS).ready()) {
                assertThat(child.rest()).last().isEqualTo("STOPPED 0 0");
                child.awaitEnd();
            }
            try (var lines = Files.lines(file)) {
                lines.forEach(record::read);
            }
        }
        return record.acts();
    }

    private void cut(PowerlessDisk disk, int at, Unsynced unsynced, Set<Long> answered)
            throws IOException {
        var rights = PosixFilePermissions.fromString("rwx------");
        var folder =
                Files.createDirectory(
                        temp.resolve("cut-%d-%s".formatted(at, unsynced)),
                        PosixFilePermissions.asFileAttribute(rights));
        disk.writeTo(folder, unsynced, random.split());
        try {
            SqliteFaultsTest.assertIntact(folder, answered);
        } catch (Exception | AssertionError e) {
            fail("cut at act %d, unsynced %s, seed %d".formatted(at, unsynced, SEED), e);
        }
    }

    private static boolean isCopied(Act act) {
        return act instanceof Act.Write(var name, _, _) && name.equals("sopwith.db");
    }

    private static int firstAnswer(List<Act> acts) {
        for (int i = 0; i < acts.size(); i++) {
            if (acts.get(i) instanceof Act.Said(var text) && text.startsWith("A")) return i;
        }
        return fail("no answer is on record");
    }

    private static Set<Long> answered(CharSequence said) {
        var runs = new TreeSet<Long>();
        said.toString().lines().forEach(line -> Child.addRun(runs, line));
        return runs;
    }
}
