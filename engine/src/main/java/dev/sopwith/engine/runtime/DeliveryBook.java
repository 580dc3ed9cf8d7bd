package dev.sopwith.engine.runtime;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Outcome;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes deliveries and their outcomes into the store.
 *
 * <p>On the trail stands every last outcome but two kinds: what is only counted, and a start, which
 * the first event of its run tells.
 *
 * <p>Secrets stand in it only while a delivery waits: a run has its own copy, which is erased when
 * it ends, and what came to nothing needs none.
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}.
 */
final class DeliveryBook {
    /** The kind of row on the trail that says what became of a delivery. */
    private static final String OUTCOME = "outcome";

    private DeliveryBook() {}

    /**
     * What a delivery is filed under.
     *
     * @param priority that its run has here, so that what waits goes in the order of runs
     */
    record Heading(
            Sop sop,
            Priority priority,
            Request request,
            Optional<String> key,
            Optional<String> lock,
            Instant at) {
        Heading withoutKey() {
            return new Heading(sop, priority, request, Optional.empty(), lock, at);
        }
    }

    /** A delivery with its last outcome. */
    static Outcome settled(Tx tx, Heading heading, Outcome outcome) {
        var row = row(tx, heading, Optional.of(outcome.kind().word()), outcome);
        add(tx, row, heading.request().withoutSecrets());
        chain(tx, row, heading.at(), outcome);
        return outcome;
    }

    /** A delivery that waits. */
    static Outcome queued(Tx tx, Heading heading, String place) {
        var outcome = Outcome.queued(heading.sop().name(), place, tx.deliveries().nextId());
        add(tx, row(tx, heading, Optional.empty(), outcome), heading.request());
        return outcome;
    }

    /**
     * A delivery that admission was not asked about: it holds no key.
     *
     * @param sop empty where none hears it
     */
    static Outcome unasked(Tx tx, Optional<Sop> sop, Request request, Instant at, Outcome outcome) {
        int priority = sop.map(it -> it.priority().rank()).orElse(0);
        var row = unasked(tx, request.cause(), at, outcome, priority);
        if (outcome.kind().isCounted()) {
            tx.deliveries().count(row, request.json());
            return outcome;
        }
        tx.deliveries().add(row, request.json());
        chain(tx, row, at, outcome);
        return outcome;
    }

    /** A delivery of which the last few are kept, and the others a number. */
    static Outcome counted(Tx tx, Sop sop, Request request, Instant at, Outcome outcome) {
        var row = unasked(tx, request.cause(), at, outcome, sop.priority().rank());
        tx.deliveries().count(row, request.json());
        return outcome;
    }

    /** Ends the waiting of a delivery. */
    static void leave(Tx tx, DeliveryRow delivery, Instant at, Outcome outcome) {
        forgetSecrets(tx, delivery);
        var kind = outcome.kind().word();
        if (!tx.deliveries().settle(delivery.id(), kind, outcome.detail(), outcome.run())) {
            throw new IllegalStateException("a waiting delivery has gone: " + delivery.id());
        }
        chain(tx, delivery, at, outcome);
    }

    private static void chain(Tx tx, DeliveryRow delivery, Instant at, Outcome outcome) {
        if (outcome.kind() == Outcome.Kind.STARTED) return;
        var body =
                Json.object(
                        "delivery",
                        Long.toString(delivery.id()),
                        "sop",
                        outcome.sop(),
                        "source",
                        delivery.source(),
                        "outcome",
                        outcome.toString());
        tx.trail().append(at.toEpochMilli(), OUTCOME, body);
    }

    static Outcome started(String sop, RunId run) {
        return Outcome.started(sop, run.toString(), run.number());
    }

    /** What a delivery is called where another one is explained by it. */
    static String named(DeliveryRow row) {
        return row.run().isPresent() ? new RunId(row.run().getAsLong()).toString() : "#" + row.id();
    }

    /**
     * What came in, as it is kept. What was given by hand may hold secrets, and nobody knows which
     * before there is a SOP.
     */
    static Request withoutInputs(Arrival arrival) {
        return Request.of(arrival, new SecretInputs.Parted(Map.of(), Map.of()));
    }

    private static void forgetSecrets(Tx tx, DeliveryRow delivery) {
        try {
            var request = Request.of(tx.deliveries().request(delivery.id()).orElseThrow());
            if (request.sealed().isEmpty()) return;
            tx.deliveries().replaceRequest(delivery.id(), request.withoutSecrets().json());
        } catch (Request.Unreadable _) {
            // It stays as it is, for whoever looks for the cause.
        }
    }

    private static void add(Tx tx, DeliveryRow row, Request request) {
        if (!tx.deliveries().add(row, request.json())) {
            throw new IllegalStateException("a delivery was added twice: " + row.dedupeKey());
        }
    }

    private static DeliveryRow row(
            Tx tx, Heading heading, Optional<String> settled, Outcome outcome) {
        return new DeliveryRow(
                tx.deliveries().nextId(),
                Optional.of(heading.sop().name()),
                heading.request().cause(),
                heading.key(),
                heading.at().toEpochMilli(),
                heading.priority().rank(),
                heading.lock(),
                settled,
                outcome.detail(),
                outcome.run());
    }

    private static DeliveryRow unasked(
            Tx tx, String cause, Instant at, Outcome outcome, int priority) {
        return new DeliveryRow(
                tx.deliveries().nextId(),
                Optional.of(outcome.sop()).filter(name -> !name.isEmpty()),
                cause,
                Optional.empty(),
                at.toEpochMilli(),
                priority,
                Optional.empty(),
                Optional.of(outcome.kind().word()),
                outcome.detail(),
                OptionalLong.empty());
    }
}
