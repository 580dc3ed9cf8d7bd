package dev.sopwith.engine.roster;

import static dev.sopwith.engine.roster.RosterValues.text;
import static dev.sopwith.engine.roster.RosterValues.texts;
import static dev.sopwith.engine.sop.DiagnosticCode.VALUE_OUT_OF_RANGE;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.roster.IngressSettings.Address;
import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.roster.IngressSettings.Http;
import dev.sopwith.engine.roster.IngressSettings.Pull;
import dev.sopwith.engine.roster.IngressSettings.Signal;

import tools.jackson.databind.JsonNode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/** Reads what else may start SOPs: the block {@code ingress} of a roster. */
final class IngressReader {
    private final PlacedJson placed;
    private final JsonNode json;
    private final Findings findings;

    IngressReader(PlacedJson placed, Findings findings) {
        this.placed = placed;
        this.json = placed.json();
        this.findings = findings;
    }

    /** All of the block {@code ingress}. */
    IngressSettings read() {
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
}
