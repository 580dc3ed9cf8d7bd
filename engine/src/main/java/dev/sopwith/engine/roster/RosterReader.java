package dev.sopwith.engine.roster;

import static dev.sopwith.engine.roster.RosterValues.sops;
import static dev.sopwith.engine.roster.RosterValues.text;
import static dev.sopwith.engine.roster.RosterValues.texts;
import static dev.sopwith.engine.roster.RosterValues.word;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_TOO_LARGE;
import static dev.sopwith.engine.sop.DiagnosticCode.IDENTITY_TWICE;
import static dev.sopwith.engine.sop.DiagnosticCode.NAME_TAKEN;
import static dev.sopwith.engine.sop.DiagnosticCode.POLICY_CONFLICT;
import static dev.sopwith.engine.sop.DiagnosticCode.RULE_NEVER_APPLIES;
import static dev.sopwith.engine.sop.DiagnosticCode.TIMEZONE_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.TOKEN_IN_FILE;
import static dev.sopwith.engine.sop.DiagnosticCode.VARIABLE_REFUSED;
import static dev.sopwith.engine.sop.DiagnosticCode.WRONG_TYPE;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.reading.SourceText;
import dev.sopwith.engine.run.Assurance;
import dev.sopwith.engine.secret.TokenScan;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Hashing;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Priority;

import tools.jackson.databind.JsonNode;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads a roster: the text to a {@link Roster}, and everything there is to say about it, in one
 * pass. With one error there is no roster; nothing is thrown for any text.
 *
 * <p>Threading: stateless; call from any thread.
 */
public final class RosterReader {
    /** Largest size of the file, in bytes. */
    public static final int FILE_BYTES_MAX = 256 * 1024;

    /** Under a connector: which roles of its network stand for groups. */
    static final String ROLES = "roles";

    private final PlacedJson placed;
    private final JsonNode json;
    private final Findings findings;
    private final RosterValues values;
    private final RosterNames names;

    private RosterReader(PlacedJson placed, Findings findings) {
        this.placed = placed;
        this.json = placed.json();
        this.findings = findings;
        this.values = new RosterValues(placed, findings);
        this.names = new RosterNames(placed, findings);
    }

    /**
     * What came of reading a roster.
     *
     * @param roster present exactly when no diagnostic is an error
     * @param diagnostics in reading order, errors and warnings
     */
    public record Result(Optional<Roster> roster, List<Diagnostic> diagnostics) {}

    /** Reads the content of a roster's file, which is shown under this path. */
    public static Result read(byte[] content, String shown) {
        var findings = new Findings(shown);
        Optional<Roster> roster = Optional.empty();
        if (content.length > FILE_BYTES_MAX) {
            findings.add(
                    FILE_TOO_LARGE,
                    Position.START,
                    "%s has %,d bytes".formatted(shown, content.length),
                    "at most %,d are read".formatted(FILE_BYTES_MAX));
        } else {
            tokens(content, findings);
            // Nothing else is said of a file with a token: a finding would quote it.
            if (!findings.hasErrors()) {
                roster =
                        SourceText.decode(content, findings)
                                .flatMap(text -> read(text, digest(content), findings));
            }
        }
        return new Result(
                findings.hasErrors() ? Optional.empty() : roster, findings.inReadingOrder());
    }

    /** Of the file as it is: what a person sees with {@code sha256sum}. */
    private static String digest(byte[] content) {
        return Hashing.sha256(content);
    }

    private static void tokens(byte[] content, Findings findings) {
        for (var token : TokenScan.scan(content)) {
            findings.add(
                    TOKEN_IN_FILE,
                    new Position(token.line(), token.column()),
                    "this looks like a " + token.kind().label(),
                    "remove it, revoke it, and give the new one to the service as a variable, a"
                            + " file or a systemd credential");
        }
    }

