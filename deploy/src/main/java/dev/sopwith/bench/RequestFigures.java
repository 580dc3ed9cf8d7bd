package dev.sopwith.bench;

import dev.sopwith.engine.roster.IngressSettings.Address;
import dev.sopwith.engine.roster.IngressSettings.Http;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.StepWorld;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.ingress.WebhookIngress;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * What a web request costs until it is answered, which is after its commit, beside the same
 * delivery handed to the engine itself by as many at once: what the way through HTTP adds.
 */
final class RequestFigures {
    private static final int[] CONNECTIONS = {1, 16, 64};
    private static final int UNLIMITED = 100_000_000;
    private static final String TOKEN = "a-token-for-the-bench-of-40-characters!!";

    /** At 60 % of the 2,000 a second that the store owes. */
    private static final Duration REQUEST_MAX = Duration.ofNanos(833_000);

    private static final Duration SLOWEST_MAX = Duration.ofMillis(100);

    private final int count;
    private final Effort effort;
    private final TriggerHouse house;

    RequestFigures(int count, Effort effort, TriggerHouse house) {
        this.count = count;
        this.effort = effort;
        this.house = house;
    }

    void measure(Meter meter) throws IOException {
        var anywhere = new Address("127.0.0.1", 0);
        try (var ingress =
                new WebhookIngress(
                        Http.of(anywhere, anywhere, UNLIMITED, Map.of()),
                        house.engine(),
                        new Overview(house.engine(), StepWorld.plain(Map.of())),
                        house::sops,
                        () -> Roster.NONE.withOperator("alice"),
                        new SecretSources(Map.of("SOPWITH_WEBHOOK_TOKEN", TOKEN)),
                        List.of(),
                        List::of,
                        InstantSource.system())) {
            ingress.start();
            var address = ingress.address().orElseThrow();
            var to = URI.create("http://%s/sop/passed".formatted(address));
            for (int connections : CONNECTIONS) measure(meter, to, connections);
        }
    }

    private void measure(Meter meter, URI to, int connections) throws IOException {
        var name = "web request, %d at once".formatted(connections);
        meter.say(name);
        int some = connections == 1 ? Math.max(1, count / 10) : count;
        var times = new ArrayList<Long>();
        var without = new ArrayList<Long>();
        var each = new ArrayList<Long>();
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i <= effort.samples(); i++) {
                long delivered = house.delivered(some, connections);
                var answered = new ConcurrentLinkedQueue<Long>();
                long start = System.nanoTime();
                send(client, to, some, connections, answered);
                long nanos = (System.nanoTime() - start) / some;
                if (i == 0) continue; // to warm up
                without.add(delivered);
                times.add(nanos);
                each.addAll(answered);
            }
        }
        var yardstick = "the same delivery without HTTP, %d at once".formatted(connections);
        meter.add(name, REQUEST_MAX, times, yardstick, without);
        meter.addWithSlowest(name + ", until its answer", SLOWEST_MAX, each, yardstick, without);
    }

    private static void send(
            HttpClient client, URI to, int count, int connections, ConcurrentLinkedQueue<Long> each)
            throws IOException {
        var left = new Semaphore(count);
        Callable<Boolean> sender =
                () -> {
                    while (left.tryAcquire()) each.add(send(client, to));
                    return true;
                };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var it : threads.invokeAll(Collections.nCopies(connections, sender))) it.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while requests were measured");
        }
    }

    private static long send(HttpClient client, URI to) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(to)
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + TOKEN)
                        .POST(HttpRequest.BodyPublishers.ofString("{\"env\":\"prod\"}"))
                        .build();
        long start = System.nanoTime();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 202) throw new IOException("not accepted: " + answer.body());
        return System.nanoTime() - start;
    }
}
