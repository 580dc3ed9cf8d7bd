package dev.sopwith.bot.matrix;

import dev.sopwith.bot.room.Marks;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.sop.Hashing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sends what the rooms of one account are to show. A message is its event, the marks below it and
 * the files after it: it is delivered when all of them are there, and each of them has a
 * transaction of its own, so whatever is sent again is there once.
 *
 * <p>Threading: safe from any thread; waits its turn.
 */
final class MatrixOutbox {
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final String FILE = "whole-text.txt";

    private final MatrixStore store;
    private final MatrixQueue queue;
    private final MatrixHealth health;
    private final EarlyMarks early;
    private final Function<String, Set<String>> accounts;
    private final InstantSource clock;

    /**
     * @param accounts the Matrix ids of a person
     */
    MatrixOutbox(
            MatrixStore store,
            MatrixHealth health,
            EarlyMarks early,
            Function<String, Set<String>> accounts,
            InstantSource clock) {
        this.store = store;
        this.health = health;
        this.early = early;
        this.queue = new MatrixQueue(clock);
        this.accounts = accounts;
        this.clock = clock;
    }

    /**
     * @param room the id of the message's room
     * @param setsMarks whether marks of the document's controls are set
     */
    SendResult send(MatrixBridge bridge, String room, OutboundMessage message, boolean setsMarks) {
        return inTurn(
                room,
                message,
                () -> {
                    var written = MatrixHtml.write(message.document(), accounts);
                    var outgoing = outgoing(written, message);
                    var marks = setsMarks ? marks(message.document()) : List.<String>of();
                    var event = put(bridge, room, transaction(message), outgoing, !marks.isEmpty());
                    files(bridge, room, event, message, written.whole());
                    for (var mark : marks) setMark(bridge, room, event, mark);
                    if (!marks.isEmpty()) early.delivered(event);
                    return SendResult.delivered(event);
                });
    }

    private String put(
            MatrixBridge bridge,
            String room,
            String transaction,
            Outgoing outgoing,
            boolean hasMarks) {
        if (!hasMarks) return once(transaction, it -> Wait.on(bridge.send(room, outgoing, it)));
        early.sending(transaction, room);
        try {
            var event = once(transaction, it -> Wait.on(bridge.send(room, outgoing, it)));
            early.sent(transaction, event);
            return event;
        } catch (MatrixFailure e) {
            if (!e.isPassing()) early.refused(transaction);
            throw e;
        }
    }

    SendResult update(
            MatrixBridge bridge,
            String room,
            String event,
            OutboundMessage message,
            boolean setsMarks) {
        return inTurn(
                room,
                message,
                () -> {
                    var written = MatrixHtml.write(message.document(), accounts);
                    var outgoing = outgoing(written, message);
                    if (!edit(bridge, room, event, outgoing)) return SendResult.gone();
                    var wanted = setsMarks ? marks(message.document()) : List.<String>of();
                    takeMarks(bridge, room, event, wanted);
                    for (var mark : wanted) setMark(bridge, room, event, mark);
                    return SendResult.delivered(event);
                });
    }

    /** The message, when an earlier attempt has made it. */
    Optional<String> find(MatrixBridge bridge, String room, OutboundMessage message) {
        var transaction = transaction(message);
        var known = store.sent(transaction);
        if (known.isPresent()) return known;
        var found = Wait.on(bridge.find(room, transaction));
        found.ifPresent(it -> store.sent(transaction, it, clock.millis()));
        return found;
    }

    private SendResult inTurn(String room, OutboundMessage message, Supplier<SendResult> sending) {
        return queue.send(
                room,
                message.document().isLoud(),
                () -> {
                    try {
                        var result = sending.get();
                        health.sent(room);
                        return result;
                    } catch (MatrixFailure e) {
                        if (!e.isPassing()) health.unsent(room, MatrixHealth.words(e));
                        return failed(e);
                    }
                });
    }

