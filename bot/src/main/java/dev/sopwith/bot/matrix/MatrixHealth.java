package dev.sopwith.bot.matrix;

import dev.sopwith.engine.chat.ConnectorHealth;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How one account is, in words that say what to do.
 *
 * <p>Threading: safe from any thread.
 */
final class MatrixHealth {
    private static final System.Logger LOG = System.getLogger(MatrixHealth.class.getName());

    private static final MatrixFailure CONNECTING =
            new MatrixFailure(MatrixFailure.Kind.UNREACHABLE, "connecting");

    private final String user;
    private final InstantSource clock;
    private final Map<String, String> rooms = new ConcurrentHashMap<>(); // problem by connector
    private final Map<String, String> unsent = new ConcurrentHashMap<>(); // problem by room
    private volatile Optional<MatrixFailure> failure = Optional.of(CONNECTING);
    private volatile Optional<Instant> lastSync = Optional.empty();
    private volatile Signing signing = Signing.UNKNOWN;
    private volatile int unreadable;

    /** Whether others can see that this device is the account's own. */
    enum Signing {
        UNKNOWN("not looked at yet"),
        SIGNED("cross-signed"),
        UNSIGNED("not cross-signed: set MATRIX_RECOVERY_KEY and start again"),
        NONE(
                "no cross-signing yet: start once in a terminal (./sopwith up), it shows a recovery key"),
        WRONG_KEY("not cross-signed: MATRIX_RECOVERY_KEY is not the key of this account");

        final String words;

        Signing(String words) {
            this.words = words;
        }
    }

    MatrixHealth(String user, InstantSource clock) {
        this.user = user;
        this.clock = clock;
    }

    /** It works; told once after it did not. */
    void well() {
        if (failure.isEmpty()) return;
        failure = Optional.empty();
        LOG.log(System.Logger.Level.INFO, "matrix {0}: connected", user);
    }

    /** It does not work; told when it is another reason than before. */
    void failed(MatrixFailure why) {
        var before = failure;
        failure = Optional.of(why);
        boolean isNews = before.filter(it -> words(it).equals(words(why))).isEmpty();
        if (isNews) LOG.log(System.Logger.Level.WARNING, "matrix {0}: {1}", user, words(why));
    }

    void synced() {
        lastSync = Optional.of(clock.instant());
    }

    void signing(Signing now) {
        signing = now;
    }

    boolean isSigningKnown() {
        return signing != Signing.UNKNOWN;
    }

    void unreadable(int count) {
        unreadable = count;
    }

    /** What is wrong with the room of a connector; empty when nothing is. */
    void room(String connector, String problem) {
        var before = Optional.ofNullable(rooms.put(connector, problem)).orElse("");
        if (problem.equals(before)) return;
        var level = problem.isEmpty() ? System.Logger.Level.INFO : System.Logger.Level.WARNING;
        LOG.log(
                level,
                "connector {0}: {1}",
                connector,
                problem.isEmpty() ? "room is ready" : problem);
    }

    /** The room has taken what was sent last. */
    void sent(String room) {
        unsent.remove(room);
    }

    /** What was sent last is not there, and trying again alone changes nothing. */
    void unsent(String room, String why) {
        if (why.equals(unsent.put(room, why))) return;
        LOG.log(System.Logger.Level.WARNING, "matrix {0}: {1}", user, why);
    }

    static String words(MatrixFailure failure) {
        var text = String.valueOf(failure.getMessage());
        return switch (failure.kind) {
            case UNREACHABLE -> failure == CONNECTING ? text : text + "; tried again by itself";
            case UNAUTHENTICATED ->
                    text
                            + "; set MATRIX_ACCESS_TOKEN or MATRIX_PASSWORD anew (a file or credential"
                            + " is read again by itself, a variable after a restart)";
            case FORBIDDEN, NOT_FOUND, TOO_MANY, REFUSED -> text;
        };
    }

    /** Nobody is logged in. */
    ConnectorHealth unconnected(Map<String, String> identity) {
        var why = failure.orElseGet(() -> CONNECTING);
        boolean answers = why.kind != MatrixFailure.Kind.UNREACHABLE;
        return new ConnectorHealth(answers, false, lastSync, words(why), new LinkedHashMap<>(identity));
    }

    /**
     * @param connector in the roster
     * @param room its id
     * @param probe what the server said just now; the failure if it said nothing
     */
    ConnectorHealth of(
            String connector,
            String room,
            Optional<MatrixFailure> probe,
            Map<String, String> identity) {
        var problem = probe.or(() -> failure);
        var facts = new LinkedHashMap<>(identity);
        facts.put("cross-signing", signing.words);
        facts.put(
                "decrypts",
                unreadable == 0 ? "yes" : "no key yet for %d messages".formatted(unreadable));
        if (problem.isEmpty()) {
            var entered = rooms.getOrDefault(connector, "the room is not entered yet");
            var detail = entered.isEmpty() ? unsent.getOrDefault(room, "") : entered;
            return new ConnectorHealth(true, true, lastSync, detail, facts);
        }
        boolean answers = problem.get().kind != MatrixFailure.Kind.UNREACHABLE;
        boolean isKnown = answers && problem.get().kind != MatrixFailure.Kind.UNAUTHENTICATED;
        return new ConnectorHealth(answers, isKnown, lastSync, words(problem.get()), facts);
    }
}
