package dev.sopwith.engine.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.expression.ValuePath;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.run.Actor;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Hashing;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Tx;
import dev.sopwith.engine.trigger.Admission;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Channel;
import dev.sopwith.engine.trigger.InputValues;
import dev.sopwith.engine.trigger.Match;
import dev.sopwith.engine.trigger.Matcher;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives every delivery its one outcome, inside a commit: what counts is counted in the same
 * transaction that the start is written in (FORMAT §6).
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}; holds nothing itself.
 */
final class AdmissionDesk {
    /** Ids in payloads that are longer are kept as their digest. */
    private static final int ID_MAX = 200;

    /** The setting that lets nothing start and no new step begin. */
    static final String FROZEN = "frozen";

    /** The setting that says why the clock is not trusted. */
    static final String CLOCK_IN_DOUBT = "clock in doubt";

    private final Starter starter;
    private final SecretInputs secrets;
    private final EngineRules rules;
    private final SnapshotSops snapshots;

    AdmissionDesk(
            Starter starter, SecretInputs secrets, EngineRules rules, SnapshotSops snapshots) {
        this.starter = starter;
        this.secrets = secrets;
        this.rules = rules;
        this.snapshots = snapshots;
    }

    /** One outcome for each SOP that a trigger of matches; one for all when none does. */
    List<Outcome> arrive(Tx tx, SopSet sops, Matcher matcher, Arrival arrival) {
        var matches =
                matcher.match(arrival.delivery()).stream()
                        .filter(match -> arrival.mayStartBy(match.trigger()))
                        .toList();
        if (matches.isEmpty()) {
            var outcome = Outcome.of("", Kind.NO_MATCH, "");
            return List.of(unasked(tx, Optional.empty(), arrival, outcome));
        }
        var outcomes = new ArrayList<Outcome>();
        for (var sop : matches.stream().map(match -> match.sop().name()).distinct().toList()) {
            var ofSop = matches.stream().filter(match -> match.sop().name().equals(sop)).toList();
            outcomes.add(arrive(tx, sops, ofSop, arrival));
        }
        return List.copyOf(outcomes);
    }

    /** Any trigger that matches starts the SOP; several start it once. */
    private Outcome arrive(Tx tx, SopSet sops, List<Match> heard, Arrival arrival) {
        var name = heard.getFirst().sop().name();
        var matches = heard.stream().filter(it -> !arrival.isLeftOutBy(it.trigger())).toList();
        if (matches.isEmpty()) {
            return unasked(tx, Optional.empty(), arrival, Outcome.of(name, Kind.RETAINED, ""));
        }
        var flaw = arrival.channel().flatMap(Channel::flaw);
        if (flaw.isPresent()) {
            var outcome = Outcome.of(name, Kind.BAD_INPUT, flaw.get());
            return unasked(tx, sops.find(name).map(SopSet.Loaded::sop), arrival, outcome);
        }
        var match = matches.stream().filter(Match::starts).findFirst();
        if (match.isEmpty()) {
            var why =
                    matches.stream()
                            .map(it -> it.verdict().why())
                            .distinct()
                            .collect(Collectors.joining("; or: "));
            var outcome = Outcome.of(name, Kind.CONDITION_FALSE, why);
            return unasked(tx, Optional.empty(), arrival, outcome);
        }
        var loaded = sops.find(name).orElseThrow();
        var sop = Optional.of(loaded.sop());
        var lack = starter.refusal(loaded.sop(), arrival.initiators());
        if (lack.isPresent()) return refuse(tx, loaded.sop(), lack.get(), arrival);
        var inputs = InputValues.of(loaded.sop(), given(match.get().trigger(), arrival));
        if (!inputs.problems().isEmpty()) {
            var problems = String.join("; ", inputs.problems());
            return unasked(tx, sop, arrival, Outcome.of(name, Kind.BAD_INPUT, problems));
        }
        var key = key(arrival, own(match.get().trigger(), arrival), name);
        var twin = key.flatMap(it -> tx.deliveries().holder(it, arrival.at().toEpochMilli()));
        if (twin.isPresent()) {
            var first =
                    "of " + DeliveryBook.named(twin.get()) + difference(tx, twin.get(), arrival);
            return unasked(tx, sop, arrival, Outcome.of(name, Kind.DUPLICATE, first));
        }
        return admit(tx, loaded, inputs.values(), key, arrival);
    }

    /** What becomes of a delivery that is allowed, valid and no duplicate. */
    Outcome admit(
            Tx tx,
            SopSet.Loaded loaded,
            Map<String, String> inputs,
            Optional<String> key,
            Arrival arrival) {
        var sop = loaded.sop();
        var shut = shut(tx, sop.name());
        if (shut.isPresent()) return unasked(tx, Optional.of(sop), arrival, shut.get());
        var request = Request.of(arrival, secrets.part(sop, inputs));
        var candidate = Candidate.of(loaded, inputs);
        return admit(tx, new Entry(candidate, sop, request, key, arrival.at()));
    }

