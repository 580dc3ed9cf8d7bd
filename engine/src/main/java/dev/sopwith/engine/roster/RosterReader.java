package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.FILE_TOO_LARGE;
import static dev.sopwith.engine.sop.DiagnosticCode.IDENTITY_TWICE;
import static dev.sopwith.engine.sop.DiagnosticCode.NAME_TAKEN;
import static dev.sopwith.engine.sop.DiagnosticCode.NAME_UNDECLARED;
import static dev.sopwith.engine.sop.DiagnosticCode.POLICY_CONFLICT;
import static dev.sopwith.engine.sop.DiagnosticCode.POLICY_UNMEETABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.RULE_NEVER_APPLIES;
import static dev.sopwith.engine.sop.DiagnosticCode.TIMEZONE_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.TOKEN_IN_FILE;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_OUT_OF_RANGE;
import static dev.sopwith.engine.sop.DiagnosticCode.VARIABLE_REFUSED;
import static dev.sopwith.engine.sop.DiagnosticCode.WRONG_TYPE;

import dev.sopwith.engine.expression.Durations;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.reading.SourceText;
import dev.sopwith.engine.roster.IngressSettings.Address;
import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.roster.IngressSettings.Http;
import dev.sopwith.engine.roster.IngressSettings.Pull;
import dev.sopwith.engine.roster.IngressSettings.Signal;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads a roster: the text to a {@link Roster}, and everything there is to say about it, in one
 * pass. With one error there is no roster; nothing is thrown for any text.
 *
 * <p>Threading: stateless; call from any thread.
 */
public final class RosterReader {
    /** Largest size of the file, in bytes. */
    public static final int FILE_BYTES_MAX = 256 * 1024;

    private final PlacedJson placed;
    private final JsonNode json;
    private final Findings findings;

    private RosterReader(PlacedJson placed, Findings findings) {
        this.placed = placed;
        this.json = placed.json();
        this.findings = findings;
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
                        ingress());
        checkNames(roster);
        checkPolicies(roster);
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
            checkNames(
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
            settings.put(key, block.path(kind).path(key).asString(""));
        }
        return new ConnectorSettings(
                name, kind, block.path("trust_server").asBoolean(true), settings);
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
                            duration(path, policy, "ttl").orElse(Policy.TTL),
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
            duration(at, list.path(i)).ifPresent(remind::add);
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
                duration(path, engine, "step_timeout").orElse(standard.stepTimeout()),
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

    // What else may start SOPs

    private IngressSettings ingress() {
        return new IngressSettings(http(), brokers(), boards());
    }

    private Optional<Http> http() {
        var http = json.path("ingress").path("http");
        var path = List.of("ingress", "http");
        var listen = address(path, http, "listen");
        if (listen.isEmpty()) return Optional.empty();
        var owners = new TreeMap<String, List<String>>();
        var credentials = http.path("credentials");
        for (var name : credentials.propertyNames()) {
            owners.put(name, texts(credentials.path(name).path("owners")));
        }
        return Optional.of(
                new Http(
                        listen.get(),
                        address(path, http, "observe").orElse(Http.OBSERVE),
                        http.path("requests_per_minute").asInt(Http.REQUESTS_PER_MINUTE),
                        owners));
    }

    private SequencedMap<String, Broker> brokers() {
        var brokers = new LinkedHashMap<String, Broker>();
        var block = json.path("ingress").path("mqtt");
        for (var name : block.propertyNames()) {
            var it = block.path(name);
            var url = text(it, "url");
            var broker =
                    url.flatMap(
                            text ->
                                    Broker.of(
                                            text, texts(it.path("owners")), text(it, "client_id")));
            if (broker.isEmpty() && url.filter(Broker::hasShape).isPresent()) {
                findings.add(
                        VALUE_OUT_OF_RANGE,
                        placed.at(List.of("ingress", "mqtt", name, "url")),
                        "%s is no address of a broker".formatted(Quoted.of(url.get())),
                        "write mqtts://host:port, with a port up to %,d"
                                .formatted(Address.PORT_MAX));
            }
            broker.ifPresent(known -> brokers.put(name, known));
        }
        return brokers;
    }

    private SequencedMap<String, Board> boards() {
        var boards = new LinkedHashMap<String, Board>();
        var block = json.path("ingress").path("boards");
        for (var name : block.propertyNames()) {
            var signals = new LinkedHashMap<String, Signal>();
            var all = block.path(name).path("signals");
            for (var signal : all.propertyNames()) {
                signals.put(signal, signal(all.path(signal)));
            }
            boards.put(name, new Board(text(block.path(name), "chip").orElse(""), signals));
        }
        return boards;
    }

    private static Signal signal(JsonNode block) {
        var pull = text(block, "pull").orElse("none").toUpperCase(Locale.ROOT);
        return new Signal(
                block.path("line").asString(),
                Pull.valueOf(pull),
                text(block, "direction").orElse("in").equals("out"),
                block.path("active_low").asBoolean(false),
                text(block, "safe").orElse("off").equals("on"));
    }

