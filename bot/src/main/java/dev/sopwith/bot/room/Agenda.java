package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.store.Chat.PostRow;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a room does not show as it should, and when it may be sent: what goes first, how often a
 * message may be edited, how patient to be with a network that refuses or is away.
 *
 * <p>Threading: one thread. Sends nothing and keeps nothing.
 */
final class Agenda {
    private static final System.Logger LOG = System.getLogger(Agenda.class.getName());

    private static final Duration EDIT_PAUSE = Duration.ofSeconds(3);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    static final Duration PAUSE_MAX = Duration.ofSeconds(60);

    private static final int TOLD_AFTER = 5;

    /** Posts that are over for ever, as far as they are remembered: none is looked at again. */
    private static final int OVER_MAX = 20_000;

    /** The most urgent first; of those the one that waits longest: what was never sent. */
    private static final Comparator<Task> ORDER =
            Comparator.<Task, Wanted.Rank>comparing(it -> it.wanted().rank())
                    .thenComparing(Task::due);

    private final String name;
    private final Map<String, Task> work = new LinkedHashMap<>();
    private final Map<String, Setback> setbacks = new HashMap<>();
    private final Set<String> over =
            Collections.newSetFromMap(
                    new LinkedHashMap<>() {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                            return size() > OVER_MAX;
                        }
                    });
    private Duration editPause = EDIT_PAUSE;
    private Instant quietUntil = Instant.MIN;
    private int outages;

    /**
     * Something to be done.
     *
     * @param due when at the earliest
     * @param isUnsent whether the network has not confirmed any message of it yet
     */
    private record Task(Wanted wanted, Instant due, boolean isUnsent) {}

    /** A post that did not get through. */
    private record Setback(int count, Instant until) {}

    /**
     * @param name of the connector
     */
    Agenda(String name) {
        this.name = name;
    }

    /** Forgets what there is to do, not how patient to be: all of it is considered again. */
    void clear() {
        work.clear();
    }

    /** Whether a post is over for ever, as far as is remembered. */
    boolean isOver(String key) {
        return over.contains(key);
    }

    /** This post is over for ever. */
    void over(String key) {
        over.add(key);
    }

    /**
     * Makes it work, unless the room shows it already.
     *
     * @param row what the store knows of the message
     */
    void consider(Wanted wanted, Optional<PostRow> row, Instant now) {
        if (wanted.canEnd() && isOver(wanted.key())) return;
        if (wanted.standing(row, now) == Wanted.Standing.RIGHT) {
            forget(wanted.key());
            if (wanted.canEnd()) over(wanted.key());
            return;
        }
        boolean isUnsent = row.flatMap(PostRow::messageId).isEmpty();
        work.put(wanted.key(), new Task(wanted, due(wanted, row), isUnsent));
    }

    /** Not before a setback is over, and edits not faster than a room can take them. */
    private Instant due(Wanted wanted, Optional<PostRow> row) {
        var setback = Optional.ofNullable(setbacks.get(wanted.key())).map(Setback::until);
        var edit =
                row.filter(it -> it.messageId().isPresent())
                        .map(it -> Instant.ofEpochMilli(it.at()).plus(editPause));
        return Stream.concat(setback.stream(), edit.stream())
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
    }

    private void forget(String key) {
        work.remove(key);
        setbacks.remove(key);
    }

    /**
     * What can be done now, the most urgent first; the first message of a thread goes before what
     * belongs into it.
     *
     * @param max how many at most; roots come on top
     * @param hasThreads whether the network has any
     */
    List<Wanted> batch(Instant now, int max, boolean hasThreads) {
        if (now.isBefore(quietUntil)) return List.of();
        SequencedMap<String, Wanted> batch = new LinkedHashMap<>();
        work.values().stream()
                .filter(it -> !due(it).isAfter(now))
                .sorted(ORDER)
                .limit(max)
                .map(Task::wanted)
                .forEach(
                        it -> {
                            if (hasThreads) {
                                unsentRoot(it).ifPresent(root -> batch.put(root.key(), root));
                            }
                            batch.put(it.key(), it);
                        });
        return List.copyOf(batch.values());
    }

    private Optional<Wanted> unsentRoot(Wanted wanted) {
        return wanted.root()
                .flatMap(it -> Optional.ofNullable(work.get(it)))
                .filter(Task::isUnsent)
                .map(Task::wanted);
    }

    /** When there is more to do; empty when all is as it should be. */
    Optional<Instant> soonest() {
        return work.values().stream()
                .map(this::due)
                .map(it -> it.isBefore(quietUntil) ? quietUntil : it)
                .min(Comparator.naturalOrder());
    }

    private Instant due(Task task) {
        return task.wanted()
                .root()
                .flatMap(it -> Optional.ofNullable(setbacks.get(it)))
                .map(Setback::until)
                .filter(task.due()::isBefore)
                .orElse(task.due());
    }

    // What became of it

    /** The network has taken something: it is there, and takes more. */
    void taken(String key) {
        setbacks.remove(key);
        outages = 0;
        editPause = EDIT_PAUSE;
    }

    /**
     * The network has not taken it.
     *
     * @param outage what keeps everything from getting through, if that is so
     */
    void refused(String key, SendResult result, Optional<String> outage, Instant now) {
        if (result.retryAfter().isPresent()) {
            quietUntil = now.plus(result.retryAfter().get());
            editPause = shorter(editPause.multipliedBy(2), PAUSE_MAX);
            return;
        }
        int count = 1 + Optional.ofNullable(setbacks.get(key)).map(Setback::count).orElse(0);
        setbacks.put(key, new Setback(count, now.plus(pause(count))));
        if (count == TOLD_AFTER) {
            var why = result.error().orElse("");
            LOG.log(Level.WARNING, "%s does not take %s: %s".formatted(name, key, why));
        }
        if (outage.isEmpty()) return;
        if (++outages == 1) {
            LOG.log(Level.WARNING, "%s: %s; posts wait".formatted(name, outage.get()));
        }
        quietUntil = now.plus(pause(outages));
    }

    /** The network is there again: no post waits because of what was. */
    void forgive() {
        quietUntil = Instant.MIN;
        outages = 0;
        setbacks.clear();
    }

    /** Nothing is sent before this. */
    void rest(Instant until) {
        quietUntil = until;
    }

    private static Duration pause(int count) {
        return shorter(RETRY_PAUSE.multipliedBy(1L << Math.min(count - 1, 10)), PAUSE_MAX);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