    /** What becomes of every delivery for a SOP while people let nothing start it. */
    private static Optional<Outcome> shut(Reads store, String sop) {
        return store.node()
                .setting(FROZEN)
                .or(() -> Pause.of(store, sop).map(Pause::toString))
                .map(why -> Outcome.of(sop, Kind.FROZEN, why));
    }

    /**
     * The id that the payload itself carries; of the secret it came with, so that no sender can use
     * up the ids of another.
     */
    private static Optional<String> own(Trigger trigger, Arrival arrival) {
        var sender = trigger instanceof Trigger.Webhook it ? it.credential().variable() : "";
        return trigger.dedupe()
                .flatMap(path -> value(path, arrival.delivery().payload()))
                .map(
                        it ->
                                "payload "
                                        + sender
                                        + " "
                                        + (it.length() > ID_MAX
                                                ? Hashing.sha256(it.getBytes(UTF_8))
                                                : it));
    }

    /** What tells apart a delivery that was sent again from one that took another one's key. */
    private static String difference(Reads store, DeliveryRow twin, Arrival arrival) {
        var earlier = store.deliveries().request(twin.id());
        if (earlier.isEmpty()) return "";
        try {
            var payload = Request.of(earlier.get()).payload();
            boolean same = payload.equals(arrival.delivery().payload().text());
            return same ? "" : Outcome.OTHER_CONTENT;
        } catch (Request.Unreadable _) {
            return "";
        }
    }

    private static Optional<String> key(Arrival arrival, String sop) {
        return key(arrival, Optional.empty(), sop);
    }

    /**
     * @param own the id that the payload carries: its author knows best what is the same
     */
    private static Optional<String> key(Arrival arrival, Optional<String> own, String sop) {
        return own.or(arrival::key)
                .map(it -> "%s/%s/%s".formatted(arrival.delivery().source(), sop, it));
    }

    /**
     * Puts on record that nobody was there for a delivery when it was due. It holds its key, so it
     * is either missed or taken in, and that once.
     */
    static Outcome missed(Tx tx, Sop sop, String why, Arrival arrival) {
        var outcome = Outcome.of(sop.name(), Kind.MISSED, why);
        var key = key(arrival, sop.name());
        if (key.isPresent()
                && tx.deliveries().holder(key.get(), arrival.at().toEpochMilli()).isPresent()) {
            return outcome;
        }
        var request = DeliveryBook.withoutInputs(arrival);
        var heading =
                new DeliveryBook.Heading(
                        sop, sop.priority(), request, key, Optional.empty(), arrival.at());
        return DeliveryBook.settled(tx, heading, outcome);
    }

    /** The same when somebody asked for it who may not; of a flood the most is only counted. */
    static Outcome refuse(Tx tx, Sop sop, String by, String why, Arrival arrival) {
        if (Refusals.isInFull(tx, by, arrival.at())) return refuse(tx, sop, why, arrival);
        var outcome = Outcome.of(sop.name(), Kind.NOT_ALLOWED, why);
        return DeliveryBook.counted(
                tx, sop, DeliveryBook.withoutInputs(arrival), arrival.at(), outcome);
    }

    /** Puts on record that a SOP cannot be started for those who are behind a delivery. */
    private static Outcome refuse(Tx tx, Sop sop, String why, Arrival arrival) {
        var outcome = Outcome.of(sop.name(), Kind.NOT_ALLOWED, why);
        return unasked(tx, Optional.of(sop), arrival, outcome);
    }

    private static Outcome unasked(Tx tx, Optional<Sop> sop, Arrival arrival, Outcome outcome) {
        var request = DeliveryBook.withoutInputs(arrival);
        return DeliveryBook.unasked(tx, sop, request, arrival.at(), outcome);
    }

    /**
     * A wish to repeat a run.
     *
     * @param from the step to begin with
     */
    record Rerun(RunId run, int from, Actor by, Instant at) {
        String cause() {
            return "%s again from step %d, asked by %s".formatted(run, from, by.identity());
        }
    }

    /** One outcome for a run that is to be repeated: admitted like any other, with its snapshot. */
    Outcome rerun(Tx tx, SopSet sops, Rerun asked) {
        var run = tx.runs().find(asked.run().number());
        if (run.isEmpty()) return Outcome.of("", Kind.REFUSED, "there is no run " + asked.run());
        var name = run.get().sop();
        var loaded = sops.find(name);
        if (loaded.isEmpty()) {
            var why = "the SOP is gone or broken, and what was removed is not run again";
            return refused(tx, asked, Outcome.of(name, Kind.NOT_ALLOWED, why));
        }
        var again = new Request.Again(asked.run().number(), asked.from());
        Candidate.Again ready;
        try {
            ready = Candidate.again(tx, snapshots, again);
        } catch (Candidate.Unfit e) {
            var why = String.valueOf(e.getMessage());
            return refused(tx, asked, Outcome.of(name, Kind.REFUSED, why));
        }
        var shut = shut(tx, name);
        if (shut.isPresent()) return refused(tx, asked, shut.get());
        var earlier = ready.progress();
        var initiators = new HashSet<>(earlier.initiators());
        initiators.add(asked.by().person());
        var lack = starter.refusal(loaded.get().sop(), initiators);
        if (lack.isPresent()) {
            return refused(tx, asked, Outcome.of(name, Kind.NOT_ALLOWED, lack.get()));
        }
        var request =
                new Request(
                        earlier.start().inputs(),
                        Map.of(),
                        earlier.start().payload(),
                        asked.cause(),
                        initiators,
                        true,
                        Optional.of(again));
        var sop = loaded.get().sop();
        return admit(tx, new Entry(ready.candidate(), sop, request, Optional.empty(), asked.at()));
    }

