package dev.sopwith.bench;

import dev.sopwith.engine.chat.Capabilities;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A chat network that takes everything at once and shows it to nobody: it keeps when what came.
 *
 * <p>Threading: safe from any thread.
 */
final class CountingRoom implements Connector {
    private final Prompts prompts;
    private final Map<String, List<Long>> edits = new HashMap<>(); // guarded by this
    private final Map<String, String> open = new HashMap<>(); // guarded by this
    private int sent; // guarded by this
    private int edited; // guarded by this

    /**
     * @param prompts hears of messages that ask for something, and that they do not any more
     */
    CountingRoom(Prompts prompts) {
        this.prompts = prompts;
    }

    @Override
    public String kind() {
        return "counting";
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, false, true, false, false, false, 60_000);
    }

    @Override
    public synchronized SendResult send(OutboundMessage message) {
        var id = message.key(); // one message for each key, as every network promises
        sent++;
        if (isOpen(message) && open.putIfAbsent(id, id) == null) prompts.opened(id);
        return SendResult.delivered(id);
    }

    @Override
    public synchronized SendResult update(String messageId, OutboundMessage message) {
        edited++;
        edits.computeIfAbsent(messageId, _ -> new ArrayList<>()).add(System.nanoTime());
        if (!isOpen(message) && open.remove(messageId) != null) prompts.closed(messageId);
        return SendResult.delivered(messageId);
    }

    private static boolean isOpen(OutboundMessage message) {
        return !message.document().controls().isEmpty();
    }

    /** Messages that were sent, without their edits. */
    synchronized int sent() {
        return sent;
    }

    /** Messages and edits. */
    synchronized int shown() {
        return sent + edited;
    }

    /** For each message that was edited, how often at most within this time. */
    synchronized List<Long> editsWithin(long nanos) {
        return edits.values().stream().map(times -> most(times, nanos)).toList();
    }

    private static long most(List<Long> times, long nanos) {
        int most = 0;
        int first = 0;
        for (int last = 0; last < times.size(); last++) {
            while (times.get(last) - times.get(first) >= nanos) first++;
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    @Override
    public Subscription subscribe(Optional<String> since, Consumer<Heard> inbox) {
        return () -> {}; // nobody is here to say anything
    }

    @Override
    public ConnectorHealth health() {
        return new ConnectorHealth(true, true, Optional.empty(), "");
    }

    @Override
    public void close() {}
}
