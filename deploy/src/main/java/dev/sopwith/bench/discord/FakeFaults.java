package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * What goes wrong at {@link FakeDiscord} on command: refusals, limits, lost and slow answers, a
 * service that is down, a token that is revoked, permissions that are taken away.
 *
 * <p>Threading: safe from any thread.
 */
public final class FakeFaults {
    private final FakeWorld world;
    private final FakeGateway gateway;
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Map<String, long[]> buckets = new HashMap<>(); // guarded by itself
    private volatile boolean isDown;
    private volatile String token = FakeDiscord.TOKEN;

    /** Calls that a route takes in a second; 0 is no limit. */
    public volatile int callsPerSecond;

    FakeFaults(FakeWorld world, FakeGateway gateway) {
        this.world = world;
        this.gateway = gateway;
    }

    /** The next calls of this kind go wrong. */
    record Fault(
            String method,
            Pattern path,
            AtomicInteger left,
            int status,
            Map<String, String> headers,
            String body,
            Duration delay,
            boolean isLost) {}

    /** Whether nobody is answered. */
    boolean isDown() {
        return isDown;
    }

    /** Whether this is worth anything as an authorization. */
    boolean isTaken(Optional<String> authorization) {
        return authorization.filter(it -> it.equals("Bot " + token)).isPresent();
    }

    /** What goes wrong with this call. */
    Optional<Fault> next(String method, String path) {
        for (var it : faults) {
            if (it.method().equals(method)
                    && it.path().matcher(path).matches()
                    && it.left().getAndDecrement() > 0) {
                return Optional.of(it);
            }
        }
        return Optional.empty();
    }

    /** Whether the limit of its route is used up; the headers say how it stands. */
    boolean isTooMuch(String method, String path, Map<String, String> headers) {
        int limit = callsPerSecond;
        if (limit == 0 || path.startsWith("/interactions")) return false;
        var route = method + path.replaceAll("(/messages/)\\d+", "$1x");
        synchronized (buckets) {
            long now = System.currentTimeMillis();
            var bucket = buckets.computeIfAbsent(route, _ -> new long[2]);
            if (bucket[1] <= now) {
                bucket[0] = limit;
                bucket[1] = now + 1_000;
            }
            var left = Long.toString(Math.max(0, bucket[0] - 1));
            headers.put("X-RateLimit-Bucket", Integer.toHexString(route.hashCode()));
            headers.put("X-RateLimit-Limit", Integer.toString(limit));
            headers.put("X-RateLimit-Remaining", left);
            headers.put("X-RateLimit-Reset", Double.toString(bucket[1] / 1000.0));
            headers.put("X-RateLimit-Reset-After", Double.toString((bucket[1] - now) / 1000.0));
            if (bucket[0]-- > 0) return false;
            headers.put("Retry-After", "1");
            headers.put("X-RateLimit-Scope", "user");
            return true;
        }
    }

    // On command

    public void goDown() {
        isDown = true;
        gateway.refuses = true;
        gateway.cut();
    }

    public void comeBack() {
        gateway.refuses = false;
        isDown = false;
    }

    /** The token is not worth anything from now on. */
    public void revoke() {
        token = "another";
        gateway.token = "another";
        gateway.close(4004);
    }

    public void fail(String method, String path, int times, int status, String body) {
        fault(method, path, times, status, Map.of(), body, Duration.ZERO, false);
    }

    /** Too much, for so many seconds. */
    public void limit(String method, String path, int times, int seconds) {
        var body =
                "{\"message\":\"limit\",\"retry_after\":%d.0,\"global\":false}".formatted(seconds);
        fault(
                method,
                path,
                times,
                429,
                Map.of(
                        "Retry-After",
                        "" + seconds,
                        "X-RateLimit-Scope",
                        "user",
                        "X-RateLimit-Bucket",
                        "test",
                        "X-RateLimit-Limit",
                        "5",
                        "X-RateLimit-Remaining",
                        "0",
                        "X-RateLimit-Reset-After",
                        seconds + ".0"),
                body,
                Duration.ZERO,
                false);
    }

    /** It is done, and the answer does not arrive. */
    public void lose(String method, String path, int times) {
        fault(method, path, times, 0, Map.of(), "", Duration.ZERO, true);
    }

    public void delay(String method, String path, int times, Duration delay) {
        fault(method, path, times, 0, Map.of(), "", delay, false);
    }

    private void fault(
            String method,
            String path,
            int times,
            int status,
            Map<String, String> headers,
            String body,
            Duration delay,
            boolean isLost) {
        faults.add(
                new Fault(
                        method,
                        Pattern.compile(path),
                        new AtomicInteger(times),
                        status,
                        headers,
                        body,
                        delay,
                        isLost));
    }

    public void healFaults() {
        faults.clear();
    }

    /** The application's role loses a permission. */
    public void deny(int permission) {
        synchronized (world) {
            world.denied.add(permission);
            tellRoles();
        }
    }

    public void allowAll() {
        synchronized (world) {
            world.denied.clear();
            tellRoles();
        }
    }

    private void tellRoles() {
        for (var role : List.of(world.guild.everyoneRole(), world.guild.ownRole())) {
            var event = JSON.createObjectNode().put("guild_id", world.guildId);
            event.set("role", role);
            gateway.dispatch("GUILD_ROLE_UPDATE", event, 0);
        }
    }
}
