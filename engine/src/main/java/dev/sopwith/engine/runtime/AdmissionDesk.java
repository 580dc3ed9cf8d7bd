package dev.sopwith.engine.runtime;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.expression.ValuePath;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunStart;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.store.Deliveries;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Runs;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Admission;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.InputValues;
import dev.sopwith.engine.trigger.Match;
import dev.sopwith.engine.trigger.Matcher;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Gives every delivery its one outcome, inside a commit: what counts is counted in the same
 * transaction that the start is written in (FORMAT §6).
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}; holds nothing itself.
 */
final class AdmissionDesk {
    /** The setting that lets nothing start and no new step begin. */
    static final String FROZEN = "frozen";

    private final RunDesk runs;
    private final SecretInputs secrets;
    private final EngineRules rules;

    AdmissionDesk(RunDesk runs, SecretInputs secrets, EngineRules rules) {
        this.runs = runs;
        this.secrets = secrets;
        this.rules = rules;
    }

    /** One outcome for each SOP that a trigger of matches; one for all when none does. */
    List<Outcome> arrive(Tx tx, SopSet sops, Matcher matcher, Arrival arrival) {
        var matches = matcher.match(arrival.delivery());
        if (matches.isEmpty()) {
            var outcome = Outcome.of("", Kind.NO_MATCH, "");
            count(tx, arrival, outcome);
            return List.of(outcome);
        }
        var outcomes = new ArrayList<Outcome>();
        for (var sop : matches.stream().map(match -> match.sop().name()).distinct().toList()) {
            var ofSop = matches.stream().filter(match -> match.sop().name().equals(sop)).toList();
            outcomes.add(arrive(tx, sops, ofSop, arrival));
        }
        return List.copyOf(outcomes);
    }

    /** Any trigger that matches starts the SOP; several start it once. */
    private Outcome arrive(Tx tx, SopSet sops, List<Match> matches, Arrival arrival) {
        var name = matches.getFirst().sop().name();
        var match = matches.stream().filter(Match::starts).findFirst();
        if (match.isEmpty()) {
            var why = matches.getFirst().verdict().why();
            var outcome = Outcome.of(name, Kind.CONDITION_FALSE, why);
            count(tx, arrival, outcome);
            return outcome;
        }
        var loaded = sops.find(name).orElseThrow();
        var sop = loaded.sop();
        var given = given(match.get().trigger(), arrival);
        var inputs = InputValues.of(sop, given);
        if (!inputs.problems().isEmpty()) {
            var problems = String.join("; ", inputs.problems());
            return settled(tx, arrival, sop, Outcome.of(name, Kind.BAD_INPUT, problems));
        }
        var key =
                arrival.key()
                        .map(it -> "%s/%s/%s".formatted(arrival.delivery().source(), name, it));
        var twin = key.flatMap(it -> tx.deliveries().holder(it, arrival.at().toEpochMilli()));
        if (twin.isPresent()) {
            return settled(
                    tx, arrival, sop, Outcome.of(name, Kind.DUPLICATE, "of " + named(twin.get())));
        }
        if (tx.node().setting(FROZEN).isPresent()) {
            return settled(tx, arrival, sop, Outcome.of(name, Kind.FROZEN, ""));
        }
        var parted = secrets.part(sop, inputs.values());
        var request =
                new Request(
                        parted.open(),
                        parted.sealed(),
                        arrival.delivery().payload().text(),
                        arrival.cause(),
                        arrival.initiators(),
                        arrival.byPerson());
        var values = inputs.values();
        var entry = new Entry(loaded, values, request, key, lock(sop, values), arrival.at());
        return admit(tx, entry);
    }

    /**
     * A delivery that is known, allowed, valid and no duplicate.
     *
     * @param inputs in plain text, secret ones too: never stored as they are
     */
    private record Entry(
            SopSet.Loaded loaded,
            Map<String, String> inputs,
            Request request,
            Optional<String> key,
            Optional<String> lock,
            Instant at) {
        Sop sop() {
            return loaded.sop();
        }
    }

    private Outcome admit(Tx tx, Entry entry) {
        var sop = entry.sop();
        int queued = tx.deliveries().lineLength(sop.name(), entry.lock());
        var situation = situation(tx, sop, queued, entry.lock(), entry.at());
        return switch (Admission.decide(situation)) {
            case START -> start(tx, entry);
            case QUEUE -> queue(tx, entry);
            case COALESCE -> fold(tx, entry);
            case DROP -> settled(tx, entry, Kind.DROPPED, "no slot");
            case COOLDOWN ->
                    settled(
                            tx,
                            entry,
                            Kind.COOLDOWN,
                            "until " + entry.at().plus(situation.cooldownLeft()));
            case TOO_MANY_PENDING ->
                    settled(
                            tx,
                            entry,
                            Kind.REFUSED,
                            "%d runs already wait for approval".formatted(situation.parked()));
        };
    }