    /** The schema has seen to it that a text looks like one. */
    private Optional<Address> address(List<String> path, JsonNode block, String key) {
        var text = text(block, key).filter(it -> it.matches(".+:[0-9]{1,5}"));
        var address = text.flatMap(Address::of);
        if (text.isPresent() && address.isEmpty()) {
            findings.add(
                    VALUE_OUT_OF_RANGE,
                    placed.at(PlacedJson.below(path, key)),
                    "%s is no port".formatted(Quoted.of(text.get())),
                    "write one from 0 to %,d".formatted(Address.PORT_MAX));
        }
        return address;
    }

    // What only shows when all is known

    private void checkNames(Roster roster) {
        var known = new ArrayList<String>();
        known.add(Roster.EVERYONE);
        known.addAll(roster.groups().keySet());
        known.addAll(roster.people().keySet());
        var kind = "person or group";
        for (int i = 0; i < json.path("access").size(); i++) {
            for (var key : List.of("see", "run", "operate")) {
                var names = json.path("access").path(i).path(key);
                checkNames(List.of("access", "" + i, key), names, known, kind);
            }
        }
        for (var name : json.path("policies").propertyNames()) {
            for (var key : List.of("approvers", "escalate_to")) {
                var names = json.path("policies").path(name).path(key);
                checkNames(List.of("policies", name, key), names, known, kind);
            }
        }
        var credentials = json.path("ingress").path("http").path("credentials");
        for (var name : credentials.propertyNames()) {
            var path = List.of("ingress", "http", "credentials", name, "owners");
            checkNames(path, credentials.path(name).path("owners"), known, kind);
        }
        var brokers = json.path("ingress").path("mqtt");
        for (var name : brokers.propertyNames()) {
            var path = List.of("ingress", "mqtt", name, "owners");
            checkNames(path, brokers.path(name).path("owners"), known, kind);
        }
        var connectors = roster.connectors().stream().map(ConnectorSettings::name).toList();
        for (int i = 0; i < json.path("routes").size(); i++) {
            var names = json.path("routes").path(i).path("to");
            checkNames(List.of("routes", "" + i, "to"), names, connectors, "connector");
        }
        var policies = List.copyOf(roster.policies().keySet());
        for (int i = 0; i < json.path("require").size(); i++) {
            var name = json.path("require").path(i).path("policy");
            checkName(List.of("require", "" + i, "policy"), name, policies, "policy");
        }
    }

    private void checkNames(List<String> path, JsonNode names, List<String> known, String kind) {
        for (int i = 0; i < names.size(); i++) {
            checkName(PlacedJson.below(path, "" + i), names.path(i), known, kind);
        }
    }

    private void checkName(List<String> path, JsonNode name, List<String> known, String kind) {
        if (!name.isString() || known.contains(name.asString())) return;
        findings.add(
                NAME_UNDECLARED,
                placed.at(path),
                "there is no %s %s".formatted(kind, Quoted.of(name.asString())),
                known.isEmpty()
                        ? "this roster names none: add it"
                        : Words.meant(name.asString(), known));
    }

    private void checkPolicies(Roster roster) {
        if (findings.hasErrors()) return;
        for (var policy : roster.policies().values()) {
            var approvers = roster.persons(policy.approvers());
            // Without people, "everyone" is the one who runs the service.
            int there = roster.people().isEmpty() ? 1 : approvers.size();
            if (there >= policy.quorum()) continue;
            var key = policy.quorum() > 1 ? "quorum" : "approvers";
            findings.add(
                    POLICY_UNMEETABLE,
                    placed.at(List.of("policies", policy.name(), key)),
                    "%s needs %d, and %s"
                            .formatted(policy.name(), policy.quorum(), only(roster, approvers)),
                    "add people, or ask for fewer");
        }
    }

    private static String only(Roster roster, Set<String> approvers) {
        if (roster.people().isEmpty()) return "there is only the one who runs the service";
        if (approvers.isEmpty()) return "nobody is in it";
        return "there is only " + String.join(", ", approvers);
    }

    // Values

    private static SopPattern sops(JsonNode rule) {
        return new SopPattern(rule.path("sops").asString(""));
    }

    private static List<String> texts(JsonNode list) {
        return list.isArray()
                ? list.values().stream()
                        .filter(JsonNode::isString)
                        .map(JsonNode::asString)
                        .distinct()
                        .toList()
                : List.of();
    }

    private static Optional<String> text(JsonNode block, String key) {
        var value = block.path(key);
        return value.isString() ? Optional.of(value.asString()) : Optional.empty();
    }

    private static <T extends Enum<T>> Optional<T> word(JsonNode block, String key, Class<T> type) {
        var word = block.path(key).asString("");
        return Stream.of(type.getEnumConstants())
                .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst();
    }

    private Optional<Duration> duration(List<String> path, JsonNode block, String key) {
        return duration(PlacedJson.below(path, key), block.path(key));
    }

    private Optional<Duration> duration(List<String> path, JsonNode value) {
        if (!value.isString()) return Optional.empty();
        var duration = Durations.parse(value.asString());
        boolean fits = duration.filter(Duration::isPositive).isPresent();
        if (!fits && value.asString().matches("[0-9]{1,9}[smh]")) {
            findings.add(
                    VALUE_OUT_OF_RANGE,
                    placed.at(path),
                    "%s cannot be %s".formatted(RosterSchema.name(path), value.asString()),
                    "write more than nothing and at most ten years");
        }
        return duration.filter(Duration::isPositive);
    }
}
