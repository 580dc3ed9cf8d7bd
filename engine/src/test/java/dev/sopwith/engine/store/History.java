package dev.sopwith.engine.store;

import static dev.sopwith.engine.store.Rows.NOON;

import dev.sopwith.engine.store.Gates.GateKey;
import dev.sopwith.engine.store.Node.ConfigRow;
import dev.sopwith.engine.store.Runs.RunRow;

import java.security.SecureRandom;
import java.util.OptionalLong;

/**
 * A short life of a service, each commit of which does nothing when it is repeated: as commands do
 * that carry what they answer.
 */
final class History {
    static final int COMMITS = 12;

    private static final GateKey GATE = new GateKey(1, 1, 1, 1);

    /** What any store holds after a life without a crash. */
    static final String WANTED = wanted();

    private History() {}

    static void play(Store store) {
        store.write(History::configure);
        store.write(tx -> deliver(tx, "k1"));
        store.write(History::ask);
        store.write(tx -> hear(tx, "$1", "ada"));
        store.write(tx -> deliver(tx, "k2"));
        store.write(tx -> hear(tx, "$2", "ben"));
        store.write(History::clear);
        store.write(History::post);
        store.write(tx -> end(tx, 1));
        store.write(tx -> end(tx, 2));
        store.write(History::forget);
        store.write(tx -> tx.node().set("frozen", "audit"));
    }

    private static String wanted() {
        try (var store = new InMemoryStore(new SecureRandom())) {
            play(store);
            return Dump.of(store);
        }
    }

    private static void configure(Tx tx) {
        if (!tx.node().configs(1).isEmpty()) return;
        tx.node().add(new ConfigRow(NOON, "r1", "s1", "start"));
        tx.trail().append(NOON, "config", "{\"roster\":\"r1\"}");
        tx.snapshots().keep(Rows.FILES);
    }

    private static void deliver(Tx tx, String key) {
        long id = tx.deliveries().nextId();
        var row = Rows.keyed(Rows.delivery(id, "deploy"), key, NOON);
        if (!tx.deliveries().add(row, "{\"key\":\"" + key + "\"}")) return;
        long run = tx.runs().nextNumber();
        tx.runs().append(Rows.run(run, "deploy"), Rows.event("RunStarted"));
        tx.runs().putSecret(run, "token", Rows.bytes(key));
        tx.deliveries().settle(id, "started", "R-" + run, OptionalLong.of(run));
    }

    private static void ask(Tx tx) {
        if (!moves(tx, Rows.parked(run(tx, 1)), 1, "ApprovalRequested")) return;
        tx.gates().put(Rows.gate(GATE, "ABC"));
    }

    private static void hear(Tx tx, String eventId, String person) {
        if (!tx.chat().hear("matrix", eventId, NOON)) return;
        tx.chat().position("matrix", eventId, NOON);
        tx.gates().putVote(Rows.vote(GATE, person, "approve"));
        tx.trail().append(NOON, "refusal", 1, "{\"to\":\"" + person + "\"}");
    }

    private static void clear(Tx tx) {
        var run = Rows.run(1, "deploy").withVersion(run(tx, 1).version());
        if (!moves(tx, run, 2, "GateCleared")) return;
        tx.gates().put(Rows.closed(Rows.gate(GATE, "ABC")));
    }

    private static void post(Tx tx) {
        tx.chat().put(Rows.closed(Rows.post("p1"), NOON));
    }

    private static void end(Tx tx, long number) {
        long expected = number == 1 ? 3 : 1;
        if (!moves(tx, Rows.ended(run(tx, number), "completed", NOON), expected, "RunEnded"))
            return;
        tx.runs().eraseSecrets(number);
    }

    private static void forget(Tx tx) {
        if (!tx.trail().ofKind(Trail.RETENTION).isEmpty()) return;
        tx.trail().append(NOON + 1, Trail.RETENTION, Trail.retentionBody(NOON));
        tx.erase(NOON, 1_000);
    }

    private static RunRow run(Tx tx, long number) {
        return tx.runs().find(number).orElseThrow();
    }

    private static boolean moves(Tx tx, RunRow changed, long expected, String type) {
        return changed.version() == expected && tx.runs().append(changed, Rows.event(type));
    }
}
