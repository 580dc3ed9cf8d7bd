package dev.sopwith.bot.room;

import dev.sopwith.bot.room.Wanted.Rank;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Control;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;
import dev.sopwith.engine.store.Chat.PostRow;
import dev.sopwith.engine.store.Store;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Makes what one connector shows look like the store says: sends what is missing, edits what
 * differs, closes what is over. Nothing else sends.
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

    private static final Duration EDIT_PAUSE = Duration.ofSeconds(3);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(60);

    /** After this a network may have forgotten a key: it is asked before a message is repeated. */
    private static final Duration UNANSWERED = Duration.ofMinutes(1);

    /** What was over for longer than this is not news any more, and is not sent. */
    private static final Duration NEWS = Duration.ofDays(1);

    private static final int TOLD_AFTER = 5;

    /**
     * How long it looks, and how long it then shows, before it does the other again: in a room of
     * many runs that change all the time neither waits for the other to be through.
     */
    private static final Duration TURN = Duration.ofMillis(50);

    private static final Duration BREATH_MAX = Duration.ofMillis(200);

    /** Posts that are over for ever, as far as they are remembered: none is looked at again. */
    private static final int OVER_MAX = 20_000;

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final String name;
    private final Connector connector;
    private final Store store;
    private final RunViews views;
    private final Predicate<String> shows;
    private final InstantSource clock;
    private final String epoch;
    private final Semaphore told = new Semaphore(0);

    private final Set<RunId> runsTold = new LinkedHashSet<>(); // guarded by itself
    private final Set<String> postsTold = new LinkedHashSet<>(); // guarded by itself
    private volatile boolean isAllTold = true;
    private volatile boolean isBack;
    private volatile boolean isEnding;
    private volatile boolean isClosed;
    private Optional<Thread> thread = Optional.empty();

    // Of the one thread: what is not as it should be, and how patient to be with it.
    private final Map<String, Task> work = new LinkedHashMap<>();
    private final Map<String, Setback> setbacks = new HashMap<>();
    private final Map<RunId, List<PostRow>> leftOpen = new HashMap<>();
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

    /** Something to be done, and when at the earliest. */
    private record Task(Wanted wanted, Instant due) {}

    /** A post that did not get through. */
    private record Setback(int count, Instant until) {}

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
        this.store = store;
        this.views = views;
        this.shows = shows;
        this.clock = clock;
        this.epoch = store.read(reads -> reads.node().epoch());
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
        told.release();
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
                else await(soonest());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (isClosed) return;
                LOG.log(Level.ERROR, "posts to " + name + " failed; goes on", e);
                quietUntil = clock.instant().plus(PAUSE_MAX);
                isAllTold = true;
                pause();
            }
        }
    }

    private void await(Optional<Instant> next) throws InterruptedException {
        var wait =
                next.map(it -> Duration.between(clock.instant(), it))
                        .filter(it -> it.compareTo(PAUSE_MAX) < 0)
                        .orElse(PAUSE_MAX);
        boolean wasTold = told.tryAcquire(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
        if (wasTold) told.drainPermits();
    }

    /** Half of a processor is enough for a room: what comes meanwhile is looked at as one. */
    private void breathe(Duration worked) throws InterruptedException {
        if (worked.compareTo(TURN) < 0 || isEnding) return;
        Thread.sleep(shorter(worked, BREATH_MAX));
    }

    private void pause() {
        try {
            var _ = told.tryAcquire(PAUSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
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
        return soonest();
    }

    /** Looks for a while, then shows for a while; answers whether there was anything to do. */
    private boolean pass() {
        if (isBack) forgive();
        boolean hasLooked = refresh();
        long end = System.nanoTime() + TURN.toNanos();
        boolean hasShown = false;
        do {
            var now = clock.instant();
            var next = now.isBefore(quietUntil) ? Optional.<Wanted>empty() : next(now);
            if (next.isEmpty()) break;
            perform(next.get(), now);
            hasShown = true;
        } while (!isClosed && System.nanoTime() < end);
        return hasLooked || hasShown;
    }

    private void forgive() {
        isBack = false;
        quietUntil = Instant.MIN;
        outages = 0;
        setbacks.clear();
        List.copyOf(work.values()).forEach(it -> consider(it.wanted()));
    }

    private Optional<Instant> soonest() {
        return work.values().stream()
                .map(this::due)
                .map(it -> it.isBefore(quietUntil) ? quietUntil : it)
                .min(Comparator.naturalOrder());
    }

    /** What can be done now and goes first. */
    private Optional<Wanted> next(Instant now) {
        return work.values().stream()
                .filter(it -> !due(it).isAfter(now))
                .map(Task::wanted)
                .min(Comparator.comparing(Wanted::rank));
    }

    private Instant due(Task task) {
        return task.wanted()
                .root()
                .flatMap(it -> Optional.ofNullable(setbacks.get(it)))
                .map(Setback::until)
                .filter(task.due()::isBefore)
                .orElse(task.due());
    }

    // What is wanted

    private boolean refresh() {
        if (isAllTold) {
            isAllTold = false;
            wantAll();
        }
        boolean any = false;
        long end = System.nanoTime() + TURN.toNanos();
        var post = taken(postsTold);
        for (; post.isPresent(); post = taken(postsTold)) {
            row(post.get()).ifPresent(this::wantStored);
            any = true;
        }
        for (var run = taken(runsTold); run.isPresent(); run = taken(runsTold)) {
            want(run.get());
            any = true;
            if (System.nanoTime() > end) break;
        }
        return any;
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

    /** Every run becomes one that was told of; prompts of those that nobody knows are closed. */
    private void wantAll() {
        work.clear();
        leftOpen.clear();
        var runs = new TreeSet<>(views.since(clock.instant().minus(NEWS)));
        for (var row : store.<List<PostRow>>read(reads -> reads.chat().openPosts(name))) {
            var run = PostKey.parse(row.key(), epoch).map(PostKey::run);
            if (row.text().isPresent()) {
                wantStored(row);
            } else if (run.isPresent()) {
                runs.add(run.get());
                leftOpen.computeIfAbsent(run.get(), _ -> new ArrayList<>()).add(row);
            } else {
                wantClosed(row);
            }
        }
        synchronized (runsTold) {
            runsTold.addAll(runs);
        }
    }

    /** What is not as it should be becomes work. */
    private void want(RunId run) {
        var view = views.of(run).filter(it -> shows.test(it.run().name()));
        var keys = new TreeSet<String>();
        if (view.isPresent()) {
            for (var wanted : wanted(view.get())) {
                keys.add(wanted.key());
                consider(wanted);
            }
        }
        for (var row : Optional.ofNullable(leftOpen.remove(run)).orElse(List.of())) {
            if (!keys.contains(row.key())) row(row.key()).ifPresent(this::wantClosed);
        }
    }

    private List<Wanted> wanted(RunView view) {
        var all = new ArrayList<Wanted>();
        var root = epoch + "/" + Question.run(view.run().id()) + "/card";
        for (var post : Render.posts(view)) {
            boolean isPrompt = post.isInThread() && !post.isClosed();
            all.add(
                    new Wanted(
                            epoch + "/" + post.key(),
                            isPrompt ? Rank.PROMPT : Rank.LEVEL,
                            post.isInThread() ? Optional.of(root) : Optional.empty(),
                            Optional.empty(),
                            ours(post.document()),
                            post.closedAt(),
                            Optional.empty()));
        }
        all.addAll(logs(view, root));
        for (var notice : Notices.of(view)) {
            all.add(
                    new Wanted(
                            epoch + "/" + notice.key(),
                            Rank.NOTICE,
                            Optional.of(root),
                            Optional.empty(),
                            notice.document(),
                            Optional.empty(),
                            Optional.of(notice.expiresAt())));
        }
        return all;
    }

    /** What each attempt printed that has ended; what is shown already is not read again. */
    private List<Wanted> logs(RunView view, String root) {
        var all = new ArrayList<Wanted>();
        int attempt = 1;
        for (var event : view.events()) {
            if (event instanceof RunEvent.StepStarted it) attempt = it.attempt();
            var step =
                    switch (event) {
                        case RunEvent.StepSucceeded it -> Optional.of(it.step());
                        case RunEvent.StepFailed it -> Optional.of(it.step());
                        default -> Optional.<StepVisit>empty();
                    };
            if (step.isEmpty()) continue;
            var run = view.run().id();
            var key = "%s/%s/%d/log".formatted(epoch, Question.step(run, step.get()), attempt);
            if (over.contains(key)) continue;
            if (row(key).filter(PostRow::closed).isPresent()) {
                over.add(key);
                continue;
            }
            var output = views.output(run, step.get(), attempt);
            if (output.isEmpty() || output.get().bytes() == 0) {
                over.add(key); // it has ended, so it prints nothing any more
                continue;
            }
            all.add(
                    new Wanted(
                            key,
                            Rank.LEVEL,
                            Optional.of(root),
                            Optional.empty(),
                            Render.log(view, step.get().step(), output.get()),
                            Optional.of(event.at()),
                            Optional.empty()));
        }
        return all;
    }

    /** Controls say which store they are about: after a restore old ones hit nothing. */
    private Document ours(Document document) {
        var controls =
                document.controls().stream()
                        .map(
                                it ->
                                        new Control(
                                                epoch + "/" + it.id(),
                                                it.label(),
                                                it.ask(),
                                                it.mark()))
                        .toList();
        return new Document(
                document.title(),
                document.blocks(),
                document.mentions(),
                controls,
                document.isLoud());
    }

    private void wantStored(PostRow row) {
        if (row.text().isEmpty() || row.closed()) return;
        var stored = StoredPost.of(row.text().get());
        var expires = Instant.ofEpochMilli(row.expiresAt().orElse(Long.MAX_VALUE));
        consider(
                new Wanted(
                        row.key(),
                        Rank.ANSWER,
                        Optional.empty(),
                        stored.threadId(),
                        stored.document(),
                        Optional.empty(),
                        Optional.of(expires)));
    }

    /** An open message that nothing asks for any more. */
    private void wantClosed(PostRow row) {
        var key = PostKey.parse(row.key(), epoch);
        if (row.messageId().isEmpty()) {
            store.write(tx -> tx.chat().remove(name, row.key()));
            return;
        }
        var text = key.isPresent() ? Notices.shownElsewhere() : Notices.replaced();
        consider(
                new Wanted(
                        row.key(),
                        Rank.LEVEL,
                        Optional.empty(),
                        Optional.empty(),
                        text,
                        Optional.of(clock.instant()),
                        Optional.empty()));
    }

    /** Makes it work, unless the room shows it already. */
    private void consider(Wanted wanted) {
        boolean canEnd = wanted.isOnce() || wanted.isClosed();
        if (canEnd && over.contains(wanted.key())) return;
        var row = row(wanted.key());
        if (!isSettled(wanted, row)) {
            work.put(wanted.key(), new Task(wanted, due(wanted, row)));
            return;
        }
        forget(wanted.key());
        if (canEnd) over.add(wanted.key());
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

    private boolean isSettled(Wanted wanted, Optional<PostRow> row) {
        var now = clock.instant();
        boolean isOver = wanted.expiresAt().filter(it -> !now.isBefore(it)).isPresent();
        if (row.isEmpty()) {
            return isOver
                    || wanted.closedAt().filter(it -> it.isBefore(now.minus(NEWS))).isPresent();
        }
        if (row.get().closed()) return wanted.isOnce() || wanted.isClosed();
        if (isOver && row.get().messageId().isEmpty()) {
            // Nobody needs to read it any more.
            store.write(tx -> tx.chat().remove(name, wanted.key()));
            return true;
        }
        return row.get().messageId().isPresent()
                && !wanted.isClosed()
                && !wanted.isOnce()
                && isShown(wanted, row.get());
    }

    private static boolean isShown(Wanted wanted, PostRow row) {
        return Shown.of(row.shown()).digest().filter(wanted.digest()::equals).isPresent();
    }

    private Optional<PostRow> row(String key) {
        return store.read(reads -> reads.chat().post(name, key));
    }

    // What is done

    private void perform(Wanted wanted, Instant now) {
        var row = row(wanted.key());
        var root = unshownRoot(wanted);
        if (isSettled(wanted, row)) {
            forget(wanted.key());
        } else if (row.isPresent() && row.get().messageId().isPresent()) {
            edit(wanted, row.get(), now);
        } else if (root.isPresent()) {
            perform(root.get(), now);
        } else {
            send(wanted, row, now);
        }
    }

    /** The first message of the thread, while it is not there. */
    private Optional<Wanted> unshownRoot(Wanted wanted) {
        if (!connector.capabilities().threads()) return Optional.empty();
        return wanted.root()
                .filter(it -> row(it).flatMap(PostRow::messageId).isEmpty())
                .flatMap(it -> Optional.ofNullable(work.get(it)))
                .map(Task::wanted);
    }

    private void edit(Wanted wanted, PostRow row, Instant now) {
        if (isShown(wanted, row)) {
            settled(wanted, row, row.messageId(), Shown.of(row.shown()));
            return;
        }
        var shown = Shown.of(row.shown());
        // From here to the answer the room may show this or what was there before.
        put(row, row.messageId(), shown.unsure(), now.toEpochMilli());
        var result = connector.update(row.messageId().orElseThrow(), message(wanted, row, shown));
        if (result.delivered()) {
            settled(wanted, row, result.messageId(), shown.with(wanted.digest()));
        } else if (result.isGone()) {
            put(row, Optional.empty(), shown.again(), now.toEpochMilli());
            work.put(wanted.key(), new Task(wanted, now));
        } else {
            failed(wanted, result, now);
        }
    }

    private void send(Wanted wanted, Optional<PostRow> before, Instant now) {
        var row = before.orElseGet(() -> fresh(wanted, now));
        var shown = Shown.of(row.shown());
        boolean wasTried = shown.digest().isPresent();
        var next = wasTried && !isShown(wanted, row) ? shown.unsure() : shown.with(wanted.digest());
        long since = wasTried ? row.at() : now.toEpochMilli();
        // Before it is sent, so that whoever comes after a crash knows that it may be there.
        if (!wasTried || !next.equals(shown)) put(row, Optional.empty(), next, since);
        var message = message(wanted, row, shown);
        boolean isOld = wasTried && Instant.ofEpochMilli(since).plus(UNANSWERED).isBefore(now);
        var found = isOld ? connector.find(message) : Optional.<String>empty();
        var result = found.map(SendResult::delivered).orElseGet(() -> connector.send(message));
        if (result.delivered()) settled(wanted, row, result.messageId(), next);
        else failed(wanted, result, now);
    }

    private PostRow fresh(Wanted wanted, Instant now) {
        return new PostRow(
                name,
                wanted.key(),
                connector.room(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                wanted.expiresAt()
                        .map(Instant::toEpochMilli)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                now.toEpochMilli());
    }

    private OutboundMessage message(Wanted wanted, PostRow row, Shown shown) {
        var thread =
                connector.capabilities().threads()
                        ? wanted.threadId()
                                .or(
                                        () ->
                                                wanted.root()
                                                        .flatMap(this::row)
                                                        .flatMap(PostRow::messageId))
                        : Optional.<String>empty();
        return new OutboundMessage(
                shown.key(wanted.key()),
                row.room(),
                thread,
                wanted.document(),
                List.of(),
                Answers.event(wanted.key(), epoch),
                wanted.isClosed());
    }

    /** The room shows it now; an answer that came late may have been to an earlier document. */
    private void settled(Wanted wanted, PostRow row, Optional<String> id, Shown shown) {
        boolean isRight = shown.digest().filter(wanted.digest()::equals).isPresent();
        boolean isOver = wanted.isOnce() || (wanted.isClosed() && isRight);
        var after =
                new PostRow(
                        name,
                        row.key(),
                        row.room(),
                        id,
                        Optional.of(shown.text()),
                        isOver,
                        isOver ? Optional.empty() : row.text(),
                        row.expiresAt(),
                        // When the room took it: the pause before the next edit begins there.
                        clock.millis());
        store.write(tx -> tx.chat().put(after));
        setbacks.remove(wanted.key());
        outages = 0;
        editPause = EDIT_PAUSE;
        consider(wanted);
    }

    private void put(PostRow row, Optional<String> id, Shown shown, long at) {
        var after =
                new PostRow(
                        name,
                        row.key(),
                        row.room(),
                        id,
                        Optional.of(shown.text()),
                        false,
                        row.text(),
                        row.expiresAt(),
                        at);
        store.write(tx -> tx.chat().put(after));
    }

    private void failed(Wanted wanted, SendResult result, Instant now) {
        if (result.retryAfter().isPresent()) {
            quietUntil = now.plus(result.retryAfter().get());
            editPause = shorter(editPause.multipliedBy(2), PAUSE_MAX);
            consider(wanted);
            return;
        }
        int count =
                1 + Optional.ofNullable(setbacks.get(wanted.key())).map(Setback::count).orElse(0);
        setbacks.put(wanted.key(), new Setback(count, now.plus(pause(count))));
        consider(wanted);
        var why = result.error().orElse("");
        if (count == TOLD_AFTER) {
            LOG.log(Level.WARNING, "%s does not take %s: %s".formatted(name, wanted.key(), why));
        }
        var health = connector.health();
        if (health.reachable() && health.authenticated()) return;
        if (++outages == 1) {
            LOG.log(Level.WARNING, "%s: %s; posts wait".formatted(name, health.detail()));
        }
        quietUntil = now.plus(pause(outages));
    }

    private static Duration pause(int count) {
        return shorter(RETRY_PAUSE.multipliedBy(1L << Math.min(count - 1, 10)), PAUSE_MAX);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void forget(String key) {
        work.remove(key);
        setbacks.remove(key);
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
