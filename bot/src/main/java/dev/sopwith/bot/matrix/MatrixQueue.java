package dev.sopwith.bot.matrix;

import dev.sopwith.engine.chat.SendResult;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One after the other is all that a server takes of an account: of eight at once it refuses five.
 * Prompts go first, then the room whose turn is longest ago, then who came first; while the server
 * has had enough nobody goes.
 *
 * <p>Threading: safe from any thread; whoever sends waits here for their turn.
 */
final class MatrixQueue {
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();

    // guarded by lock
    private final List<Ticket> waiting = new ArrayList<>();
    private final Map<String, Long> lastTurn = new HashMap<>(); // by room, counted in turns
    private long turns;
    private boolean isTaken;
    private Instant quietUntil = Instant.MIN;

    /** Somebody who waits for a turn. */
    record Ticket(String room, boolean isPrompt, long number) {}

    MatrixQueue(InstantSource clock) {
        this.clock = clock;
    }

    /** Sends when it is its turn. */
    SendResult send(String room, boolean isPrompt, Supplier<SendResult> sending) {
        var refused = enter(room, isPrompt);
        if (refused.isPresent()) return refused.get();
        try {
            var result = sending.get();
            result.retryAfter().ifPresent(this::quiet);
            return result;
        } finally {
            leave();
        }
    }

    private Optional<SendResult> enter(String room, boolean isPrompt) {
        lock.lock();
        try {
            var ticket = new Ticket(room, isPrompt, turns++);
            waiting.add(ticket);
            while (isTaken || !next(waiting, lastTurn).equals(ticket)) freed.awaitUninterruptibly();
            waiting.remove(ticket);
            var left = Duration.between(clock.instant(), quietUntil);
            if (left.isPositive()) {
                freed.signalAll();
                return Optional.of(SendResult.tooMany(left));
            }
            isTaken = true;
            lastTurn.put(room, turns++);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            isTaken = false;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void quiet(Duration time) {
        lock.lock();
        try {
            quietUntil = clock.instant().plus(time);
        } finally {
            lock.unlock();
        }
    }

    /** Whose turn it is of some who wait. */
    static Ticket next(List<Ticket> waiting, Map<String, Long> lastTurn) {
        return waiting.stream()
                .min(
                        Comparator.comparing((Ticket it) -> !it.isPrompt())
                                .thenComparing(it -> lastTurn.getOrDefault(it.room(), -1L))
                                .thenComparing(Ticket::number))
                .orElseThrow();
    }
}
