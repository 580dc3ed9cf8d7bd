package dev.sopwith.engine.chat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A chat network in memory: rooms, people, a wire that can be cut, a token that can be revoked, and
 * answers that can get lost.
 *
 * <p>Threading: safe from any thread.
 */
public final class FakeNetwork implements ConnectorContract.Network {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by lock
    private final Map<String, String> idsByKey = new HashMap<>();
    private final Map<String, OutboundMessage> messages = new LinkedHashMap<>();
    private final List<InboundEvent> events = new ArrayList<>();
    private boolean isDown;
    private boolean isRevoked;
    private boolean losesAnswer;
    private int refusals;
    private int tooMany;
    private Instant now = Instant.EPOCH;
    private int ids;

    @Override
    public Connector connect() {
        return new FakeConnector(this);
    }

    @Override
    public String room() {
        return "room";
    }

    @Override
    public String says(String person, String text) {
        return add(
                id ->
                        new InboundEvent.Message(
                                id,
                                room(),
                                Optional.empty(),
                                Optional.empty(),
                                "fake:" + person,
                                false,
                                text,
                                now));
    }

    /** Somebody writes to this service: outside of any thread, or as a reply to a message. */
    public String asks(String person, Optional<String> replyTo, String text) {
        return add(
                id ->
                        new InboundEvent.Message(
                                id,
                                room(),
                                Optional.empty(),
                                replyTo,
                                "fake:" + person,
                                true,
                                text,
                                now));
    }

    /** Somebody writes into a thread, to whoever reads it. */
    public String saysInThread(String person, String threadId, String text) {
        return add(
                id ->
                        new InboundEvent.Message(
                                id,
                                room(),
                                Optional.of(threadId),
                                Optional.empty(),
                                "fake:" + person,
                                false,
                                text,
                                now));
    }

    /** Somebody presses a control of a message. */
    public String presses(String person, String messageId, String control) {
        return add(
                id ->
                        new InboundEvent.Button(
                                id, room(), messageId, "fake:" + person, control, now));
    }

    /** Somebody fills in what a control asked for. */
    public String fillsIn(
            String person, String messageId, String control, Map<String, String> fields) {
        return add(
                id ->
                        new InboundEvent.Modal(
                                id, room(), messageId, "fake:" + person, control, fields, now));
    }

    @Override
    public String reacts(String person, String messageId, String mark) {
        return add(
                id ->
                        new InboundEvent.Reaction(
                                id, room(), messageId, "fake:" + person, mark, now));
    }

    @Override
    public String takesBack(String person, String messageId, String mark) {
        return add(
                id ->
                        new InboundEvent.ReactionRemoved(
                                id, room(), messageId, "fake:" + person, mark, now));
    }

    @Override
    public List<ConnectorContract.Shown> shown() {
        return with(
                () ->
                        messages.entrySet().stream()
                                .map(
                                        it ->
                                                new ConnectorContract.Shown(
                                                        it.getKey(),
                                                        it.getValue().threadId(),
                                                        it.getValue().document().plain(),
                                                        List.copyOf(
                                                                it.getValue()
                                                                        .document()
                                                                        .mentions())))
                                .toList());
    }

    @Override
    public void goDown() {
        set(() -> isDown = true);
    }

    @Override
    public void comeBack() {
        set(() -> isDown = false);
    }

    @Override
    public void revoke() {
        set(() -> isRevoked = true);
    }

    @Override
    public void loseNextAnswer() {
        set(() -> losesAnswer = true);
    }

    @Override
    public boolean deletes(String messageId) {
        return with(() -> messages.remove(messageId) != null);
    }

    /** The next messages are refused, and not shown. */
    public void refuseNext(int count) {
        set(() -> refusals = count);
    }

    /** The next messages are too many, and not shown. */
    public void isFlooded(int count) {
        set(() -> tooMany = count);
    }

    /** Keys are not known any more: a message that is sent again is a second one. */
    public void forgetKeys() {
        set(idsByKey::clear);
    }

    /** What people do from now on happens at this time. */
    public void setTime(Instant time) {
        set(() -> now = time);
    }

    /** All messages there are, by id. */
    public Map<String, OutboundMessage> messages() {
        return with(() -> new LinkedHashMap<>(messages));
    }

    // What the connector asks

    ConnectorHealth health() {
        return with(
                () -> {
                    if (isDown) {
                        return new ConnectorHealth(false, false, Optional.empty(), "no answer");
                    }
                    return new ConnectorHealth(
                            true,
                            !isRevoked,
                            Optional.of(Instant.EPOCH),
                            isRevoked ? "the token was revoked; set a new one" : "");
                });
    }

    SendResult put(Optional<String> messageId, OutboundMessage message) {
        return with(
                () -> {
                    if (isDown) return SendResult.failed("no answer");
                    if (isRevoked) return SendResult.failed("the token was revoked");
                    if (refusals > 0) {
                        refusals--;
                        return SendResult.failed("refused");
                    }
                    if (tooMany > 0) {
                        tooMany--;
                        return SendResult.tooMany(Duration.ofSeconds(1));
                    }
                    if (messageId.isPresent() && !messages.containsKey(messageId.get())) {
                        return SendResult.gone();
                    }
                    var id = messageId.orElseGet(() -> id(message));
                    if (messageId.isPresent()) messages.put(id, message);
                    if (losesAnswer) {
                        losesAnswer = false;
                        return SendResult.failed("no answer");
                    }
                    return SendResult.delivered(id);
                });
    }

    /** Of a key that was sent before, the same again; then nothing new is shown. */
    private String id(OutboundMessage message) {
        var known = Optional.ofNullable(idsByKey.get(message.key()));
        var id = known.orElseGet(() -> "m" + ++ids);
        idsByKey.put(message.key(), id);
        if (known.isEmpty()) messages.put(id, message);
        return id;
    }

    Optional<String> find(OutboundMessage message) {
        return with(
                () ->
                        messages.entrySet().stream()
                                .filter(it -> it.getValue().key().equals(message.key()))
                                .map(Map.Entry::getKey)
                                .findFirst());
    }

    int end() {
        return with(events::size);
    }

    /** What happened since then; empty when nothing did for a moment, or nothing can be heard. */
    List<InboundEvent> since(int position, long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (isDown || isRevoked || events.size() <= position) {
                if (left <= 0) return List.of();
                left = changed.awaitNanos(left);
            }
            return List.copyOf(events.subList(position, events.size()));
        } finally {
            lock.unlock();
        }
    }

    private String add(Function<String, InboundEvent> event) {
        return with(
                () -> {
                    var id = "e" + ++ids;
                    events.add(event.apply(id));
                    changed.signalAll();
                    return id;
                });
    }

    private void set(Runnable change) {
        with(
                () -> {
                    change.run();
                    changed.signalAll();
                    return 0;
                });
    }

    private <T> T with(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