    private Admission.Situation situation(
            Tx tx, Sop sop, int queued, Optional<String> lock, Instant at) {
        int running = tx.runs().count(sop.name(), Runs.Phase.EXECUTING);
        int parked =
                tx.runs().count(sop.name(), Runs.Phase.PARKED)
                        + tx.runs().count(sop.name(), Runs.Phase.RESUMING);
        boolean isLocked = lock.filter(it -> !tx.runs().holding(it).isEmpty()).isPresent();
        return new Admission.Situation(
                sop.admissionPolicy(),
                isLocked ? sop.maxConcurrent() : running,
                parked,
                queued,
                sop.maxConcurrent(),
                tx.runs().count(Runs.Phase.EXECUTING),
                rules.maxConcurrentTotal(),
                sop.maxPendingApprovals(),
                cooldownLeft(tx, sop, at));
    }

    private static Duration cooldownLeft(Tx tx, Sop sop, Instant at) {
        if (sop.cooldown().isZero()) return Duration.ZERO;
        var last = tx.runs().lastEnd(sop.name(), "completed");
        if (last.isEmpty()) return Duration.ZERO;
        return Duration.between(at, Instant.ofEpochMilli(last.getAsLong()).plus(sop.cooldown()));
    }

    private Outcome start(Tx tx, Entry entry) {
        long number = begin(tx, entry);
        var outcome = started(entry.sop().name(), number);
        add(tx, entry, outcome);
        return outcome;
    }

    private static Outcome started(String sop, long number) {
        return Outcome.started(sop, new RunId(number).toString(), number);
    }

    private long begin(Tx tx, Entry entry) {
        var sop = entry.sop();
        var request = entry.request();
        tx.snapshots().keep(entry.loaded().files());
        var id = new RunId(tx.runs().nextNumber());
        var start =
                new RunStart(
                        id,
                        sop.name(),
                        sop.version(),
                        entry.loaded().digest(),
                        sop.priority(),
                        sop.executionMode(),
                        secrets.hashed(sop, entry.inputs()),
                        SecretInputs.names(sop),
                        request.payload(),
                        request.cause(),
                        request.initiators(),
                        entry.lock(),
                        Optional.empty());
        secrets.keep(tx, id.number(), sop, entry.inputs());
        runs.begin(tx, sop, start, entry.at());
        return id.number();
    }

    private Outcome queue(Tx tx, Entry entry) {
        if (tx.deliveries().queueLength() >= rules.maxQueued()) {
            return settled(tx, entry, Kind.QUEUE_FULL, "");
        }
        var name = entry.sop().name();
        int place = tx.deliveries().lineLength(name, entry.lock()) + 1;
        var outcome = Outcome.queued(name, "#" + place, tx.deliveries().nextId());
        var row = row(tx, entry, Optional.empty(), outcome);
        if (!tx.deliveries().add(row, entry.request().json())) {
            throw new IllegalStateException("a delivery was added twice: " + entry.key());
        }
        return outcome;
    }

    /** Into the newest that waits, unless a person asked for either: people get what they asked. */
    private Outcome fold(Tx tx, Entry entry) {
        var last = tx.deliveries().newest(entry.sop().name(), entry.lock()).orElseThrow();
        Request there;
        try {
            there = Request.of(tx.deliveries().request(last.id()).orElseThrow());
        } catch (Request.Unreadable _) {
            return queue(tx, entry); // it has its own end, and nothing is folded into that
        }
        if (there.byPerson() || entry.request().byPerson()) return queue(tx, entry);
        var newest = entry.request().behind(there.initiators());
        if (!tx.deliveries().replaceRequest(last.id(), newest.json())) {
            throw new IllegalStateException("a waiting delivery has gone: " + last.id());
        }
        return settled(tx, entry, Kind.COALESCED, "into " + named(last));
    }

    /**
     * Gives free slots away: by priority, then runs that resume, then in the order of arrival, to
     * the first that can start now. Of each line only the head is asked: what holds it back holds
     * back all behind it, and ten thousand may wait.
     */
    void fillSlots(Tx tx, SopSet sops, Instant at) {
        if (tx.node().setting(FROZEN).isPresent() || isFull(tx)) return;
        var resuming = new PriorityQueue<>(Runs.ORDER);
        resuming.addAll(tx.runs().resumingHeads());
        var heads = new PriorityQueue<>(Deliveries.ORDER);
        for (var name : tx.deliveries().waitingSops()) {
            if (hasSlot(tx, sops, name)) heads.addAll(tx.deliveries().heads(name));
        }
        while (!isFull(tx)) {
            var run = resuming.peek();
            var delivery = heads.peek();
            if (run == null && delivery == null) return;
            if (delivery == null || (run != null && run.priority() >= delivery.priority())) {
                var asked = resuming.remove();
                if (!mayResume(tx, sops, asked)) continue;
                // Granted or, if it is damaged, refused: either way the next one's turn.
                runs.command(tx, new RunId(asked.number()), new RunCommand.Grant(at));
                tx.runs().resumingAfter(asked).ifPresent(resuming::add);
            } else {
                var asked = heads.remove();
                if (leaveQueue(tx, sops, asked, at)) nextOf(tx, asked).ifPresent(heads::add);
            }
        }
    }