    private static Optional<Roster> read(SourceText text, String digest, Findings findings) {
        var yaml = YamlText.read(text, findings);
        if (yaml.isEmpty()) {
            // An empty file is a roster that says nothing, as is none at all.
            return findings.hasErrors() ? Optional.empty() : Optional.of(empty(digest));
        }
        if (!(yaml.get() instanceof YamlNode.Keys)) {
            findings.add(
                    WRONG_TYPE,
                    yaml.get().at(),
                    "the roster is no block of keys",
                    "begin with: version: 1");
            return Optional.empty();
        }
        var placed = PlacedJson.of(yaml.get(), RosterSchema.root(), findings);
        RosterSchema.check(placed, findings);
        return Optional.of(new RosterReader(placed, findings).roster(digest));
    }

    private static Roster empty(String digest) {
        var none = Roster.NONE;
        return new Roster(
                digest,
                none.sopsDir(),
                none.singleOperator(),
                none.connectors(),
                none.people(),
                none.groups(),
                none.access(),
                none.policies(),
                none.floors(),
                none.routes(),
                none.secrets(),
                none.engine(),
                none.ingress());
    }

    /** What the schema has refused is read as if it were not there: it was said already. */
    private Roster roster(String digest) {
        var people = people();
        var groups = groups(people);
        var roster =
                new Roster(
                        digest,
                        text(json, "sops_dir"),
                        json.path("single_operator").asBoolean(people.isEmpty()),
                        connectors(),
                        people,
                        groups,
                        access(),
                        policies(),
                        floors(),
                        routes(),
                        secrets(),
                        engine(),
                        new IngressReader(placed, findings).read());
        names.check(roster);
        return roster;
    }

    // People and groups

    private SortedMap<String, Person> people() {
        var people = new TreeMap<String, Person>();
        var owners = new HashMap<Identity, String>();
        var block = json.path("people");
        for (var name : block.propertyNames()) {
            var path = List.of("people", name);
            if (name.equals(Roster.EVERYONE)) reserved(path);
            var identities = new TreeSet<Identity>();
            for (var network : block.path(name).propertyNames()) {
                var ids = block.path(name).path(network);
                for (int i = 0; i < ids.size(); i++) {
                    if (!ids.path(i).isString()) continue;
                    var identity = new Identity(network, ids.path(i).asString());
                    var owner = owners.putIfAbsent(identity, name);
                    if (owner != null) {
                        findings.add(
                                IDENTITY_TWICE,
                                placed.at(List.of("people", name, network, "" + i)),
                                owner.equals(name)
                                        ? "%s stands here twice".formatted(identity)
                                        : "%s belongs to %s already".formatted(identity, owner),
                                "an account belongs to one person");
                    }
                    identities.add(identity);
                }
            }
            people.put(name, new Person(name, identities));
        }
        return people;
    }

    private Map<String, List<String>> groups(Map<String, Person> people) {
        var groups = new LinkedHashMap<String, List<String>>();
        for (var name : json.path("groups").propertyNames()) {
            var path = List.of("groups", name);
            if (name.equals(Roster.EVERYONE)) reserved(path);
            if (people.containsKey(name)) {
                findings.add(
                        NAME_TAKEN,
                        placed.keyAt(path),
                        "%s is a person already".formatted(Quoted.of(name)),
                        "call the group something else");
            }
            groups.put(name, texts(json.path("groups").path(name)));
            names.checkNames(
                    path, json.path("groups").path(name), List.copyOf(people.keySet()), "person");
        }
        return groups;
    }

    private void reserved(List<String> path) {
        findings.add(
                NAME_TAKEN,
                placed.keyAt(path),
                "\"everyone\" means all people and cannot be given to others",
                "choose another name");
    }

    // Connectors and routes

