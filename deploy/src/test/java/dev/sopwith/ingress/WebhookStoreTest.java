package dev.sopwith.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings.Address;
import dev.sopwith.engine.roster.IngressSettings.Http;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.EngineRules;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Policies;
import dev.sopwith.engine.runtime.StepWorld;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.StoreException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** A store that takes nothing in: nothing is promised, and the same request starts later. */
class WebhookStoreTest {
    private static final String TOKEN = "a-bearer-token-of-32-characters!";

    @TempDir private Path folder;
    private final AtomicBoolean isAway = new AtomicBoolean();

    @Test
    void while_the_store_is_away_a_request_is_to_be_sent_again() throws Exception {
        var sop = Files.createDirectories(folder.resolve("sops/go"));
        Files.writeString(
                sop.resolve("SOP.toml"),
                """
                [sop]
                name = "go"
                description = "d"

                [[triggers]]
                type = "webhook"
                path = "/sop/go"
                """);
        Files.writeString(sop.resolve("SOP.md"), "## Steps\n\n1. **Go** — home.\n");
        var sops = SopSet.load(folder.resolve("sops"), "sops", InstantSource.system());
        var engine =
                new Engine(
                        breakable(new InMemoryStore(new Random(7))),
                        () -> sops,
                        Policies.singleOperator("alice"),
                        SecretBox.open(Optional.empty(), folder.resolve("key")),
                        EngineRules.standard("here"),
                        new Random(7));
        var anywhere = new Address("127.0.0.1", 0);
        try (var ingress =
                        new WebhookIngress(
                                Http.of(anywhere, anywhere, 6_000, Map.of()),
                                engine,
                                new Overview(engine, StepWorld.plain(Map.of())),
                                () -> sops,
                                () -> Roster.NONE.withOperator("alice"),
                                new SecretSources(Map.of("SOPWITH_WEBHOOK_TOKEN", TOKEN)),
                                List.of(),
                                List::of,
                                InstantSource.system());
                var client = HttpClient.newHttpClient()) {
            ingress.start();
            var uri = "http://%s/sop/".formatted(ingress.address().orElseThrow());
            isAway.set(true);
            var refused = client.send(request(uri + "go"), HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("the store does not take anything in");
            var unknown = client.send(request(uri + "og"), HttpResponse.BodyHandlers.ofString());
            assertThat(unknown.statusCode()).as(unknown.body()).isEqualTo(404);
            isAway.set(false);
            var taken = client.send(request(uri + "go"), HttpResponse.BodyHandlers.ofString());
            assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
            assertThat(taken.body()).contains("started R-1");
        }
    }

    private static HttpRequest request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TOKEN)
                .header("Idempotency-Key", "one")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
    }

    /** The same store, which fails at every commit while it is away. */
    private Store breakable(Store real) {
        return (Store)
                Proxy.newProxyInstance(
                        Store.class.getClassLoader(),
                        new Class<?>[] {Store.class},
                        (_, method, arguments) -> {
                            if (isAway.get() && method.getName().equals("commit")) {
                                throw new StoreException("the disk is away");
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