    private static SendResult failed(MatrixFailure e) {
        if (e.kind != MatrixFailure.Kind.TOO_MANY) {
            return SendResult.failed(MatrixHealth.words(e));
        }
        var asked = Duration.ofMillis(e.retryAfterMillis);
        return SendResult.tooMany(asked.compareTo(PAUSE_MIN) < 0 ? PAUSE_MIN : asked);
    }

    /** What notifies nobody is a notice: clients keep silent about those whatever they say. */
    private static Outgoing outgoing(MatrixHtml.Written written, OutboundMessage message) {
        return new Outgoing(
                written.body(),
                written.html(),
                !message.document().isLoud(),
                message.threadId(),
                Optional.empty(),
                written.mentions());
    }

    // Edits

    /** Answers whether there is still something to be changed. */
    private boolean edit(MatrixBridge bridge, String room, String event, Outgoing outgoing) {
        var digest =
                new Hashing()
                        .text(outgoing.body())
                        .text(outgoing.html())
                        .flag(outgoing.isNotice())
                        .digest();
        var last = store.edit(event);
        boolean isSame = last.filter(it -> it.digest().equals(digest)).isPresent();
        if (isSame && last.get().isDone()) return true;
        // A server takes changes of what was deleted, and shows nothing.
        if (!Wait.on(bridge.isThere(room, event))) return false;
        int number = last.map(MatrixStore.Edit::number).orElse(0) + (isSame ? 0 : 1);
        store.edit(event, new MatrixStore.Edit(digest, number, false), clock.millis());
        var transaction = hash("edit", event, Integer.toString(number), digest);
        var _ = Wait.on(bridge.edit(room, event, outgoing, transaction));
        store.edit(event, new MatrixStore.Edit(digest, number, true), clock.millis());
        return true;
    }

    // Marks

    private static List<String> marks(Document document) {
        return document.controls().stream().flatMap(it -> it.mark().stream()).toList();
    }

    private void setMark(MatrixBridge bridge, String room, String event, String mark) {
        var _ = once(markOf(event, mark), it -> Wait.on(bridge.react(room, event, mark, it)));
    }

    private void takeMarks(MatrixBridge bridge, String room, String event, List<String> but) {
        for (var mark : List.of(Marks.YES, Marks.NO)) {
            if (but.contains(mark)) continue;
            var set = markOf(event, mark);
            var reaction = store.sent(set);
            if (reaction.isEmpty()) continue;
            try {
                var _ = Wait.on(bridge.redact(room, reaction.get(), hash("take", set)));
            } catch (MatrixFailure e) {
                // Somebody else has taken it away, or it was never there.
                if (e.kind != MatrixFailure.Kind.NOT_FOUND) throw e;
            }
            store.forgetSent(set);
        }
    }

    private static String markOf(String event, String mark) {
        return hash("mark", event, mark);
    }

    // Files

    private void files(
            MatrixBridge bridge,
            String room,
            String event,
            OutboundMessage message,
            Optional<String> whole) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        whole.ifPresent(it -> files.put(FILE, it.getBytes(StandardCharsets.UTF_8)));
        for (var path : message.attachments()) files.put(path.getFileName().toString(), read(path));
        var thread = message.threadId().or(() -> Optional.of(event));
        files.forEach(
                (name, bytes) -> {
                    var _ =
                            once(
                                    hash("file", message.key(), name),
                                    it ->
                                            Wait.on(
                                                    bridge.sendFile(
                                                            room,
                                                            bytes,
                                                            name,
                                                            "text/plain",
                                                            thread,
                                                            it)));
                });
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new MatrixFailure(
                    MatrixFailure.Kind.REFUSED,
                    "%s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    // Transactions

    private String once(String transaction, Function<String, String> sending) {
        var known = store.sent(transaction);
        if (known.isPresent()) return known.get();
        var event = sending.apply(transaction);
        store.sent(transaction, event, clock.millis());
        return event;
    }

    private static String transaction(OutboundMessage message) {
        return hash("message", message.key());
    }

    private static String hash(String... parts) {
        var hash = new Hashing();
        for (var part : parts) hash.text(part);
        return "sop-" + hash.digest().substring(0, 40);
    }
}