    private List<ConnectorSettings> connectors() {
        var connectors = new ArrayList<ConnectorSettings>();
        var single = json.path("connector");
        if (single.isObject()) {
            connectors.add(connector(single.path("kind").asString(""), single));
        }
        var several = json.path("connectors");
        for (var name : several.propertyNames()) {
            if (connectors.stream().anyMatch(it -> it.name().equals(name))) {
                findings.add(
                        NAME_TAKEN,
                        placed.keyAt(List.of("connectors", name)),
                        "the one under \"connector\" is called %s too".formatted(Quoted.of(name)),
                        "give this one another name, or move both under connectors");
            }
            connectors.add(connector(name, several.path(name)));
        }
        return connectors.isEmpty() ? List.of(ConnectorSettings.STANDARD) : connectors;
    }

    private static ConnectorSettings connector(String name, JsonNode block) {
        var kind = block.path("kind").asString("");
        var settings = new TreeMap<String, String>();
        for (var key : block.path(kind).propertyNames()) {
            if (!key.equals(ROLES)) settings.put(key, block.path(kind).path(key).asString(""));
        }
        var roles = new TreeMap<String, String>();
        var named = block.path(kind).path(ROLES);
        for (var role : named.propertyNames()) roles.put(role, named.path(role).asString(""));
        return new ConnectorSettings(
                name, kind, block.path("trust_server").asBoolean(true), settings, roles);
    }

    private List<Route> routes() {
        var routes = new ArrayList<Route>();
        for (var rule : rules("routes")) {
            routes.add(new Route(sops(rule), texts(rule.path("to"))));
        }
        return routes;
    }

    // Rules

    private List<Access> access() {
        var access = new ArrayList<Access>();
        for (var rule : rules("access")) {
            access.add(
                    new Access(
                            sops(rule),
                            texts(rule.path("see")),
                            texts(rule.path("run")),
                            rule.has("operate")
                                    ? Optional.of(texts(rule.path("operate")))
                                    : Optional.empty()));
        }
        return access;
    }

    private List<Floor> floors() {
        var floors = new ArrayList<Floor>();
        for (var rule : json.path("require").values()) {
            floors.add(
                    new Floor(
                            sops(rule),
                            word(rule, "priority", Priority.class),
                            word(rule, "mode", ExecutionMode.class),
                            text(rule, "policy")));
        }
        return floors;
    }

    /** Of these the first that fits holds: what comes after one that fits all is never asked. */
    private Iterable<JsonNode> rules(String key) {
        var rules = json.path(key);
        boolean isOver = false;
        for (int i = 0; i < rules.size(); i++) {
            if (isOver) {
                findings.add(
                        RULE_NEVER_APPLIES,
                        placed.at(List.of(key, "" + i)),
                        "this rule never applies: one above it fits every SOP",
                        "the first rule that fits holds; put the narrow ones first");
            }
            isOver |= sops(rules.path(i)).fitsAll() && rules.path(i).path("sops").isString();
        }
        return rules.values();
    }

    private Map<String, SecretGrant> secrets() {
        var secrets = new LinkedHashMap<String, SecretGrant>();
        var block = json.path("secrets");
        for (var name : block.propertyNames()) {
            ServiceVariables.refusal(name)
                    .ifPresent(
                            why ->
                                    findings.add(
                                            VARIABLE_REFUSED,
                                            placed.keyAt(List.of("secrets", name)),
                                            "%s is given to no step: %s".formatted(name, why),
                                            "make a secret of its own for the step"));
            var sops = texts(block.path(name).path("sops")).stream().map(SopPattern::new).toList();
            secrets.put(name, new SecretGrant(name, sops));
        }
        return secrets;
    }

    private Map<String, Policy> policies() {
        var policies = new LinkedHashMap<String, Policy>();
        var block = json.path("policies");
        for (var name : block.propertyNames()) {
            var policy = block.path(name);
            var path = List.of("policies", name);
            int quorum = policy.path("quorum").asInt(1);
            policies.put(
                    name,
                    new Policy(
                            name,
                            texts(policy.path("approvers")),
                            Math.max(1, quorum),
                            policy.path("exclude_initiator").isBoolean()
                                    ? Optional.of(policy.path("exclude_initiator").asBoolean())
                                    : Optional.empty(),
                            word(policy, "assurance", Assurance.class),
                            values.duration(path, policy, "ttl").orElse(Policy.TTL),
                            policy.has("remind") ? remind(path, policy) : Policy.REMIND,
                            escalateTo(path, policy)));
        }
        return policies;
    }

