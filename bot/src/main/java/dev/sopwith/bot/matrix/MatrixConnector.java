package dev.sopwith.bot.matrix;

import dev.sopwith.engine.chat.Capabilities;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One room of an account at a Matrix homeserver.
 *
 * <p>Threading: safe from any thread. Durable: keys and transactions, in {@link MatrixStore}; how
 * far it has heard is kept by whoever listens.
 */
final class MatrixConnector implements Connector {
    /** As much as a message has room for; what is longer goes along as a file. */
    private static final int LENGTH = 60_000;

    private final MatrixSettings settings;
    private final MatrixAccount account;
    private final Runnable released;
    private final AtomicReference<Optional<MatrixInbox.Seat>> seat =
            new AtomicReference<>(Optional.empty());
    private volatile boolean isClosed;
    private volatile boolean hasFailed;

    /**
     * @param released called once when it is closed
     */
    MatrixConnector(MatrixSettings settings, MatrixAccount account, Runnable released) {
        this.settings = settings;
        this.account = account;
        this.released = released;
    }

    @Override
    public String kind() {
        return MatrixConnectors.KIND;
    }

    @Override
    public String room() {
        return settings.room();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, true, false, false, false, true, LENGTH);
    }

    // Sending

    @Override
    public SendResult send(OutboundMessage message) {
        return connected(it -> it.outbox().send(it.bridge(), room(message), message, setsMarks()));
    }

    @Override
    public SendResult update(String messageId, OutboundMessage message) {
        return connected(
                it ->
                        it.outbox()
                                .update(
                                        it.bridge(),
                                        room(message),
                                        messageId,
                                        message,
                                        setsMarks()));
    }

    @Override
    public Optional<String> find(OutboundMessage message) {
        try {
            return open().flatMap(it -> it.outbox().find(it.bridge(), room(message), message));
        } catch (MatrixFailure _) {
            return Optional.empty();
        }
    }

    /** Marks count for nothing where the server is not trusted: none is offered. */
    private boolean setsMarks() {
        return settings.trustsServer();
    }

    private String room(OutboundMessage message) {
        return account.rooms().id(settings, message.room());
    }

    private Optional<MatrixAccount.Open> open() {
        return isClosed ? Optional.empty() : account.open();
    }

    private SendResult connected(Function<MatrixAccount.Open, SendResult> sending) {
        var result =
                open().map(sending).orElseGet(() -> SendResult.failed("matrix is not connected"));
        if (result.error().isPresent()) hasFailed = true;
        return result;
    }

    @Override
    public void whenBack(Runnable told) {
        account.whenSynced(
                () -> {
                    if (!hasFailed || isClosed) return;
                    hasFailed = false;
                    told.run();
                });
    }

    // Hearing

    @Override
    public Subscription subscribe(Optional<String> since, Consumer<Heard> inbox) {
        if (isClosed) throw new IllegalStateException("it has been closed");
        var one = new MatrixInbox.Seat(room -> account.covers(settings, room), since, inbox);
        if (!seat.compareAndSet(Optional.empty(), Optional.of(one))) {
            throw new IllegalStateException("somebody listens already");
        }
        account.listen(one, since.isEmpty());
        return () -> leave(one);
    }

    private void leave(MatrixInbox.Seat one) {
        account.stopListening(one);
        seat.updateAndGet(it -> it.filter(now -> now != one));
    }

    @Override
    public ConnectorHealth health() {
        if (isClosed) {
            return new ConnectorHealth(false, false, Optional.empty(), "it has been closed");
        }
        return account.health(settings);
    }

    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        seat.get().ifPresent(this::leave);
        released.run();
    }
}
