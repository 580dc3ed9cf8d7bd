package dev.sopwith.engine.store;

import static dev.sopwith.engine.store.Rows.NOON;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.store.Gates.GateKey;
import dev.sopwith.engine.store.Node.ConfigRow;
import dev.sopwith.engine.store.Runs.NewEvent;
import dev.sopwith.engine.store.Runs.RunRow;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Whatever is written, in whatever order: the store on disk and the one in memory hold the same.
 */
@Timeout(120)
final class StoreOracleTest {
    private static final int WORKS = 60;
    private static final int WRITES_MAX = 6;

    @TempDir Path temp;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void both_stores_answer_and_hold_the_same(long seed) {
        try (var memory = new InMemoryStore(new SecureRandom());
                var disk =
                        SqliteStore.open(temp.resolve("s" + seed), new SecureRandom(), _ -> {})) {
            var works = new SplittableRandom(seed);
            for (int i = 0; i < WORKS; i++) {
                long work = works.nextLong();
                assertThat(answer(disk, work))
                        .as("seed %d, work %d", seed, i)
                        .isEqualTo(answer(memory, work));
            }
            assertThat(Dump.of(disk)).as("seed %d", seed).isEqualTo(Dump.of(memory));
        }
    }

    private static String answer(Store store, long seed) {
        try {
            return store.commit(tx -> work(tx, new SplittableRandom(seed)));
        } catch (IllegalStateException | IllegalArgumentException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static String work(Tx tx, SplittableRandom random) {
        var answers = new StringBuilder();
        int writes = random.nextInt(1, WRITES_MAX);
        for (int i = 0; i < writes; i++) answers.append(write(tx, random)).append(' ');
        if (random.nextInt(8) == 0) throw new IllegalArgumentException("a bug");
        return answers.toString();
    }

    private static Object write(Tx tx, SplittableRandom random) {
        int small = random.nextInt(1, 4);
        var sop = random.nextBoolean() ? "deploy" : "backup";
        long at = NOON + random.nextInt(-3, 3);
        var gate = new GateKey(small, 1, 1, random.nextInt(1, 3));
        return switch (random.nextInt(20)) {
            case 0 -> StoreContract.start(tx, sop);
            case 1, 2 -> move(tx, random, at);
            case 3 -> {
                tx.runs().putSecret(small, sop, new byte[] {(byte) small});
                yield "";
            }
            case 4 -> {
                tx.runs().eraseSecrets(small);
                yield "";
            }
            case 5, 6 -> deliver(tx, random, sop, at);
            case 7 -> tx.deliveries().settle(small, "dropped", "no slot", OptionalLong.empty());
            case 8 -> tx.deliveries().replaceRequest(small, "{\"at\":" + at + "}");
            case 9 -> {
                var outcome = random.nextBoolean() ? "retained" : "no match";
                tx.deliveries().count(Rows.counted(tx.deliveries().nextId(), sop, outcome), "{}");
                yield "";
            }
            case 10 -> {
                var row = Rows.gate(gate, "C" + random.nextInt(5));
                tx.gates().put(random.nextBoolean() ? row : Rows.closed(row));
                yield "";
            }
            case 11 -> {
                tx.gates().putVote(Rows.vote(gate, sop, "approve"));
                yield "";
            }
            case 12 -> {
                tx.gates().removeVote(gate, sop);
                yield "";
            }
            case 13 -> {
                var post = Rows.post("p" + small);
                tx.chat().put(random.nextBoolean() ? post : Rows.closed(post, at));
                yield "";
            }
            case 14 -> tx.chat().hear("matrix", "$" + small, at);
            case 15 -> {
                tx.node().set("frozen", "since " + at);
                tx.node().add(new ConfigRow(at, "r" + small, "s", sop));
                yield tx.node().setting("frozen");
            }
            case 16 -> tx.trail().append(at, "refusal", small, "{\"at\":" + at + "}").position();
            case 18 -> {
                tx.deliveries().rank(sop, small);
                yield "";
            }
            case 17 -> {
                tx.runs().putDue(small, due(random));
                yield "";
            }
            default -> tx.erase(at, 1_000); // all there is: which go first is not promised
        };
    }

    private static boolean move(Tx tx, SplittableRandom random, long at) {
        long number = random.nextLong(1, 4);
        var run = tx.runs().find(number).orElse(Rows.run(number, "deploy"));
        RunRow changed =
                switch (random.nextInt(5)) {
                    case 0 -> Rows.parked(run);
                    case 3 -> Rows.resuming(run, random.nextInt(3));
                    case 1 -> Rows.ended(run, "completed", at);
                    case 2 -> Rows.locked(run, "env:prod");
                    default -> run.withVersion(run.version() + random.nextInt(2));
                };
        changed = changed.withDue(due(random));
        return tx.runs().append(changed, List.of(new NewEvent(at, "Moved", "{\"at\":" + at + "}")));
    }

    private static OptionalLong due(SplittableRandom random) {
        return random.nextBoolean() ? OptionalLong.of(random.nextInt(4)) : OptionalLong.empty();
    }

    private static boolean deliver(Tx tx, SplittableRandom random, String sop, long at) {
        long id = random.nextInt(9) == 0 ? 1 : tx.deliveries().nextId();
        var row = Rows.urgent(Rows.delivery(id, sop), random.nextInt(3));
        boolean keyed = random.nextBoolean();
        if (random.nextInt(3) == 0) row = Rows.locked(row, random.nextBoolean() ? "env:prod" : "");
        return tx.deliveries()
                .add(keyed ? Rows.keyed(row, "k" + random.nextInt(1, 6), at) : row, "{}");
    }
}
