package dev.sopwith.ingress;

import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.trigger.TriggerSource;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Figures of a service that goes on, in the text format of Prometheus. No label comes from outside,
 * so their number is bounded.
 *
 * <p>Threading: safe from any thread.
 */
final class Figures {
    /** Seconds until an answer that was worth measuring: a sync of a fast disk to a busy store. */
    private static final double[] SECONDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5
    };

    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final Counter answers =
            Counter.builder()
                    .name("sopwith_webhook_answers_total")
                    .help("Requests to webhooks, by the status that was answered.")
                    .labelNames("status")
                    .register(registry);
    private final Histogram seconds =
            Histogram.builder()
                    .name("sopwith_webhook_answer_seconds")
                    .help("Time until a request was answered; what was taken in is durable then.")
                    .classicOnly()
                    .classicUpperBounds(SECONDS)
                    .register(registry);

    private final Supplier<List<ConnectorFigures>> connectors;
    private List<ConnectorFigures> asked = List.of(); // guarded by this

    /**
     * @param connectors how they are: asked once for each time that somebody looks
     */
    Figures(
            Overview overview,
            Supplier<List<TriggerSource>> sources,
            Supplier<List<ConnectorFigures>> connectors) {
        this.connectors = connectors;
        gauge("sopwith_queue_length", "Deliveries that wait for a slot.", overview::queueLength);
        gauge(
                "sopwith_frozen",
                "1 while nothing may start.",
                () -> one(overview.frozen().isPresent()));
        gauge(
                "sopwith_clock_in_doubt",
                "1 while nothing ends by the clock.",
                () -> one(overview.clockDoubt().isPresent()));
        GaugeWithCallback.builder()
                .name("sopwith_runs")
                .help("Runs that have not ended, by what they do.")
                .labelNames("phase")
                .callback(
                        all -> {
                            for (var phase :
                                    List.of(Phase.EXECUTING, Phase.PARKED, Phase.RESUMING)) {
                                var word = phase.name().toLowerCase(Locale.ROOT);
                                all.call(overview.count(phase), word);
                            }
                        })
                .register(registry);
        GaugeWithCallback.builder()
                .name("sopwith_source_hears")
                .help("1 while a source of deliveries hears.")
                .labelNames("source")
                .callback(
                        all -> {
                            for (var it : sources.get()) {
                                all.call(one(it.health().hears()), it.name());
                            }
                        })
                .register(registry);
        connectors();
    }

    private void connectors() {
        connectors(
                "sopwith_connector_reachable",
                "1 while a chat network answers.",
                it -> one(it.health().reachable()));
        connectors(
                "sopwith_connector_authenticated",
                "1 while a chat network takes the service for who it is; 0 needs a person.",
                it -> one(it.health().authenticated()));
        connectors(
                "sopwith_connector_last_seen_timestamp_seconds",
                "When a chat network last answered well; 0 is never.",
                it -> it.health().lastSeen().map(Instant::getEpochSecond).orElse(0L));
        CounterWithCallback.builder()
                .name("sopwith_connector_posts_total")
                .help("Posts since the start, by what became of them.")
                .labelNames("connector", "result")
                .callback(
                        all ->
                                asked.forEach(
                                        it ->
                                                it.posts()
                                                        .forEach(
                                                                (what, count) ->
                                                                        all.call(
                                                                                count, it.name(),
                                                                                what))))
                .register(registry);
        CounterWithCallback.builder()
                .name("sopwith_connector_events_total")
                .help("What people did in a chat network, heard and kept since the start.")
                .labelNames("connector")
                .callback(all -> asked.forEach(it -> all.call((double) it.heard(), it.name())))
                .register(registry);
        GaugeWithCallback.builder()
                .name("sopwith_connector_figure")
                .help("What a chat network measures of itself, such as rate_limits.")
                .labelNames("connector", "figure")
                .callback(
                        all ->
                                asked.forEach(
                                        it ->
                                                it.health()
                                                        .figures()
                                                        .forEach(
                                                                (what, value) ->
                                                                        all.call(
                                                                                value, it.name(),
                                                                                what))))
                .register(registry);
    }

    private void connectors(String name, String help, ToLongFunction<ConnectorFigures> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("connector")
                .callback(
                        all ->
                                asked.forEach(
                                        it -> all.call((double) value.applyAsLong(it), it.name())))
                .register(registry);
    }

    private void gauge(String name, String help, Supplier<Integer> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(it -> it.call(value.get()))
                .register(registry);
    }

    private static int one(boolean isSo) {
        return isSo ? 1 : 0;
    }

    /** A request was answered so, after this time. */
    void answered(int status, Duration after) {
        answers.labelValues(Integer.toString(status)).inc();
        seconds.observe(after.toNanos() / 1e9);
    }

    /** All of them, now. */
    synchronized String text() {
        asked = connectors.get();
        var out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape(), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
