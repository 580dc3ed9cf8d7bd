package dev.sopwith.ingress;

import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.TriggerSource;

import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Optional;

/**
 * What monitors ask: whether the service lives, whether it takes deliveries in, and its figures.
 *
 * <p>Threading: safe from any thread.
 */
final class ObservePage {
    private static final String JSON = "application/json";

    private final Overview overview;
    private final Figures figures;
    private final List<TriggerSource> sources;

    ObservePage(Overview overview, Figures figures, List<TriggerSource> sources) {
        this.overview = overview;
        this.figures = figures;
        this.sources = List.copyOf(sources);
    }

    Reply answer(HttpListener.Incoming request) {
        boolean looks = request.method().equals("GET") || request.method().equals("HEAD");
        return switch (request.path()) {
            case String _ when !looks -> Reply.of(Problem.NOT_FOUND, "ask with GET");
            case "/healthz" -> new Reply(200, JSON, "{\"alive\":true}", Optional.empty());
            case "/readyz" -> ready();
            case "/metrics" -> figures();
            default -> Reply.of(Problem.NOT_FOUND, "there are /healthz, /readyz and /metrics");
        };
    }

    private Reply figures() {
        try {
            return new Reply(
                    200, Figures.CONTENT_TYPE, figures.text().stripTrailing(), Optional.empty());
        } catch (StoreException e) {
            return Reply.of(Problem.NOT_NOW, "the store does not answer");
        }
    }

    /**
     * Ready is who takes web requests in; a source that does not hear is shown and does not count.
     */
    private Reply ready() {
        var json = JsonMapper.shared().createObjectNode();
        boolean isOpen = storeAnswers();
        boolean hears =
                sources.stream()
                        .filter(it -> it.name().equals("webhooks"))
                        .allMatch(it -> it.health().hears());
        json.put("ready", isOpen && hears);
        json.put("store", isOpen);
        var all = json.putArray("sources");
        for (var source : sources) {
            var health = source.health();
            var one =
                    all.addObject()
                            .put("name", source.name())
                            .put("hears", health.hears())
                            .put("detail", health.detail());
            health.lastDelivery().ifPresent(it -> one.put("last_delivery", it.toString()));
        }
        int status = isOpen && hears ? 200 : Problem.NOT_NOW.status();
        return new Reply(status, JSON, json.toString(), Optional.empty());
    }

    private boolean storeAnswers() {
        try {
            return overview.queueLength() >= 0;
        } catch (StoreException _) {
            return false;
        }
    }
}