    private static Outcome refused(Tx tx, Rerun asked, Outcome outcome) {
        var by = Set.of(asked.by().person());
        var cause = asked.cause();
        var request = new Request(Map.of(), Map.of(), "", cause, by, true, Optional.empty());
        return DeliveryBook.unasked(tx, Optional.empty(), request, asked.at(), outcome);
    }

    /**
     * A delivery that is known, allowed, valid and no duplicate.
     *
     * @param sop as it is now: its limits hold, also for what runs an older snapshot
     */
    private record Entry(
            Candidate candidate, Sop sop, Request request, Optional<String> key, Instant at) {}

    private DeliveryBook.Heading heading(Entry entry) {
        return new DeliveryBook.Heading(
                entry.sop(),
                starter.priority(entry.sop()),
                entry.request(),
                entry.key(),
                entry.candidate().lock(),
                entry.at());
    }

    private Outcome admit(Tx tx, Entry entry) {
        var name = entry.sop().name();
        var lock = entry.candidate().lock();
        int queued = tx.deliveries().lineLength(name, lock);
        var now = starter.situation(tx, entry.sop(), queued, lock, entry.at());
        return switch (Admission.decide(now)) {
            case START -> {
                var run = starter.begin(tx, entry.candidate(), entry.request(), entry.at());
                yield settled(tx, entry, DeliveryBook.started(name, run));
            }
            case QUEUE -> queue(tx, entry, queued);
            case COALESCE -> fold(tx, entry, queued);
            case DROP -> settled(tx, entry, Outcome.of(name, Kind.DROPPED, noSlot(tx, entry)));
            case COOLDOWN -> {
                var until = "until " + entry.at().plus(now.cooldownLeft());
                yield settled(tx, entry, Outcome.of(name, Kind.COOLDOWN, until));
            }
            case TOO_MANY_PENDING ->
                    settled(
                            tx,
                            entry,
                            Outcome.of(name, Kind.REFUSED, WhyNot.tooMany(tx, now, entry.sop())));
        };
    }

    private String noSlot(Tx tx, Entry entry) {
        return WhyNot.noSlot(tx, entry.sop(), entry.candidate().lock(), rules)
                .map("no slot: "::concat)
                .orElse("no slot");
    }

    private Outcome queue(Tx tx, Entry entry, int before) {
        if (tx.deliveries().queueLength() >= rules.maxQueued()) {
            // It is to be sent again, and must not be a duplicate of itself then.
            return DeliveryBook.settled(
                    tx,
                    heading(entry).withoutKey(),
                    Outcome.of(entry.sop().name(), Kind.QUEUE_FULL, rules.maxQueued() + " wait"));
        }
        return DeliveryBook.queued(tx, heading(entry), "#" + (before + 1));
    }

    /** Into the newest that waits, unless a person asked for either: people get what they asked. */
    private Outcome fold(Tx tx, Entry entry, int queued) {
        var name = entry.sop().name();
        var last = tx.deliveries().newest(name, entry.candidate().lock()).orElseThrow();
        Request there;
        try {
            there = Request.of(tx.deliveries().request(last.id()).orElseThrow());
        } catch (Request.Unreadable _) {
            return queue(tx, entry, queued); // it comes to its own end, and takes nothing with it
        }
        if (there.byPerson() || entry.request().byPerson()) return queue(tx, entry, queued);
        var newest = entry.request().behind(there.initiators());
        if (!tx.deliveries().replaceRequest(last.id(), newest.json())) {
            throw new IllegalStateException("a waiting delivery has gone: " + last.id());
        }
        var into = "into " + DeliveryBook.named(last);
        return settled(tx, entry, Outcome.of(name, Kind.COALESCED, into));
    }

    private Outcome settled(Tx tx, Entry entry, Outcome outcome) {
        return DeliveryBook.settled(tx, heading(entry), outcome);
    }

    /** The inputs that a trigger takes from a payload, beside those given by hand. */
    static Map<String, String> given(Trigger trigger, Arrival arrival) {
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
            case Parsed.Ok<JsonValue>(var json) -> path.find(json).flatMap(AdmissionDesk::scalar);
        };
    }

    private static Optional<String> scalar(JsonValue value) {
        return switch (value) {
            case JsonValue.Str(var text) -> Optional.of(text);
            case JsonValue.Num(var text) -> Optional.of(text);
            case JsonValue.Bool(var bool) -> Optional.of(Boolean.toString(bool));
            case JsonValue.Null _, JsonValue.Arr _, JsonValue.Obj _ -> Optional.empty();
        };
    }
}
