package dev.sopwith.app;

import dev.sopwith.engine.chat.Assistant;
import dev.sopwith.engine.chat.Capabilities;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A connector of which is counted, since the start of the service, what became of posts and how
 * many events were heard: the same for every network.
 *
 * <p>Threading: as the connector itself.
 */
final class CountedConnector implements Connector {
    private static final String SENT = "sent";
    private static final String CHANGED = "changed";
    private static final String FAILED = "failed";
    private static final String LIMITED = "limited";
    private static final String GONE = "gone";

    private final Connector connector;
    private final SortedMap<String, AtomicLong> posts;
    private final AtomicLong heard = new AtomicLong();

    CountedConnector(Connector connector) {
        this.connector = connector;
        var counts = new TreeMap<String, AtomicLong>();
        for (var it : Set.of(SENT, CHANGED, FAILED, LIMITED, GONE)) {
            counts.put(it, new AtomicLong());
        }
        this.posts = Collections.unmodifiableSortedMap(counts);
    }

    /** How many posts there were, by what became of them; each kind is there, none at first. */
    Map<String, Long> posts() {
        var counts = new TreeMap<String, Long>();
        posts.forEach((what, count) -> counts.put(what, count.get()));
        return counts;
    }

    /** How many events were heard and kept. */
    long heard() {
        return heard.get();
    }

    private SendResult counted(SendResult result, String good) {
        var what =
                result.delivered()
                        ? good
                        : result.isGone()
                                ? GONE
                                : result.retryAfter().isPresent() ? LIMITED : FAILED;
        var count = posts.get(what);
        if (count != null) count.incrementAndGet();
        return result;
    }

    @Override
    public SendResult send(OutboundMessage message) {
        return counted(connector.send(message), SENT);
    }

    @Override
    public SendResult update(String messageId, OutboundMessage message) {
        return counted(connector.update(messageId, message), CHANGED);
    }

    @Override
    public Subscription subscribe(Optional<String> since, Consumer<Heard> inbox) {
        return connector.subscribe(
                since,
                batch -> {
                    inbox.accept(batch);
                    heard.addAndGet(batch.events().size());
                });
    }

    @Override
    public String kind() {
        return connector.kind();
    }

    @Override
    public Capabilities capabilities() {
        return connector.capabilities();
    }

    @Override
    public String room() {
        return connector.room();
    }

    @Override
    public Optional<String> find(OutboundMessage message) {
        return connector.find(message);
    }

    @Override
    public void assist(Assistant assistant) {
        connector.assist(assistant);
    }

    @Override
    public void unanswered(String eventId) {
        connector.unanswered(eventId);
    }

    @Override
    public Set<String> roles(String account) throws Unanswered {
        return connector.roles(account);
    }

    @Override
    public void whenBack(Runnable told) {
        connector.whenBack(told);
    }

    @Override
    public ConnectorHealth health() {
        return connector.health();
    }

    @Override
    public void close() {
        connector.close();
    }
}
