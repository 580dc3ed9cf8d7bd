package dev.sopwith.engine.chat;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A connector to a {@link FakeNetwork}: can do everything that any network can.
 *
 * <p>Threading: safe from any thread; one virtual thread listens.
 */
public final class FakeConnector implements Connector {
    private static final long PAUSE_MILLIS = 5;

    private final FakeNetwork network;
    private Optional<Thread> listener = Optional.empty(); // guarded by this
    private volatile boolean isClosed;

    FakeConnector(FakeNetwork network) {
        this.network = network;
    }

    @Override
    public String kind() {
        return "fake";
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, true, true, true, true, true, 60_000);
    }

    @Override
    public SendResult send(OutboundMessage message) {
        if (isClosed) return SendResult.failed("closed");
        return network.put(Optional.empty(), message);
    }

    @Override
    public SendResult update(String messageId, OutboundMessage message) {
        if (isClosed) return SendResult.failed("closed");
        return network.put(Optional.of(messageId), message);
    }

    @Override
    public String room() {
        return network.room();
    }

    @Override
    public Optional<String> find(OutboundMessage message) {
        return network.find(message);
    }

    @Override
    public synchronized Subscription subscribe(Optional<String> since, Consumer<Heard> inbox) {
        if (listener.isPresent()) throw new IllegalStateException("somebody listens already");
        int from = since.map(Integer::parseInt).orElseGet(network::end);
        var thread = Thread.ofVirtual().start(() -> listen(from, inbox));
        listener = Optional.of(thread);
        return () -> stop(thread);
    }

    private void listen(int from, Consumer<Heard> inbox) {
        int position = from;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                List<InboundEvent> events = network.since(position, PAUSE_MILLIS);
                if (events.isEmpty()) continue;
                int next = position + events.size();
                try {
                    inbox.accept(new Heard(events, Integer.toString(next)));
                    position = next;
                } catch (RuntimeException _) {
                    // Not taken: the same batch comes again.
                }
            }
        } catch (InterruptedException _) {
            // That is the end of it.
        }
    }

    private void stop(Thread thread) {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            listener = Optional.empty();
        }
    }

    @Override
    public ConnectorHealth health() {
        return network.health();
    }

    @Override
    public void close() {
        isClosed = true;
        Optional<Thread> thread;
        synchronized (this) {
            thread = listener;
        }
        thread.ifPresent(this::stop);
    }
}
