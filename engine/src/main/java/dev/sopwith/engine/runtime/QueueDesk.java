package dev.sopwith.engine.runtime;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.store.Deliveries;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Runs;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Admission;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Gives free slots to whom they belong: runs that resume and deliveries that wait.
 *
 * <p>Of each line only the head is asked. What holds it back holds back all behind it, and ten
 * thousand may wait: who reads them all in every commit makes a burst quadratic.
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}; holds nothing itself.
 */
final class QueueDesk {
    private final RunDesk runs;
    private final Starter starter;
    private final SecretInputs secrets;
    private final SnapshotSops snapshots;

    QueueDesk(RunDesk runs, Starter starter, SecretInputs secrets, SnapshotSops snapshots) {
        this.runs = runs;
        this.starter = starter;
        this.secrets = secrets;
        this.snapshots = snapshots;
    }

    /**
     * Fills slots by priority, then with runs that resume, then in the order of arrival, with the
     * first that can start now.
     */
    void fillSlots(Tx tx, SopSet sops, Instant at) {
        if (tx.node().setting(AdmissionDesk.FROZEN).isPresent() || starter.isFull(tx)) return;
        var resuming = new PriorityQueue<>(Runs.ORDER);
        resuming.addAll(tx.runs().resumingHeads());
        var heads = new PriorityQueue<>(Deliveries.ORDER);
        var waiting = tx.deliveries().waitingSops();
        var paused = waiting.isEmpty() ? Set.<String>of() : Pause.all(tx).keySet();
        for (var name : waiting) {
            // What waits for one that is gone ends, whatever was said of it.
            boolean isHeld = paused.contains(name) && sops.find(name).isPresent();
            if (!isHeld && hasSlot(tx, sops, name)) heads.addAll(tx.deliveries().heads(name));
        }
        while (!starter.isFull(tx)) {
            var run = resuming.peek();
            var delivery = heads.peek();
            if (run == null && delivery == null) return;
            if (delivery == null || (run != null && run.priority() >= delivery.priority())) {
                resume(tx, sops, resuming.remove(), at).ifPresent(resuming::add);
            } else {
                var asked = heads.remove();
                if (leaves(tx, sops, asked, at)) nextOf(tx, asked).ifPresent(heads::add);
            }
        }
    }

    /** What waits has the priority that its SOP has now, as the run will that comes of it. */
    void rank(Tx tx, SopSet sops) {
        for (var name : tx.deliveries().waitingSops()) {
            sops.find(name)
                    .map(it -> starter.priority(it.sop()).rank())
                    .ifPresent(rank -> tx.deliveries().rank(name, rank));
        }
    }

    /** Ends what has waited for longer than its SOP allows, whether or not there is a slot. */
    void endStale(Tx tx, SopSet sops, Instant at) {
        for (var name : tx.deliveries().waitingSops()) {
            for (var head : tx.deliveries().heads(name)) {
                var oldest = Optional.of(head);
                while (oldest.isPresent() && endsIfStale(tx, sops, oldest.get(), at)) {
                    oldest = nextOf(tx, oldest.get());
                }
            }
        }
    }

    /** Lets a run go on; answers whose turn it is then. */
    private Optional<Runs.RunRow> resume(Tx tx, SopSet sops, Runs.RunRow run, Instant at) {
        int max = sops.find(run.sop()).map(it -> it.sop().maxConcurrent()).orElse(1);
        if (tx.runs().count(run.sop(), Runs.Phase.EXECUTING) >= max) return Optional.empty();
        // Granted or, if it is damaged, refused: it holds up nobody.
        runs.command(tx, new RunId(run.number()), new RunCommand.Grant(at));
        return tx.runs().resumingAfter(run);
    }

    /** Everything is checked again, against the SOP as it is now; answers whether it has left. */
    private boolean leaves(Tx tx, SopSet sops, DeliveryRow delivery, Instant at) {
        var name = delivery.sop().orElseThrow();
        var loaded = sops.find(name);
        if (loaded.isEmpty()) {
            return ends(tx, at, delivery, Kind.NOT_ALLOWED, "the SOP is gone or broken");
        }
        if (endsIfStale(tx, sops, delivery, at)) return true;
        if (!hasSlot(tx, sops, name)) return false;
        Request request;
        Candidate candidate;
        try {
            request = Request.of(tx.deliveries().request(delivery.id()).orElseThrow());
            candidate =
                    request.again().isPresent()
                            ? Candidate.again(tx, snapshots, request.again().get()).candidate()
                            : Candidate.of(loaded.get(), request, secrets);
        } catch (Request.Unreadable | Candidate.Unfit e) {
            return ends(tx, at, delivery, Kind.BAD_INPUT, String.valueOf(e.getMessage()));
        }
        var lack = starter.refusal(loaded.get().sop(), request.initiators());
        if (lack.isPresent()) return ends(tx, at, delivery, Kind.NOT_ALLOWED, lack.get());
        var now = starter.situation(tx, loaded.get().sop(), 0, candidate.lock(), at);
        return switch (Admission.decide(now)) {
            case START -> {
                var run = starter.begin(tx, candidate, request, at);
                DeliveryBook.leave(tx, delivery, at, DeliveryBook.started(name, run));
                yield true;
            }
            case TOO_MANY_PENDING ->
                    ends(
                            tx,
                            at,
                            delivery,
                            Kind.REFUSED,
                            WhyNot.tooMany(tx, now, loaded.get().sop()));
            case QUEUE, COALESCE, DROP, COOLDOWN -> false;
        };
    }

    private static boolean endsIfStale(Tx tx, SopSet sops, DeliveryRow delivery, Instant at) {
        var loaded = sops.find(delivery.sop().orElseThrow());
        if (loaded.isEmpty()) return false;
        var max = loaded.get().sop().maxQueue();
        var waited = Duration.between(Instant.ofEpochMilli(delivery.receivedAt()), at);
        boolean isTime = tx.node().setting(AdmissionDesk.CLOCK_IN_DOUBT).isEmpty();
        if (waited.compareTo(max) <= 0 || !isTime) return false;
        return ends(
                tx,
                at,
                delivery,
                Kind.STALE,
                "it waited %d s, and max_queue_secs is %d"
                        .formatted(waited.toSeconds(), max.toSeconds()));
    }

    private static boolean ends(Tx tx, Instant at, DeliveryRow delivery, Kind kind, String detail) {
        var outcome = Outcome.of(delivery.sop().orElseThrow(), kind, detail);
        DeliveryBook.leave(tx, delivery, at, outcome);
        return true;
    }

    private static Optional<DeliveryRow> nextOf(Tx tx, DeliveryRow head) {
        return tx.deliveries().head(head.sop().orElseThrow(), head.lock());
    }

    /** Whether one more run of this SOP could hold a slot; what waits for one that is gone ends. */
    private static boolean hasSlot(Tx tx, SopSet sops, String name) {
        int running = tx.runs().count(name, Runs.Phase.EXECUTING);
        return sops.find(name).map(it -> running < it.sop().maxConcurrent()).orElse(true);
    }
}