    /** Ends what has waited for longer than its SOP allows, whether or not there is a slot. */
    void endStale(Tx tx, SopSet sops, Instant at) {
        for (var name : tx.deliveries().waitingSops()) {
            for (var head : tx.deliveries().heads(name)) {
                var oldest = Optional.of(head);
                while (oldest.isPresent() && endIfStale(tx, sops, oldest.get(), at)) {
                    oldest = nextOf(tx, oldest.get());
                }
            }
        }
    }

    private static boolean endIfStale(Tx tx, SopSet sops, DeliveryRow delivery, Instant at) {
        var name = delivery.sop().orElseThrow();
        var waited = Duration.between(Instant.ofEpochMilli(delivery.receivedAt()), at);
        boolean isStale =
                sops.find(name).filter(it -> waited.compareTo(it.sop().maxQueue()) > 0).isPresent();
        if (!isStale) return false;
        leave(tx, delivery, Outcome.of(name, Kind.STALE, "it waited longer than allowed"));
        return true;
    }

    private static Optional<DeliveryRow> nextOf(Tx tx, DeliveryRow head) {
        return tx.deliveries().head(head.sop().orElseThrow(), head.lock());
    }

    private boolean isFull(Tx tx) {
        return tx.runs().count(Runs.Phase.EXECUTING) >= rules.maxConcurrentTotal();
    }

    /** Whether one more run of this SOP could hold a slot; of one that is gone, none ever does. */
    private static boolean hasSlot(Tx tx, SopSet sops, String name) {
        int running = tx.runs().count(name, Runs.Phase.EXECUTING);
        return sops.find(name).map(it -> running < it.sop().maxConcurrent()).orElse(true);
    }

    private static boolean mayResume(Tx tx, SopSet sops, Runs.RunRow run) {
        int max = sops.find(run.sop()).map(it -> it.sop().maxConcurrent()).orElse(1);
        return tx.runs().count(run.sop(), Runs.Phase.EXECUTING) < max;
    }

    /** Everything is checked again, against the SOP as it is now; answers whether it left. */
    private boolean leaveQueue(Tx tx, SopSet sops, DeliveryRow delivery, Instant at) {
        var name = delivery.sop().orElseThrow();
        var loaded = sops.find(name);
        if (loaded.isEmpty()) {
            return leave(tx, delivery, Kind.NOT_ALLOWED, "the SOP is gone or broken");
        }
        if (endIfStale(tx, sops, delivery, at)) return true;
        if (!hasSlot(tx, sops, name)) return false;
        var sop = loaded.get().sop();
        Request request;
        Map<String, String> given;
        try {
            request = Request.of(tx.deliveries().request(delivery.id()).orElseThrow());
            given = secrets.whole(request.parted());
        } catch (Request.Unreadable | SecretBox.BadKey e) {
            return leave(tx, delivery, Kind.BAD_INPUT, String.valueOf(e.getMessage()));
        }
        var inputs = InputValues.of(sop, given);
        if (!inputs.problems().isEmpty()) {
            return leave(tx, delivery, Kind.BAD_INPUT, String.join("; ", inputs.problems()));
        }
        var lock = lock(sop, inputs.values());
        var situation = situation(tx, sop, 0, lock, at);
        if (situation.cooldownLeft().isPositive()) return false;
        return switch (Admission.decide(situation)) {
            case START -> {
                var entry =
                        new Entry(
                                loaded.get(), inputs.values(), request, Optional.empty(), lock, at);
                leave(tx, delivery, started(name, begin(tx, entry)));
                yield true;
            }
            case TOO_MANY_PENDING ->
                    leave(
                            tx,
                            delivery,
                            Kind.REFUSED,
                            "%d runs already wait for approval".formatted(situation.parked()));
            case QUEUE, COALESCE, DROP, COOLDOWN -> false;
        };
    }

    private static boolean leave(Tx tx, DeliveryRow delivery, Kind kind, String detail) {
        leave(tx, delivery, Outcome.of(delivery.sop().orElseThrow(), kind, detail));
        return true;
    }

