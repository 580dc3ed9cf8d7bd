package dev.sopwith.engine.store;

import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.store.Runs.RunRow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Everything a store answers, as text: two stores that dump alike hold the same. */
final class Dump {
    private static final int ALL = 1_000_000;
    private final List<String> lines = new ArrayList<>();

    /** Without what is random: hashes, salts, epoch. */
    static String of(StoreView store) {
        return store.read(reads -> new Dump().all(reads));
    }

    private String all(Reads reads) {
        runs(reads.runs());
        deliveries(reads.deliveries());
        gates(reads);
        chat(reads.chat());
        for (var entry : reads.trail().after(Long.MIN_VALUE, ALL)) {
            var link = entry.link();
            say("link", link.position(), link.at(), link.kind(), link.run(), link.seq());
            say("  body", entry.body().map(Trail.Body::text), "event", entry.event());
        }
        say("strays", reads.trail().strays());
        say("configs", reads.node().configs(ALL));
        for (var name : List.of("frozen", "paused")) say(name, reads.node().setting(name));
        say("snapshot", reads.snapshots().find(Rows.FILES.digest()));
        return String.join("\n", lines);
    }

    private void runs(Runs runs) {
        for (var run : runs.last(ALL)) {
            say(run);
            for (var event : runs.events(run.number())) say("  ", event);
            new TreeMap<>(runs.secrets(run.number()))
                    .forEach((name, value) -> say("  secret", name, Arrays.toString(value)));
            say("  holding", run.lock().map(lock -> numbers(runs.holding(lock))));
        }
        say("next run", runs.nextNumber(), "active", numbers(runs.active()));
        say(
                "active numbers",
                runs.activeNumbers(),
                "due",
                runs.dueBy(Long.MAX_VALUE),
                runs.dueBy(2));
        for (var phase : Phase.values()) {
            if (phase != Phase.ENDED) say(phase, numbers(runs.in(phase)));
        }
        for (var sop : List.of("deploy", "backup")) {
            say(sop, runs.lastEnd(sop, "completed"), numbers(runs.last(sop, 3)));
            for (var phase : Phase.values()) say("  ", phase, runs.count(sop, phase));
        }
        say(runs.count(Phase.EXECUTING), runs.count(Phase.PARKED), numbers(runs.resumingHeads()));
    }

    private void deliveries(Deliveries deliveries) {
        for (long id = 1; id < deliveries.nextId(); id++) {
            say(deliveries.find(id), deliveries.request(id));
        }
        say("queue", deliveries.queueLength(), deliveries.queue());
        for (var sop : deliveries.waitingSops()) {
            var heads = deliveries.heads(sop);
            say("heads", sop, heads);
            for (var head : heads) {
                say(
                        deliveries.head(sop, head.lock()),
                        deliveries.newest(sop, head.lock()),
                        deliveries.lineLength(sop, head.lock()));
            }
        }
        for (var sop : List.of("deploy", "backup")) {
            say(sop, deliveries.last(sop, 5), new TreeMap<>(deliveries.counts(sop)));
        }
        for (var key : List.of("k1", "k2")) {
            say(key, deliveries.holder(key, Rows.NOON));
        }
    }

    private void gates(Reads reads) {
        say("open", reads.gates().open());
        for (var run : reads.runs().last(ALL)) {
            for (var gate : reads.gates().ofRun(run.number())) {
                say(gate, reads.gates().votes(gate.key()), reads.gates().find(gate.key()));
                say("  by code", reads.gates().openByCode(gate.code()));
                say("  last of its code", reads.gates().lastByCode(gate.code()));
            }
        }
    }

    private void chat(Chat chat) {
        say(chat.openPosts("matrix"), chat.position("matrix"));
        for (var key : List.of("p1", "p2")) say(chat.post("matrix", key));
        for (var id : List.of("$1", "$2", "$3")) say(id, chat.heard("matrix", id));
    }

    private static List<Long> numbers(List<RunRow> runs) {
        return runs.stream().map(RunRow::number).toList();
    }

    private void say(Object... parts) {
        lines.add(String.join(" ", Arrays.stream(parts).map(Object::toString).toList()));
    }
}
