package dev.sopwith.bot.desk;

import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.Overview;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Who of those who follow a room may see a post, by its key: in the room of the terminals each
 * reader is known, so nobody sees there what they could not ask for. What cannot be told is only
 * for the operator.
 *
 * <p>Threading: safe from any thread.
 */
public final class Audience {
    /** Runs whose SOP is remembered: a run never has another. */
    private static final int KNOWN_MAX = 10_000;

    private static final Pattern OF_RUN =
            Pattern.compile("(?:run/|service/\\d{1,19}/R-)([1-9]\\d{0,17})(?:/.*)?");
    private static final Pattern MISSED = Pattern.compile("service/\\d{1,19}/missed/([^/]+)/.*");
    private static final Pattern OF_ALL =
            Pattern.compile("service/\\d{1,19}/(?:start|stop|roster|accounts)");
    private static final String ANSWER = "answer/";

    private final Rights rights;
    private final Overview overview;
    private final String epoch;
    private final Map<RunId, String> known = new ConcurrentHashMap<>();

    /**
     * @param epoch of the store: keys of another one are about nothing that is known
     */
    public Audience(Rights rights, Overview overview, String epoch) {
        this.rights = rights;
        this.overview = overview;
        this.epoch = epoch;
    }

    /** Whether this person may see the post with this key. */
    public boolean sees(Speaker speaker, String key) {
        if (speaker.isOperator()) return true;
        if (!key.startsWith(epoch + "/")) return false;
        var rest = key.substring(epoch.length() + 1);
        // What was answered may be about anything that whoever asked may see.
        if (rest.startsWith(ANSWER)) {
            return rest.startsWith(ANSWER + speaker.identity() + "/");
        }
        if (OF_ALL.matcher(rest).matches()) return true;
        return sop(rest).filter(it -> rights.may(speaker, Right.SEE, it)).isPresent();
    }

    /** The SOP that it is about. */
    private Optional<String> sop(String rest) {
        var missed = MISSED.matcher(rest);
        if (missed.matches()) return Optional.of(missed.group(1));
        var run = OF_RUN.matcher(rest);
        return run.matches() ? sop(new RunId(Long.parseLong(run.group(1)))) : Optional.empty();
    }

    private Optional<String> sop(RunId run) {
        var sop = Optional.ofNullable(known.get(run));
        if (sop.isPresent()) return sop;
        var found = overview.sopOf(run);
        if (known.size() >= KNOWN_MAX) known.clear();
        found.ifPresent(it -> known.put(run, it));
        return found;
    }
}
