package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.store.Chat.PostRow;
import dev.sopwith.engine.store.Store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Sends posts, many at a time, so that no message is there twice whatever crashes: one commit says
 * of all of them that they may be on their way, then they go out one after the other, and one
 * commit keeps what became of them. Whoever comes after a crash in between finds rows that say "may
 * be there", and sends under the same keys.
 *
 * <p>Threading: one thread; blocks for as long as the network takes.
 */
final class Sender {
    /** After this a network may have forgotten a key: it is asked before a message is repeated. */
    private static final Duration UNANSWERED = Duration.ofMinutes(1);

    private final String name;
    private final Connector connector;
    private final Store store;
    private final InstantSource clock;
    private final String epoch;
    private final Attachments attachments;

    /**
     * What became of one post.
     *
     * @param row what the store says of it now
     * @param answer of the network; none when it was not asked
     * @param outage why nothing gets through to the network, when that is so
     * @param isLeft whether it was not tried: the turn was over, or the network takes no more
     */
    record Outcome(
            Wanted wanted,
            Optional<PostRow> row,
            Optional<SendResult> answer,
            Optional<String> outage,
            boolean isLeft) {

        boolean isTaken() {
            return answer.filter(SendResult::delivered).isPresent();
        }

        /** Whether more would be refused now. */
        boolean isEnough() {
            return outage.isPresent() || answer.flatMap(SendResult::retryAfter).isPresent();
        }
    }

    /**
     * @param name of the connector
     */
    Sender(
            String name,
            Connector connector,
            Store store,
            Attachments attachments,
            InstantSource clock) {
        this.attachments = attachments;
        this.name = name;
        this.connector = connector;
        this.store = store;
        this.clock = clock;
        this.epoch = store.read(reads -> reads.node().epoch());
    }

    /**
     * Sends these, in this order.
     *
     * @param mustYield asked before each but the first: whether one like this is left for later
     * @return what became of each, durable by now
     */
    List<Outcome> send(List<Wanted> batch, Predicate<Wanted> mustYield) {
        var rows = rows(batch);
        var now = clock.instant();
        var errands =
                batch.stream()
                        .map(
                                it ->
                                        Errand.of(
                                                it,
                                                Optional.ofNullable(rows.get(it.key())),
                                                name,
                                                connector.room(),
                                                now))
                        .toList();
        announce(errands);
        var outcomes = new ArrayList<Outcome>();
        boolean isEnough = false;
        boolean isFirst = true;
        for (var errand : errands) {
            boolean isLeft =
                    errand.goesOut()
                            && (isEnough
                                    || lacksRoot(errand, rows, batch)
                                    || (!isFirst && mustYield.test(errand.wanted())));
            var outcome = isLeft ? left(errand) : perform(errand, rows);
            outcome.row().ifPresent(it -> rows.put(it.key(), it));
            isEnough |= outcome.isEnough();
            isFirst &= !errand.goesOut();
            outcomes.add(outcome);
        }
        keep(errands, outcomes);
        return outcomes;
    }

    /** What is known of these, and of the threads they belong into. */
    private Map<String, PostRow> rows(List<Wanted> batch) {
        return store.read(
                reads -> {
                    var rows = new HashMap<String, PostRow>();
                    for (var key : keys(batch)) {
                        reads.chat().post(name, key).ifPresent(it -> rows.put(key, it));
                    }
                    return rows;
                });
    }

    private static Set<String> keys(List<Wanted> batch) {
        var keys = new HashSet<String>();
        for (var wanted : batch) {
            keys.add(wanted.key());
            wanted.root().ifPresent(keys::add);
        }
        return keys;
    }

    /** Before anything is sent, so that whoever comes after a crash knows that it may be there. */
    private void announce(List<Errand> errands) {
        var news =
                errands.stream()
                        .filter(it -> it.goesOut() && !it.before().equals(it.during()))
                        .map(Errand::row)
                        .toList();
        if (!news.isEmpty()) store.write(tx -> news.forEach(tx.chat()::put));
    }

    /** Whether the first message of its thread was to be sent with it, and is not there. */
    private boolean lacksRoot(Errand errand, Map<String, PostRow> rows, List<Wanted> batch) {
        var root = errand.wanted().root();
        if (root.isEmpty() || !connector.capabilities().threads()) return false;
        boolean isThere =
                Optional.ofNullable(rows.get(root.get())).flatMap(PostRow::messageId).isPresent();
        return !isThere && batch.stream().anyMatch(it -> it.key().equals(root.get()));
    }

