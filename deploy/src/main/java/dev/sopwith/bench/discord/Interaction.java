package dev.sopwith.bench.discord;

import dev.sopwith.bench.discord.FakeWorld.User;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Something that somebody did, and waits for an answer to. */
public final class Interaction {
    private static final Duration LIFE = Duration.ofMinutes(15);

    private final String id;
    private final String token = "aW50" + UUID.randomUUID().toString().replace("-", "");
    private final int type;
    private final User user;
    private final String channel;
    private final String source;
    private final long begun = System.nanoTime();
    private final CompletableFuture<JsonNode> first = new CompletableFuture<>();
    private final List<ObjectNode> told = new CopyOnWriteArrayList<>();
    private volatile long acknowledgedNanos;
    private volatile long answeredNanos;
    private volatile String original = "";
    private volatile Duration ago = Duration.ZERO;

    Interaction(String id, int type, User user, String channel, String source) {
        this.id = id;
        this.type = type;
        this.user = user;
        this.channel = channel;
        this.source = source;
    }

    public String id() {
        return id;
    }

    String token() {
        return token;
    }

    int type() {
        return type;
    }

    public User user() {
        return user;
    }

    String source() {
        return source;
    }

    String channel() {
        return channel;
    }

    public CompletableFuture<JsonNode> first() {
        return first;
    }

    String original() {
        return original;
    }

    void original(String id) {
        original = id;
    }

    void told(ObjectNode message) {
        if (told.isEmpty()) answeredNanos = System.nanoTime() - begun;
        told.add(message.deepCopy());
    }

    /** The application says its first word. */
    void acknowledge(JsonNode callback) {
        acknowledgedNanos = System.nanoTime() - begun;
        first.complete(callback);
    }

    /** How long after it was sent the first word came; once it has come. */
    public long acknowledgedNanos() {
        return acknowledgedNanos;
    }

    /** How long after it was sent the answer came, which may be the first word. */
    public long answeredNanos() {
        return told.isEmpty() ? acknowledgedNanos : answeredNanos;
    }

    private Duration age() {
        return Duration.ofNanos(System.nanoTime() - begun).plus(ago);
    }

    /** So much more time has passed. */
    public void grow(Duration more) {
        ago = ago.plus(more);
    }

    boolean isOlderThan(Duration limit) {
        return age().compareTo(limit) > 0;
    }

    boolean isOver() {
        return age().compareTo(LIFE) > 0;
    }

    /** The first word of the application: a callback as it sent it. */
    public JsonNode firstWord() {
        try {
            return first.get(FakeDiscord.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new NotDone("no first word to interaction " + id, e);
        }
    }

    /** What it was told after that, in the end. */
    public String answer() {
        var at = firstWord();
        if (at.path("type").asInt(0) == 4) return at.path("data").path("content").asString("");
        FakeDiscord.await("an answer to interaction " + id, () -> !told.isEmpty());
        return FakeScreen.text(told.getLast());
    }

    /** The messages that whoever pressed or asked got, oldest first. */
    public List<ObjectNode> told() {
        return List.copyOf(told);
    }

    public boolean isToldPrivately() {
        return told.stream()
                .allMatch(it -> (it.path("flags").asInt(0) & FakeMessages.EPHEMERAL) != 0);
    }
}
