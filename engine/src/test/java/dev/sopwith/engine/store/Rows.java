package dev.sopwith.engine.store;

import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.store.Chat.PostRow;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Gates.GateKey;
import dev.sopwith.engine.store.Gates.GateRow;
import dev.sopwith.engine.store.Gates.VoteRow;
import dev.sopwith.engine.store.Runs.NewEvent;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.store.Runs.RunRow;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Rows as tests need them: everything that does not matter has a value that does not matter. */
final class Rows {
    /** Long enough after the beginning of time for a day to have passed. */
    static final long NOON = 1_000_000_000_000L;

    static final SopFiles FILES =
            new SopFiles(
                    Map.of(
                            "SOP.md", new SopFiles.File(bytes("1. Say ä\n"), false),
                            "bin/run", new SopFiles.File(new byte[] {0, 1, -1}, true)));

    private Rows() {}

    /** A run that executes, as it is before its first event. */
    static RunRow run(long number, String sop) {
        return new RunRow(
                number,
                sop,
                FILES.digest(),
                Optional.empty(),
                Phase.EXECUTING,
                Optional.empty(),
                1,
                "{}",
                0,
                NOON,
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    static RunRow locked(RunRow run, String lock) {
        return new RunRow(
                run.number(),
                run.sop(),
                run.digest(),
                Optional.of(lock),
                run.phase(),
                run.outcome(),
                run.priority(),
                run.state(),
                run.version(),
                run.startedAt(),
                run.endedAt(),
                run.due());
    }

    static RunRow parked(RunRow run) {
        return in(run, Phase.PARKED, Optional.empty(), OptionalLong.empty());
    }

    static RunRow resuming(RunRow run, int priority) {
        return new RunRow(
                run.number(),
                run.sop(),
                run.digest(),
                run.lock(),
                Phase.RESUMING,
                run.outcome(),
                priority,
                run.state(),
                run.version(),
                run.startedAt(),
                run.endedAt(),
                run.due());
    }

    static RunRow ended(RunRow run, String outcome, long at) {
        return in(run, Phase.ENDED, Optional.of(outcome), OptionalLong.of(at));
    }

    private static RunRow in(
            RunRow run, Phase phase, Optional<String> outcome, OptionalLong endedAt) {
        return new RunRow(
                run.number(),
                run.sop(),
                run.digest(),
                run.lock(),
                phase,
                outcome,
                run.priority(),
                "{\"phase\":\"" + phase + "\"}",
                run.version(),
                run.startedAt(),
                endedAt,
                run.due());
    }

    static List<NewEvent> event(String type) {
        return List.of(new NewEvent(NOON, type, "{\"of\":\"" + type + "\"}"));
    }

    /** A delivery that waits. */
    static DeliveryRow delivery(long id, String sop) {
        return new DeliveryRow(
                id,
                Optional.of(sop),
                "webhook",
                Optional.empty(),
                NOON,
                1,
                Optional.empty(),
                Optional.empty(),
                "",
                OptionalLong.empty());
    }

    static DeliveryRow keyed(DeliveryRow row, String key, long receivedAt) {
        return new DeliveryRow(
                row.id(),
                row.sop(),
                row.source(),
                Optional.of(key),
                receivedAt,
                row.priority(),
                row.lock(),
                row.outcome(),
                row.detail(),
                row.run());
    }

    static DeliveryRow urgent(DeliveryRow row, int priority) {
        return new DeliveryRow(
                row.id(),
                row.sop(),
                row.source(),
                row.dedupeKey(),
                row.receivedAt(),
                priority,
                row.lock(),
                row.outcome(),
                row.detail(),
                row.run());
    }

    static DeliveryRow locked(DeliveryRow row, String lock) {
        return new DeliveryRow(
                row.id(),
                row.sop(),
                row.source(),
                row.dedupeKey(),
                row.receivedAt(),
                row.priority(),
                Optional.of(lock),
                row.outcome(),
                row.detail(),
                row.run());
    }

    static DeliveryRow counted(long id, String sop, String outcome) {
        var row = delivery(id, sop);
        return new DeliveryRow(
                id,
                row.sop(),
                row.source(),
                row.dedupeKey(),
                row.receivedAt(),
                row.priority(),
                row.lock(),
                Optional.of(outcome),
                "$.env is \"dev\"",
                row.run());
    }

    static GateRow gate(GateKey key, String code) {
        return new GateRow(
                key,
                code,
                "d1",
                NOON,
                OptionalLong.of(NOON + 60_000),
                OptionalLong.empty(),
                "{\"quorum\":1}");
    }

    static GateRow closed(GateRow gate) {
        return new GateRow(
                gate.key(),
                gate.code(),
                gate.digest(),
                gate.openedAt(),
                gate.deadline(),
                OptionalLong.of(NOON + 1),
                gate.detail());
    }

    static VoteRow vote(GateKey gate, String person, String vote) {
        return new VoteRow(gate, person, vote, NOON, "{}");
    }

    static PostRow post(String key) {
        return new PostRow(
                "matrix",
                key,
                "!room",
                Optional.empty(),
                Optional.of("s1"),
                false,
                Optional.of("hello"),
                OptionalLong.of(NOON + 5),
                NOON);
    }

    static PostRow closed(PostRow post, long at) {
        return new PostRow(
                post.connector(),
                post.key(),
                post.room(),
                Optional.of("$id"),
                post.shown(),
                true,
                post.text(),
                post.expiresAt(),
                at);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