    private static Outcome left(Errand errand) {
        return new Outcome(
                errand.wanted(), errand.before(), Optional.empty(), Optional.empty(), true);
    }

    private Outcome perform(Errand errand, Map<String, PostRow> rows) {
        return switch (errand.act()) {
            case NONE -> known(errand, errand.before());
            case DROP -> known(errand, Optional.empty());
            case KEEP -> {
                var row = errand.row();
                yield known(errand, Optional.of(errand.settled(row.messageId(), clock.millis())));
            }
            case EDIT -> {
                var id = errand.row().messageId().orElseThrow();
                yield answered(errand, connector.update(id, message(errand, rows)));
            }
            case SEND -> {
                var message = message(errand, rows);
                var found = isOld(errand) ? connector.find(message) : Optional.<String>empty();
                yield answered(
                        errand,
                        found.map(SendResult::delivered)
                                .orElseGet(() -> sent(message, errand.wanted().output())));
            }
        };
    }

    private SendResult sent(OutboundMessage message, Optional<FullOutput> output) {
        if (output.isEmpty() || !connector.capabilities().files()) return connector.send(message);
        try {
            var made = attachments.make(output.get());
            if (made.isEmpty()) return connector.send(message);
            try (var it = made.get()) {
                return connector.send(
                        new OutboundMessage(
                                message.key(),
                                message.room(),
                                message.threadId(),
                                message.document(),
                                List.of(it.file()),
                                message.answers(),
                                message.isLast()));
            }
        } catch (IOException | UncheckedIOException e) {
            return SendResult.failed("the file could not be made: " + e.getMessage());
        }
    }

    private boolean isOld(Errand errand) {
        return errand.wasTried()
                && Instant.ofEpochMilli(errand.row().at())
                        .plus(UNANSWERED)
                        .isBefore(clock.instant());
    }

    private static Outcome known(Errand errand, Optional<PostRow> row) {
        return new Outcome(errand.wanted(), row, Optional.empty(), Optional.empty(), false);
    }

    private Outcome answered(Errand errand, SendResult result) {
        // When the room took it: the pause before the next edit begins there.
        long at = clock.millis();
        PostRow row;
        var outage = Optional.<String>empty();
        if (result.delivered()) {
            row = errand.settled(result.messageId(), at);
        } else if (result.isGone()) {
            row = errand.gone(at);
        } else {
            row = errand.row();
            if (result.retryAfter().isEmpty()) outage = outage();
        }
        return new Outcome(errand.wanted(), Optional.of(row), Optional.of(result), outage, false);
    }

    private Optional<String> outage() {
        var health = connector.health();
        return health.reachable() && health.authenticated()
                ? Optional.empty()
                : Optional.of(health.detail());
    }

    /** What was announced and not tried is again what it was. */
    private void keep(List<Errand> errands, List<Outcome> outcomes) {
        var put = new ArrayList<PostRow>();
        var removed = new ArrayList<String>();
        for (int i = 0; i < errands.size(); i++) {
            var row = outcomes.get(i).row();
            if (row.equals(errands.get(i).during())) continue;
            if (row.isPresent()) put.add(row.get());
            else removed.add(errands.get(i).wanted().key());
        }
        if (put.isEmpty() && removed.isEmpty()) return;
        store.write(
                tx -> {
                    put.forEach(tx.chat()::put);
                    removed.forEach(it -> tx.chat().remove(name, it));
                });
    }

    private OutboundMessage message(Errand errand, Map<String, PostRow> rows) {
        var wanted = errand.wanted();
        var root =
                wanted.root()
                        .flatMap(it -> Optional.ofNullable(rows.get(it)))
                        .flatMap(PostRow::messageId);
        var thread =
                connector.capabilities().threads()
                        ? wanted.threadId().or(() -> root)
                        : Optional.<String>empty();
        return new OutboundMessage(
                errand.shown().key(wanted.key()),
                errand.row().room(),
                thread,
                wanted.document(),
                List.of(),
                Answers.event(wanted.key(), epoch),
                wanted.isClosed());
    }
}
