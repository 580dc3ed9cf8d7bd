package dev.sopwith.bot.matrix;

import dev.sopwith.bot.matrix.MatrixStore.Unreadable;
import dev.sopwith.engine.chat.Connector.Heard;
import dev.sopwith.engine.chat.InboundEvent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What one account hears, for those who listen. The library keeps its position only when all have
 * taken what was heard, so its position never leads theirs; where it does all the same, after a
 * restore or because nobody listened, what lies between is read first.
 *
 * <p>Threading: one thread hands everything over. Durable: nothing but what {@link MatrixStore}
 * remembers of reactions and of what cannot be read yet.
 */
final class MatrixInbox implements SyncListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MatrixInbox.class.getName());

    /** How long positions may lag while nothing is said: each is a commit. */
    private static final Duration POSITION_AFTER = Duration.ofSeconds(60);

    private static final Duration KEYS_AWAITED = Duration.ofDays(1);

    /** A key comes with the message it is for, or soon; after this people wait for nothing. */
    private static final Duration UNREADABLE_AFTER = Duration.ofSeconds(20);

    /** Whose keys never reach us would else be answered at every word. */
    private static final Duration UNREADABLE_PAUSE = Duration.ofHours(1);

    private static final int TRIED_AT_ONCE = 20;

    private final MatrixStore store;
    private final MatrixText text;
    private final MatrixHealth health;
    private final InstantSource clock;
    private final Watcher watcher;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("matrix-inbox").factory());
    private final List<Seat> seats = new CopyOnWriteArrayList<>();

    private volatile Optional<MatrixBridge> bridge = Optional.empty();
    private Optional<String> reached = Optional.empty(); // of the one thread
    private final Map<String, Instant> told = new HashMap<>(); // of whoever reads again

    /** Who minds what concerns the account itself; must not block. */
    interface Watcher {
        void happened(Happening happening);

        /** The server has answered. */
        void synced();

        void rejected(boolean isSoft);
    }

    /** Somebody who listens. Belongs to the one thread, but for its end. */
    static final class Seat {
        private final Predicate<String> covers;
        private final Consumer<Heard> inbox;
        private Optional<String> position;
        private boolean isLive;
        private Instant handedAt = Instant.EPOCH;

        /**
         * @param covers whether it hears this room
         * @param since empty to begin now
         */
        Seat(Predicate<String> covers, Optional<String> since, Consumer<Heard> inbox) {
            this.covers = covers;
            this.position = since;
            this.inbox = inbox;
        }

        /** Hears on another connection from now on, and first what it missed. */
        void again() {
            isLive = false;
        }
    }

    MatrixInbox(
            MatrixStore store,
            MatrixText text,
            MatrixHealth health,
            InstantSource clock,
            Watcher watcher) {
        this.store = store;
        this.text = text;
        this.health = health;
        this.clock = clock;
        this.watcher = watcher;
    }

    /** What lies between two positions is read by this one. */
    void attach(MatrixBridge now) {
        bridge = Optional.of(now);
    }

    /** Listens; what it missed comes with the next answer of the server. */
    void add(Seat seat) {
        seats.add(seat);
    }

    void remove(Seat seat) {
        seats.remove(seat);
    }

    /** From here on those hear who wanted to begin now. */
    void begin() {
        Wait.on(CompletableFuture.runAsync(this::beginAll, thread));
    }

    private void beginAll() {
        for (var seat : seats) {
            if (seat.isLive || seat.position.isPresent()) continue;
            seat.isLive = true;
            try {
                reached.ifPresent(it -> hand(seat, List.of(), it));
            } catch (RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "a position was not taken; the next one is",
                        e);
            }
        }
    }

    @Override
    public CompletionStage<?> heard(
            Optional<String> since, String next, List<? extends Happening> happenings) {
        return CompletableFuture.runAsync(() -> deliver(since, next, happenings), thread);
    }

    @Override
    public void rejected(boolean isSoft) {
        watcher.rejected(isSoft);
    }

    private void deliver(Optional<String> since, String next, List<? extends Happening> all) {
        health.synced();
        watcher.synced();
        all.forEach(watcher::happened);
        var events = all.stream().map(this::event).flatMap(Optional::stream).toList();
        for (var seat : seats) {
            if (!seat.isLive && seat.position.isEmpty()) continue; // until it is told to begin
            if (!seat.isLive) catchUp(seat, since.orElse(next));
            seat.isLive = true;
            var mine = events.stream().filter(it -> seat.covers.test(it.room())).toList();
            if (!mine.isEmpty() || isDue(seat)) hand(seat, mine, next);
        }
        reached = Optional.of(next);
    }

    private boolean isDue(Seat seat) {
        return Duration.between(seat.handedAt, clock.instant()).compareTo(POSITION_AFTER) >= 0;
    }

    private void hand(Seat seat, List<InboundEvent> events, String position) {
        if (!seats.contains(seat)) return;
        seat.inbox.accept(new Heard(events, position));
        seat.position = Optional.of(position);
        seat.handedAt = clock.instant();
    }

    /** What was said between where it has heard and where the library goes on. */
    private void catchUp(Seat seat, String to) {
        var from = seat.position.orElseThrow();
        if (from.equals(to)) return;
        var reader = bridge.orElseThrow();
        Stream<InboundEvent> missed = Stream.empty();
        for (var room : Wait.on(reader.joinedRooms())) {
            if (!seat.covers.test(room)) continue;
            missed = Stream.concat(missed, between(reader, room, from, to).stream());
        }
        hand(seat, missed.toList(), to);
    }

    private List<InboundEvent> between(MatrixBridge reader, String room, String from, String to) {
        try {
            return Wait.on(reader.between(room, from, to)).stream()
                    .map(this::event)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (MatrixFailure e) {
            if (e.isPassing()) throw e;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what was said in {0} while nobody listened cannot be read: {1}",
                    room,
                    e.getMessage());
            return List.of();
        }
    }

    private Optional<InboundEvent> event(Happening happening) {
        return switch (happening) {
            case Happening.Said it -> text.message(it);
            case Happening.Edited it -> text.edit(it);
            case Happening.Marked it -> MatrixText.mark(it.key()).map(mark -> marked(it, mark));
            case Happening.Redacted it ->
                    store.reaction(it.target()).flatMap(was -> taken(it, was));
            case Happening.Unreadable it -> {
                store.unreadable(
                        new Unreadable(it.eventId(), it.room(), it.sender(), clock.instant()));
                yield Optional.empty();
            }
            case Happening.Membership _,
                    Happening.Invited _,
                    Happening.Moved _,
                    Happening.Ruled _ ->
                    Optional.empty();
        };
    }

    private InboundEvent marked(Happening.Marked it, String mark) {
        var reaction = new MatrixStore.Reaction(it.target(), it.sender(), mark);
        store.reaction(it.eventId(), reaction, clock.millis());
        return new InboundEvent.Reaction(
                it.eventId(),
                it.room(),
                it.target(),
                MatrixText.account(it.sender()),
                mark,
                it.at());
    }

    /** Only by whose it is: the power that somebody has in a room withdraws nobody's vote. */
    private static Optional<InboundEvent> taken(Happening.Redacted it, MatrixStore.Reaction was) {
        if (!was.sender().equals(it.sender())) return Optional.empty();
        return Optional.of(
                new InboundEvent.ReactionRemoved(
                        it.eventId(),
                        it.room(),
                        was.target(),
                        MatrixText.account(it.sender()),
                        was.mark(),
                        it.at()));
    }

    /**
     * Tries once more what could not be read, and says so when it has waited for long; answers
     * whether something is left. Of one thread.
     */
    boolean readAgain(MatrixBridge reader) {
        var waiting = store.unreadable(clock.millis() - KEYS_AWAITED.toMillis());
        health.unreadable(waiting.size());
        for (var it : waiting.stream().limit(TRIED_AT_ONCE).toList()) {
            try {
                var found = Wait.on(reader.again(it.room(), it.event()));
                var event = found.isEmpty() ? unread(it) : found.flatMap(this::event);
                if (found.isEmpty() && event.isEmpty()) continue;
                event.ifPresent(
                        late ->
                                Wait.on(
                                        CompletableFuture.runAsync(
                                                () -> deliverLate(late), thread)));
                store.readable(it.event());
                if (found.isEmpty()) told.put(it.room() + " " + it.sender(), clock.instant());
            } catch (MatrixFailure e) {
                if (e.kind == MatrixFailure.Kind.NOT_FOUND) store.readable(it.event());
                else LOG.log(System.Logger.Level.DEBUG, "still unreadable", e);
            }
        }
        return !waiting.isEmpty();
    }

    /** That it is unknown for good, if it is time to say so. */
    private Optional<InboundEvent> unread(Unreadable it) {
        var now = clock.instant();
        if (now.isBefore(it.since().plus(UNREADABLE_AFTER))) return Optional.empty();
        told.values().removeIf(at -> now.isAfter(at.plus(UNREADABLE_PAUSE)));
        if (told.containsKey(it.room() + " " + it.sender())) return Optional.empty();
        return Optional.of(
                new InboundEvent.Unreadable(
                        it.event(), it.room(), MatrixText.account(it.sender()), it.since()));
    }

    private void deliverLate(InboundEvent event) {
        for (var seat : seats) {
            if (!seat.covers.test(event.room())) continue;
            if (!seat.isLive || seat.position.isEmpty()) {
                throw new IllegalStateException("nobody listens yet");
            }
            hand(seat, List.of(event), seat.position.get());
        }
    }

    @Override
    public void close() {
        seats.clear();
        thread.shutdown();
    }
}