    private List<Duration> remind(List<String> path, JsonNode policy) {
        var remind = new ArrayList<Duration>();
        var list = policy.path("remind");
        for (int i = 0; i < list.size(); i++) {
            var at = PlacedJson.below(PlacedJson.below(path, "remind"), "" + i);
            values.duration(at, list.path(i)).ifPresent(remind::add);
        }
        return remind;
    }

    /** Whom to ask after {@code ttl}; both keys must mean the same. */
    private Optional<List<String>> escalateTo(List<String> path, JsonNode policy) {
        var onTimeout = policy.path("on_timeout").asString("");
        boolean named = policy.has("escalate_to");
        if (onTimeout.equals("escalate") && !named) {
            findings.add(
                    POLICY_CONFLICT,
                    placed.keyAt(PlacedJson.below(path, "on_timeout")),
                    "on_timeout is escalate, and nobody is named to escalate to",
                    "add escalate_to with people or groups");
        }
        if (onTimeout.equals("deny") && named) {
            findings.add(
                    POLICY_CONFLICT,
                    placed.keyAt(PlacedJson.below(path, "escalate_to")),
                    "escalate_to has no effect while on_timeout is deny",
                    "write on_timeout: escalate, or take escalate_to out");
        }
        return named ? Optional.of(texts(policy.path("escalate_to"))) : Optional.empty();
    }

    // The engine

    private EngineSettings engine() {
        var engine = json.path("engine");
        var path = List.of("engine");
        var standard = EngineSettings.STANDARD;
        return new EngineSettings(
                timezone(engine),
                word(engine, "default_execution_mode", ExecutionMode.class)
                        .orElse(standard.defaultMode()),
                engine.path("max_concurrent_total").asInt(standard.maxConcurrentTotal()),
                engine.path("max_queued").asInt(standard.maxQueued()),
                values.duration(path, engine, "step_timeout").orElse(standard.stepTimeout()),
                passEnv(engine),
                text(engine, "run_as"));
    }

    private ZoneId timezone(JsonNode engine) {
        var name = text(engine, "timezone");
        var standard = EngineSettings.STANDARD.timezone();
        if (name.isEmpty()) return standard;
        try {
            if (ZoneId.getAvailableZoneIds().contains(name.get())) return ZoneId.of(name.get());
        } catch (DateTimeException e) {
            // Said below, as for every other name that is none.
        }
        var known = List.copyOf(new TreeSet<>(ZoneId.getAvailableZoneIds()));
        findings.add(
                TIMEZONE_UNKNOWN,
                placed.at(List.of("engine", "timezone")),
                "there is no time zone " + Quoted.of(name.get()),
                Words.suggestion(name.get(), known)
                        .map(zone -> "did you mean \"" + zone + "\"?")
                        .orElse("write a zone such as Europe/Berlin"));
        return standard;
    }

    private List<String> passEnv(JsonNode engine) {
        var names = engine.path("pass_env");
        if (names.isMissingNode()) return EngineSettings.STANDARD.passEnv();
        for (int i = 0; i < names.size(); i++) {
            var name = names.path(i).asString("");
            var at = placed.at(List.of("engine", "pass_env", "" + i));
            var why = ServiceVariables.refusal(name);
            if (json.path("secrets").has(name)) {
                why = Optional.of("it is a secret, and given by name to the steps that ask for it");
            }
            why.ifPresent(
                    it ->
                            findings.add(
                                    VARIABLE_REFUSED,
                                    at,
                                    "%s is passed to no step: %s".formatted(name, it),
                                    "take it out"));
        }
        return texts(names);
    }
}
