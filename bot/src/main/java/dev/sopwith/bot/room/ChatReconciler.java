package dev.sopwith.bot.room;

import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.store.Store;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Makes what one connector shows look like the store says: sends what is missing, edits what
 * differs, closes what is over. Nothing else sends. {@link Wishes} says what is wanted, {@link
 * Agenda} when it may go out, {@link Sender} brings it there.
 *
 * <p>Level-triggered: being told of a run or a post only means "look". What was shown is a row of
 * the store, so one that begins anew sees what is left to do. What if something happens twice: a
 * message has one key, and before anything is sent the store says that it may have been, so a lost
 * answer makes no second message, and what is not known for sure is shown once more.
 *
 * <p>Threading: {@link #look} and {@link #show} from any thread, they do not block; all the rest
 * belongs to one thread, which {@link #start} begins.
 */
public final class ChatReconciler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ChatReconciler.class.getName());

    /**
     * How long it looks, and how long it then shows, before it does the other again: in a room of
     * many runs that change all the time neither waits for the other to be through.
     */
    private static final Duration TURN = Duration.ofMillis(50);

    private static final Duration BREATH_MAX = Duration.ofMillis(200);

    /** Posts that are announced in one commit, at most. */
    private static final int BATCH_MAX = 256;

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final String name;
    private final Connector connector;
    private final InstantSource clock;
    private final Semaphore told = new Semaphore(0);

    /** Somebody waits for an answer. */
    private final Semaphore asked = new Semaphore(0);

    private final Set<RunId> runsTold = new LinkedHashSet<>(); // guarded by itself
    private final Set<String> postsTold = new LinkedHashSet<>(); // guarded by itself
    private volatile Runnable shown = () -> {};
    private volatile boolean isAllTold = true;
    private volatile boolean isBack;
    private volatile boolean isEnding;
    private volatile boolean isClosed;
    private Optional<Thread> thread = Optional.empty();

    // Of the one thread.
    private final Agenda agenda;
    private final Wishes wishes;
    private final Sender sender;

    /** As many as the network takes in one turn, as far as is known. */
    private int batch = BATCH_MAX;

    /**
     * @param name of the connector in the roster
     * @param shows whether runs of this SOP are shown there
     */
    public ChatReconciler(
            String name,
            Connector connector,
            Store store,
            RunViews views,
            Predicate<String> shows,
            InstantSource clock) {
        this.name = name;
        this.connector = connector;
        this.clock = clock;
        this.agenda = new Agenda(name);
        var can = connector.capabilities();
        boolean takesClicks = can.buttons() || can.reactions();
        this.wishes = new Wishes(name, store, views, shows, takesClicks, clock, agenda);
        this.sender = new Sender(name, connector, store, new Attachments(views), clock);
    }

    /** Begins: looks at everything, then at whatever it is told of. */
    public void start() {
        thread = Optional.of(Thread.ofVirtual().name("chat-" + name).start(this::work));
    }

    /** This run may have changed. */
    public void look(RunId run) {
        synchronized (runsTold) {
            runsTold.add(run);
        }
        told.release();
    }

    /** Everything may have changed: whom people are, or where runs are shown. */
    public void lookAtAll() {
        isAllTold = true;
        told.release();
    }

    /** There is a post of this key in the store that follows from no run. */
    public void show(String key) {
        synchronized (postsTold) {
            postsTold.add(key);
        }
        asked.release();
        told.release();
    }

    /** Tells when the store knows what the network calls something that was sent. */
    public void whenShown(Runnable told) {
        shown = told;
    }

    /** The network is there again: what waited because of it waits no longer. */
    public void back() {
        isBack = true;
        told.release();
    }

    private void work() {
        while (!isClosed) {
            try {
                if (isEnding) {
                    var _ = settle();
                    return;
                }
                long begun = System.nanoTime();
                if (pass()) breathe(Duration.ofNanos(System.nanoTime() - begun));
                else await(agenda.soonest());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (isClosed) return;
                LOG.log(Level.ERROR, "posts to " + name + " failed; goes on", e);
                agenda.rest(clock.instant().plus(Agenda.PAUSE_MAX));
                isAllTold = true;
                pause();
            }
        }
    }

    private void await(Optional<Instant> next) throws InterruptedException {
        var wait =
                next.map(it -> Duration.between(clock.instant(), it))
                        .filter(it -> it.compareTo(Agenda.PAUSE_MAX) < 0)
                        .orElse(Agenda.PAUSE_MAX);
        boolean wasTold = told.tryAcquire(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
        if (wasTold) told.drainPermits();
    }

    /**
     * Half of a processor is enough for a room: what comes meanwhile is looked at as one. Who waits
     * for an answer does not wait for that.
     */
    private void breathe(Duration worked) throws InterruptedException {
        if (worked.compareTo(TURN) < 0 || isEnding) return;
        long millis = Math.min(worked.toMillis(), BREATH_MAX.toMillis());
        if (asked.tryAcquire(millis, TimeUnit.MILLISECONDS)) asked.release();
    }

    private void pause() {
        try {
            var _ = told.tryAcquire(Agenda.PAUSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            isClosed = true;
        }
    }

    /**
     * Brings the room as far as it can be brought now. For the one thread, or whoever began none.
     *
     * @return when there is more to do; empty when all is as it should be
     */
    public Optional<Instant> settle() {
        while (!isClosed) if (!pass()) break;
        return agenda.soonest();
    }

    /** Looks for a while, then shows for a while; answers whether there was anything to do. */
    private boolean pass() {
        if (isBack) {
            isBack = false;
            agenda.forgive();
            isAllTold = true;
        }
        boolean hasLooked = look();
        var next = agenda.batch(clock.instant(), batch, connector.capabilities().threads());
        if (!next.isEmpty()) show(next);
        return hasLooked || !next.isEmpty();
    }

    private boolean look() {
        if (isAllTold) {
            isAllTold = false;
            agenda.clear();
            var runs = wishes.all();
            synchronized (runsTold) {
                runsTold.addAll(runs);
            }
        }
        asked.drainPermits();
        boolean any = false;
        for (var post = taken(postsTold); post.isPresent(); post = taken(postsTold)) {
            wishes.stored(post.get());
            any = true;
        }
        long end = System.nanoTime() + TURN.toNanos();
        while (!isAsked() && System.nanoTime() < end) {
            var run = taken(runsTold);
            if (run.isEmpty()) break;
            wishes.run(run.get());
            any = true;
        }
        return any;
    }

    private boolean isAsked() {
        return asked.availablePermits() > 0;
    }

    /** The one that was told first. */
    private static <T> Optional<T> taken(Set<T> told) {
        synchronized (told) {
            var first = told.iterator();
            if (!first.hasNext()) return Optional.empty();
            var taken = first.next();
            first.remove();
            return Optional.of(taken);
        }
    }

    private void show(List<Wanted> next) {
        long end = System.nanoTime() + TURN.toNanos();
        var outcomes = sender.send(next, it -> mustYield(it, end));
        int left = 0;
        for (var it : outcomes) {
            if (it.isLeft()) left++;
            note(it);
        }
        if (outcomes.stream().anyMatch(Sender.Outcome::isTaken)) shown.run();
        // What is announced and not sent was written for nothing.
        batch = left == 0 ? Math.min(2 * batch, BATCH_MAX) : Math.max(1, next.size() - left);
    }

    /** A turn ends with its time, or when somebody waits for something that goes first. */
    private boolean mustYield(Wanted wanted, long end) {
        boolean isLess = wanted.rank().compareTo(Wanted.Rank.ANSWER) > 0;
        return isClosed || System.nanoTime() > end || (isLess && isAsked());
    }

    private void note(Sender.Outcome it) {
        if (it.isLeft()) return;
        var key = it.wanted().key();
        var now = clock.instant();
        if (it.isTaken()) {
            agenda.taken(key);
        } else if (it.answer().filter(answer -> !answer.isGone()).isPresent()) {
            agenda.refused(key, it.answer().get(), it.outage(), now);
        }
        agenda.consider(it.wanted(), it.row(), now);
    }

    /** Ends, after what can be shown at once, in a moment at most; what is left is found again. */
    @Override
    public void close() {
        isEnding = true;
        told.release();
        try {
            if (thread.isPresent() && !thread.get().join(LAST_WORDS)) thread.get().interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        isClosed = true;
    }
}
