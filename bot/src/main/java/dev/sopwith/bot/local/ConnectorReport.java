package dev.sopwith.bot.local;

import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.trigger.TriggerSource;

import tools.jackson.databind.node.ArrayNode;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * How the connectors of a service are, whatever their kinds: what each says about itself, all asked
 * at the same time. Then what else starts SOPs, such as brokers.
 *
 * <p>Threading: safe from any thread.
 */
public final class ConnectorReport {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<SequencedMap<String, Connector>> connectors;
    private final Supplier<List<TriggerSource>> sources;
    private final InstantSource clock;

    /**
     * @param connectors by their names in the roster
     * @param sources that start SOPs by way of something outside
     */
    public ConnectorReport(
            Supplier<SequencedMap<String, Connector>> connectors,
            Supplier<List<TriggerSource>> sources,
            InstantSource clock) {
        this.connectors = connectors;
        this.sources = sources;
        this.clock = clock;
    }

    /** Asks them; one that takes too long counts as unreachable. */
    Answer answer() throws InterruptedException {
        var data = Answer.empty();
        var all = data.putArray("connectors");
        var table = new ArrayList<List<String>>();
        table.add(List.of("CONNECTOR", "KIND", "REACHABLE", "AUTHENTICATED", "LAST SEEN"));
        var lines = new ArrayList<String>();
        for (var it : asked().entrySet()) {
            var connector = it.getKey();
            var health = it.getValue();
            table.add(
                    List.of(
                            connector.name(),
                            connector.kind(),
                            yes(health.reachable()),
                            yes(health.authenticated()),
                            age(health.lastSeen())));
            lines.addAll(lines(connector.name(), health));
            add(all, connector, health);
        }
        for (var it : sources.get()) {
            var health = it.health();
            var hears = yes(health.hears());
            table.add(List.of(it.name(), "trigger", hears, "", age(health.lastDelivery())));
            lines.add("%s: %s".formatted(it.name(), health.detail()));
            var row = all.addObject().put("name", it.name()).put("kind", "trigger");
            row.put("reachable", health.hears()).put("detail", health.detail());
            health.lastDelivery().ifPresent(last -> row.put("last_seen", last.toString()));
        }
        return new Answer(Answer.Status.OK, lines, table, data);
    }

    /**
     * How each connector is, by its name in the roster; one that takes too long counts as
     * unreachable. Whoever is interrupted meanwhile hears of none.
     */
    public Map<String, ConnectorHealth> healths() {
        var healths = new LinkedHashMap<String, ConnectorHealth>();
        try {
            asked().forEach((connector, health) -> healths.put(connector.name(), health));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return healths;
    }

    /** A connector of the roster. */
    private record Named(String name, String kind) {}

    private Map<Named, ConnectorHealth> asked() throws InterruptedException {
        var answers = new LinkedHashMap<Named, Future<ConnectorHealth>>();
        var healths = new LinkedHashMap<Named, ConnectorHealth>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            connectors
                    .get()
                    .forEach(
                            (name, it) ->
                                    answers.put(
                                            new Named(name, it.kind()),
                                            threads.submit(it::health)));
            long end = System.nanoTime() + PATIENCE.toNanos();
            for (var it : answers.entrySet()) {
                healths.put(it.getKey(), health(it.getValue(), end - System.nanoTime()));
            }
            threads.shutdownNow();
        }
        return healths;
    }

    private static ConnectorHealth health(Future<ConnectorHealth> answer, long nanos)
            throws InterruptedException {
        try {
            return answer.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return unknown("it cannot say how it is: " + e.getCause());
        } catch (TimeoutException _) {
            return unknown("it does not say how it is");
        }
    }

    private static ConnectorHealth unknown(String why) {
        return new ConnectorHealth(false, false, Optional.empty(), why);
    }

    private List<String> lines(String name, ConnectorHealth health) {
        var lines = new ArrayList<String>();
        if (!health.detail().isEmpty()) lines.add("%s: %s".formatted(name, health.detail()));
        health.facts().forEach((what, it) -> lines.add("%s: %s: %s".formatted(name, what, it)));
        return lines;
    }

    private void add(ArrayNode all, Named connector, ConnectorHealth health) {
        var row =
                all.addObject()
                        .put("name", connector.name())
                        .put("kind", connector.kind())
                        .put("reachable", health.reachable())
                        .put("authenticated", health.authenticated())
                        .put("detail", health.detail());
        health.lastSeen()
                .ifPresent(
                        it -> {
                            row.put("last_seen", it.toString());
                            row.put("last_seen_seconds", seconds(it));
                        });
        var facts = row.putObject("facts");
        health.facts().forEach(facts::put);
    }

    private String age(Optional<Instant> lastSeen) {
        return lastSeen.map(it -> seconds(it) + " s ago").orElse("never");
    }

    private long seconds(Instant since) {
        return Math.max(0, Duration.between(since, clock.instant()).toSeconds());
    }

    private static String yes(boolean is) {
        return is ? "yes" : "no";
    }
}
