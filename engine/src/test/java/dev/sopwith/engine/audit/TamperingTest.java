package dev.sopwith.engine.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.store.Runs.NewEvent;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.store.Runs.RunRow;
import dev.sopwith.engine.store.SqliteStore;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.Trail.Entry;
import dev.sopwith.engine.store.Trail.Head;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Whatever one change somebody makes to the file: it is found, and the first bad row is named. */
@Timeout(120)
final class TamperingTest {
    private static final long NOON = 1_750_000_000_000L;
    private static final int FACTS = 60;
    private static final long LIMIT = NOON + FACTS / 3;

    @TempDir static Path temp;
    private static Path original;
    private static Head head;
    private static List<Entry> entries;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 150);
    }

    @BeforeAll
    static void make_a_record() {
        var random = new SplittableRandom(7);
        try (var store = SqliteStore.open(temp.resolve("s"), new Random(7), _ -> {})) {
            for (int i = 0; i < FACTS; i++) addFact(store, random, NOON + i);
            store.retain(LIMIT, NOON + FACTS);
            for (int i = 0; i < FACTS; i++) addFact(store, random, NOON + FACTS + i);
            original = temp.resolve("original.db");
            store.backup(original);
            head = store.read(it -> it.trail().head());
            entries = store.read(it -> it.trail().after(0, 1_000));
        }
        assertThat(verify(original).finding()).isEmpty();
        assertThat(verify(original).erased()).isPositive();
    }

    private static void addFact(Store store, SplittableRandom random, long at) {
        long run = random.nextLong(1, 6);
        boolean fact = random.nextBoolean();
        store.write(
                tx -> {
                    if (fact) {
                        tx.trail().append(at, "refusal", run, "{\"at\":" + at + "}");
                        return;
                    }
                    long version = tx.runs().find(run).map(RunRow::version).orElse(0L);
                    tx.runs().append(row(run, version), List.of(event(at)));
                });
    }

    private static NewEvent event(long at) {
        return new NewEvent(at, "StepEnded", "{\"output\":" + at + "}");
    }

    /** Runs 1 to 3 are over, so that retention takes their events. */
    private static RunRow row(long run, long version) {
        boolean over = run <= 3;
        return new RunRow(
                run,
                "deploy",
                "abc",
                Optional.empty(),
                over ? Phase.ENDED : Phase.EXECUTING,
                Optional.empty(),
                1,
                "{}",
                version,
                NOON,
                over ? OptionalLong.of(NOON) : OptionalLong.empty(),
                OptionalLong.empty());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void any_one_change_is_found_and_the_first_bad_row_named(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        var copy = temp.resolve("copy" + seed + ".db");
        Files.copy(original, copy, StandardCopyOption.REPLACE_EXISTING);
        Tampering tampering;
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
            tampering = Tampering.random(random, entries, LIMIT);
            tampering.apply(connection);
        }
        var finding = verify(copy).finding();
        assertThat(finding).as("seed %d: %s", seed, tampering).isPresent();
        assertThat(finding.orElseThrow().position())
                .as("seed %d: %s: %s", seed, tampering, finding.get().problem())
                .isEqualTo(tampering.firstBad());
        Files.delete(copy);
    }

    private static Audit.Report verify(Path file) {
        try (var view = SqliteStore.view(file)) {
            return head == null ? new Audit(view).verify() : new Audit(view).verify(head);
        }
    }
}
