package dev.sopwith.ingress;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.sop.Trigger.Auth;
import dev.sopwith.engine.sop.Trigger.Credential;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;
import dev.sopwith.engine.trigger.Source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Answers requests to webhooks: who proved what, what was sent, and what became of it.
 *
 * <p>Each webhook of a path asks for its own proof; those that got it hear the request, and where
 * none did nothing of it is kept but that it came. What is read of the body is read after that.
 *
 * <p>Threading: safe from any thread; whoever calls waits for the commit. An answer of 202 is given
 * after it.
 */
final class WebhookDesk {
    private static final System.Logger LOG = System.getLogger(WebhookDesk.class.getName());

    private static final Duration LATER = Duration.ofSeconds(5);
    private static final int KEY_SHOWN_MAX = 80;

    private final Engine engine;
    private final Supplier<SopSet> sops;
    private final Supplier<Roster> roster;
    private final Proofs proofs;
    private final RateLimit refusals;
    private volatile WebhookPaths paths;

    /**
     * @param sops as they are now
     * @param roster that says who owns which secret, as it is now
     * @param refusals how many of those that proved nothing are put on record
     */
    WebhookDesk(
            Engine engine,
            Supplier<SopSet> sops,
            Supplier<Roster> roster,
            Proofs proofs,
            RateLimit refusals) {
        this.engine = engine;
        this.sops = sops;
        this.roster = roster;
        this.proofs = proofs;
        this.refusals = refusals;
        this.paths = new WebhookPaths(sops.get());
    }

    /** Who listens where, now. */
    WebhookPaths paths() {
        var current = sops.get();
        var known = paths;
        if (known.isOf(current)) return known;
        var fresh = new WebhookPaths(current);
        paths = fresh;
        return fresh;
    }

    /** Why nothing that is sent there can start anything: nobody listens. */
    Optional<Reply> nobodyAt(String path) {
        var known = paths();
        if (!known.at(path).isEmpty()) return Optional.empty();
        var near = known.near(path).map(it -> "; did you mean " + it + "?").orElse("");
        return Optional.of(
                Reply.of(Problem.NOT_FOUND, "no SOP has a webhook with exactly this path" + near));
    }

