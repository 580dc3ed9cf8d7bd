package dev.sopwith.bot.local;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection of the socket: who is on the other end, and until when they must have done
 * something. Whoever is late is told what for, and then gone.
 *
 * <p>Threading: one thread reads, any may write; one looks who is late.
 */
final class Peer {
    static final Duration HELLO = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofMinutes(10);
    private static final Duration SENDING = Duration.ofSeconds(30);

    /** How long somebody has to take in why they are sent away. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Wire wire;
    private final Caller caller;
    private final ReentrantLock writing = new ReentrantLock(); // one line at a time
    private volatile Limit limit;
    private volatile Optional<Limit> mustSpeak = Optional.empty();
    private volatile boolean isEnding;

    /**
     * Until when something must have happened.
     *
     * @param at as {@link System#nanoTime} counts
     * @param why what is said when it has not
     */
    private record Limit(long at, String why) {
        static Limit in(Duration time, String why) {
            return new Limit(System.nanoTime() + time.toNanos(), why);
        }

        boolean isOver() {
            return System.nanoTime() - at > 0;
        }
    }

    /**
     * @param hello how long it may take to say hello
     */
    Peer(Wire wire, Caller caller, Duration hello) {
        this.wire = wire;
        this.caller = caller;
        this.limit =
                Limit.in(
                        hello,
                        "nothing came for %d s; the first line is {\"hello\": %d}"
                                .formatted(hello.toSeconds(), Wire.VERSION));
    }

    Wire wire() {
        return wire;
    }

    Caller caller() {
        return caller;
    }

    /** From now on it has to say something at least this often. */
    void expectWithin(Duration time) {
        mustSpeak =
                Optional.of(
                        Limit.in(
                                time,
                                "nothing came for %d s, not even {\"alive\": true}"
                                        .formatted(time.toSeconds())));
    }

    void write(JsonNode json) throws IOException {
        writing.lock();
        try {
            limit = Limit.in(SENDING, "what was sent was not taken");
            wire.write(json);
            limit =
                    Limit.in(
                            SILENCE, "nothing was asked for %d min".formatted(SILENCE.toMinutes()));
        } finally {
            writing.unlock();
        }
    }

    /** The last words to whoever is not served; they must arrive, whatever is still coming. */
    void sendAway(JsonNode why) throws IOException {
        write(why);
        limit = Limit.in(LAST_WORDS, "");
        wire.hangUp();
    }

    /**
     * Ends it when it is late: at once where it cannot be told, else a few seconds after it was.
     * Does not block.
     */
    void endIfLate() {
        var spoken = mustSpeak;
        if (limit.isOver()) end(limit.why());
        else if (spoken.isPresent() && spoken.get().isOver()) end(spoken.get().why());
    }

    private void end(String why) {
        if (isEnding || why.isEmpty() || writing.isLocked()) {
            wire.close();
            return;
        }
        isEnding = true;
        mustSpeak = Optional.empty();
        limit = Limit.in(LAST_WORDS, "");
        Thread.ofVirtual()
                .name("local-last-words")
                .start(() -> tell(why + "; the service hangs up"));
    }

    private void tell(String why) {
        if (!writing.tryLock()) return; // it is being written to, and hears the rest of that
        try {
            wire.write(Answer.empty().put("error", why));
            wire.finish();
        } catch (IOException _) {
            wire.close();
        } finally {
            writing.unlock();
        }
    }
}
