package dev.sopwith.ingress;

import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.trigger.TriggerSource;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

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

    Figures(Overview overview, Supplier<List<TriggerSource>> sources) {
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
    String text() {
        var out = new ByteArrayOutputStream();
        try {
            writer.write(out, registry.scrape(), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