    private static void leave(Tx tx, DeliveryRow delivery, Outcome outcome) {
        var kind = outcome.kind().word();
        forgetSecrets(tx, delivery);
        if (!tx.deliveries().settle(delivery.id(), kind, outcome.detail(), outcome.run())) {
            throw new IllegalStateException("a waiting delivery has gone: " + delivery.id());
        }
    }

    /** A run has its own copy, which is erased when it ends; nobody else needs them any more. */
    private static void forgetSecrets(Tx tx, DeliveryRow delivery) {
        try {
            var request = Request.of(tx.deliveries().request(delivery.id()).orElseThrow());
            if (request.sealed().isEmpty()) return;
            tx.deliveries().replaceRequest(delivery.id(), request.withoutSecrets().json());
        } catch (Request.Unreadable _) {
            // It stays as it is, for whoever looks for the cause.
        }
    }

    private static Map<String, String> given(Trigger trigger, Arrival arrival) {
        if (trigger.inputs().isEmpty()) return arrival.given();
        var given = new HashMap<>(arrival.given());
        trigger.inputs()
                .forEach(
                        (name, path) ->
                                value(path, arrival.delivery().payload())
                                        .ifPresent(value -> given.put(name, value)));
        return given;
    }

    private static Optional<String> value(ValuePath path, Payload payload) {
        return switch (payload.json()) {
            case Parsed.Bad<JsonValue> _ -> Optional.empty();
            case Parsed.Ok<JsonValue>(var json) ->
                    path.find(json)
                            .flatMap(
                                    found ->
                                            switch (found) {
                                                case JsonValue.Str(var text) -> Optional.of(text);
                                                case JsonValue.Num(var text) -> Optional.of(text);
                                                case JsonValue.Bool(var value) ->
                                                        Optional.of(Boolean.toString(value));
                                                case JsonValue.Null _,
                                                        JsonValue.Arr _,
                                                        JsonValue.Obj _ ->
                                                        Optional.empty();
                                            });
        };
    }

    private static Optional<String> lock(Sop sop, Map<String, String> inputs) {
        return sop.lock().map(text -> filled(text, inputs));
    }

    private static String filled(String text, Map<String, String> inputs) {
        var filled = new StringBuilder();
        int from = 0;
        for (var place : Placeholder.in(text)) {
            filled.append(text, from, place.offset());
            filled.append(inputs.getOrDefault(place.name(), ""));
            from = place.offset() + place.text().length();
        }
        return filled.append(text, from, text.length()).toString();
    }

    private static String named(DeliveryRow row) {
        return row.run().isPresent() ? new RunId(row.run().getAsLong()).toString() : "#" + row.id();
    }

    private Outcome settled(Tx tx, Entry entry, Kind kind, String detail) {
        var outcome = Outcome.of(entry.sop().name(), kind, detail);
        add(tx, entry, outcome);
        return outcome;
    }

    private void add(Tx tx, Entry entry, Outcome outcome) {
        var row = row(tx, entry, Optional.of(outcome.kind().word()), outcome);
        if (!tx.deliveries().add(row, entry.request().withoutSecrets().json())) {
            throw new IllegalStateException("a delivery was added twice: " + entry.key());
        }
    }

    private static DeliveryRow row(Tx tx, Entry entry, Optional<String> settled, Outcome outcome) {
        return new DeliveryRow(
                tx.deliveries().nextId(),
                Optional.of(entry.sop().name()),
                entry.request().cause(),
                entry.key(),
                entry.at().toEpochMilli(),
                entry.sop().priority().rank(),
                entry.lock(),
                settled,
                outcome.detail(),
                outcome.run());
    }

    /** An outcome before admission was asked: the delivery holds no key. */
    private static Outcome settled(Tx tx, Arrival arrival, Sop sop, Outcome outcome) {
        tx.deliveries().add(row(tx, arrival, outcome, sop.priority().rank()), request(arrival));
        return outcome;
    }

    private static void count(Tx tx, Arrival arrival, Outcome outcome) {
        tx.deliveries().count(row(tx, arrival, outcome, 0), request(arrival));
    }

    private static DeliveryRow row(Tx tx, Arrival arrival, Outcome outcome, int priority) {
        return new DeliveryRow(
                tx.deliveries().nextId(),
                Optional.of(outcome.sop()).filter(name -> !name.isEmpty()),
                arrival.cause(),
                Optional.empty(),
                arrival.at().toEpochMilli(),
                priority,
                Optional.empty(),
                Optional.of(outcome.kind().word()),
                outcome.detail(),
                OptionalLong.empty());
    }

    /** What was given by hand may hold secrets, and nobody knows which before there is a SOP. */
    private static String request(Arrival arrival) {
        return new Request(
                        Map.of(),
                        Map.of(),
                        arrival.delivery().payload().text(),
                        arrival.cause(),
                        arrival.initiators(),
                        arrival.byPerson())
                .json();
    }
}