    /**
     * Puts on record that something was sent where nobody listens: how often, and the last ones, of
     * each address so many a minute. Nothing of what was sent is kept but where to.
     */
    void noteUnheard(String path, String remote, Instant at) {
        if (refusals.take(remote).isPresent()) return;
        try {
            engine.deliver(bare(path, remote, at));
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "a 404 is not on record: " + e.getMessage());
        }
    }

    private static Arrival bare(String path, String remote, Instant at) {
        return new Arrival(
                new Delivery(Source.WEBHOOK, path, Payload.NONE),
                Optional.empty(),
                Map.of(),
                Set.of(),
                false,
                "webhook POST %s from %s".formatted(path, remote),
                at);
    }

    /** What comes of a request, durably. */
    Reply answer(WebhookRequest request) {
        try {
            return deliver(request);
        } catch (Problem.Found e) {
            return e.reply();
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "a webhook cannot be taken in: " + e.getMessage());
            return Reply.of(Problem.NOT_NOW, "the store does not take anything in at the moment")
                    .retryAfter(LATER);
        }
    }

    private Reply deliver(WebhookRequest request) throws Problem.Found {
        var nobody = nobodyAt(request.path());
        if (nobody.isPresent()) return nobody.get();
        var listening = paths().at(request.path());
        var refused = new LinkedHashMap<Credential, String>();
        var proven = new LinkedHashSet<Credential>();
        for (var it : WebhookPaths.credentials(listening)) {
            var refusal = refusal(it, request);
            if (refusal.isPresent()) refused.put(it, refusal.get());
            else proven.add(it);
        }
        if (proven.isEmpty()) return refuse(request, listening, refused);
        // Before the body is read: a signature says nothing about when, if nobody knows the time.
        boolean bySignature = proven.stream().allMatch(it -> it.auth() == Auth.HMAC);
        if (bySignature && engine.clockDoubt().isPresent()) {
            return Reply.of(Problem.NOT_NOW, "the clock here is in doubt, so no signature counts")
                    .retryAfter(Duration.ofMinutes(1));
        }
        var key = IdempotencyKey.of(request.headers(), proven);
        var payload = payload(request);
        var arrival =
                new Arrival(
                                new Delivery(Source.WEBHOOK, request.path(), payload),
                                key,
                                Map.of(),
                                owners(proven),
                                false,
                                cause(request, proven, key),
                                request.at())
                        .proving(proven);
        return reply(request, engine.deliver(arrival), key.isPresent());
    }

    // Who sent it

    private Optional<String> refusal(Credential credential, WebhookRequest request) {
        return ownerless(credential.variable()).or(() -> proofs.refusal(credential, request));
    }

    /** Who is said to own a secret and is nobody: then nobody would be left out as its owner. */
    Optional<String> ownerless(String variable) {
        var owners = listedOwners().getOrDefault(variable, List.of());
        return owners.isEmpty() || !roster.get().persons(owners).isEmpty()
                ? Optional.empty()
                : Optional.of("its owners are nobody: " + String.join(", ", owners));
    }

    private Set<String> owners(Set<Credential> proven) {
        var owners = new HashSet<String>();
        for (var it : proven) {
            var listed = listedOwners().getOrDefault(it.variable(), List.of());
            owners.addAll(roster.get().persons(listed));
        }
        return owners;
    }

    Map<String, List<String>> listedOwners() {
        Optional<IngressSettings.Http> http = roster.get().ingress().http();
        return http.<Map<String, List<String>>>map(IngressSettings.Http::owners).orElse(Map.of());
    }

    /** Puts on record for those who listen that somebody came who proved nothing. */
    private Reply refuse(
            WebhookRequest request,
            List<WebhookPaths.Listening> listening,
            Map<Credential, String> refused) {
        var wait = refusals.take(request.remote());
        if (wait.isPresent()) {
            return Reply.of(Problem.TOO_MANY, "too many requests that proved nothing")
                    .retryAfter(wait.get());
        }
        var arrival = bare(request.path(), request.remote(), request.at());
        var told = new HashSet<String>();
        for (var it : listening) {
            if (!told.add(it.sop().name())) continue;
            var whys =
                    listening.stream()
                            .filter(other -> other.sop().name().equals(it.sop().name()))
                            .map(other -> other.webhook().credential())
                            .distinct()
                            .map(one -> named(one) + ": " + refused.getOrDefault(one, "not proved"))
                            .collect(Collectors.joining("; or: "));
            engine.refuse(it.sop(), "webhook " + request.path(), whys, arrival);
        }
        return Reply.of(
                Problem.NOT_PROVED,
                "nothing was proved that starts a SOP here; those who may see the SOP find the"
                        + " reason with: why NAME");
    }

    private static String named(Credential credential) {
        var how = credential.auth().name().toLowerCase(Locale.ROOT);
        return credential.variable().isEmpty() ? how : how + " with " + credential.variable();
    }

    private static String cause(
            WebhookRequest request, Set<Credential> proven, Optional<String> key) {
        var how = proven.stream().map(WebhookDesk::named).collect(Collectors.joining(", "));
        var shown =
                key.map(it -> it.substring(it.lastIndexOf(' ') + 1))
                        .map(
                                it ->
                                        it.length() > KEY_SHOWN_MAX
                                                ? it.substring(0, KEY_SHOWN_MAX) + "…"
                                                : it)
                        .map(", id "::concat)
                        .orElse("");
        return "webhook POST %s from %s (%s%s)"
                .formatted(request.path(), request.remote(), how, shown);
    }

    // What was sent

    private static Payload payload(WebhookRequest request) throws Problem.Found {
        var type = type(request);
        var payload = Payload.of(text(request.body()));
        boolean isJson = type.equals("application/json") || type.endsWith("+json");
        if (isJson && payload.json() instanceof Parsed.Bad<JsonValue> bad) {
            throw new Problem.Found(
                    Problem.MALFORMED,
                    "the body is not JSON: %s, at character %,d"
                            .formatted(bad.problem(), bad.offset() + 1));
        }
        return payload;
    }

    /** The media type; empty where there is none and nothing was sent. */
    private static String type(WebhookRequest request) throws Problem.Found {
        var encoding = request.headers().only("Content-Encoding").orElse("identity");
        if (request.headers().count("Content-Encoding") > 1 || !encoding.equals("identity")) {
            throw wrongType("it is compressed; send it as it is");
        }
        var parts = request.headers().only("Content-Type").orElse("").split(";", -1);
        var type = parts[0].strip().toLowerCase(Locale.ROOT);
        if (type.isEmpty() && request.body().length == 0) return type;
        boolean isRead =
                type.equals("application/json")
                        || (type.startsWith("application/") && type.endsWith("+json"))
                        || type.equals("text/plain");
        if (!isRead) {
            throw wrongType("write Content-Type: application/json (or text/plain)");
        }
        for (int i = 1; i < parts.length; i++) {
            var parameter = parts[i].strip().toLowerCase(Locale.ROOT).replace("\"", "");
            boolean isOther =
                    parameter.startsWith("charset=") && !parameter.equals("charset=utf-8");
            if (isOther) throw wrongType("it is not in UTF-8");
        }
        return type;
    }

    private static Problem.Found wrongType(String detail) {
        return new Problem.Found(Problem.WRONG_TYPE, detail);
    }

    private static String text(byte[] body) throws Problem.Found {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException _) {
            throw new Problem.Found(Problem.MALFORMED, "the body is not UTF-8");
        }
    }

    // What became of it

    private static Reply reply(WebhookRequest request, List<Outcome> outcomes, boolean hasKey) {
        boolean anyFull = outcomes.stream().anyMatch(it -> it.kind() == Kind.QUEUE_FULL);
        // With a key what has begun stays one run, however often it is sent.
        if (anyFull && (hasKey || all(outcomes, Kind.QUEUE_FULL))) {
            return Reply.of(Problem.NOT_NOW, "too much waits already", outcomes).retryAfter(LATER);
        }
        if (outcomes.stream().allMatch(Outcome::isConflict)) {
            return Reply.of(
                    Problem.KEY_TAKEN,
                    "an earlier request with this key had another body; nothing was started",
                    outcomes);
        }
        if (all(outcomes, Kind.BAD_INPUT)) {
            var problems = new ArrayList<String>();
            for (var it : outcomes) problems.add(it.sop() + ": " + it.detail());
            return Reply.of(Problem.BAD_INPUT, String.join("; ", problems), outcomes);
        }
        // A SOP that went away in between: as if it had gone before.
        if (all(outcomes, Kind.NO_MATCH)) {
            return Reply.of(Problem.NOT_FOUND, "no SOP has a webhook with exactly this path");
        }
        return Reply.accepted(request.path(), outcomes);
    }

    private static boolean all(List<Outcome> outcomes, Kind kind) {
        return outcomes.stream().allMatch(it -> it.kind() == kind);
    }
}
