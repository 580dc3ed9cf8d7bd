package dev.sopwith.bot.tmux;

import dev.sopwith.bot.local.Caller;
import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.Room;
import dev.sopwith.engine.chat.Capabilities;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.roster.Identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The room of the terminals on this machine. A message is sent when it is in the {@link Journal}:
 * whoever follows the socket gets it, now or when they come back. The kernel says who they are.
 *
 * <p>Threading: safe from any thread; one virtual thread calls the inbox. Durable: what was sent,
 * against the death of this process; nothing of what was said, for the client keeps a line until it
 * was taken.
 */
public final class TmuxConnector implements Connector, Room {
    public static final String KIND = "tmux";

    /** The only room there is. */
    public static final String ROOM = "local";

    /** Messages that somebody sees who was not here before. */
    static final int SHOWN_TO_NEW = 20;

    /** Lines that wait to be taken. */
    static final int PENDING_MAX = 1_000;

    /** Characters of a line. */
    static final int SAID_MAX = 8_000;

    private static final int LENGTH = 60_000;
    private static final int TAKEN_MAX = 10_000;
    private static final int BATCH_MAX = 100;
    private static final int ID_MAX = 100;
    private static final Duration PAUSE_MIN = Duration.ofMillis(50);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
    private static final Pattern MESSAGE_ID = Pattern.compile("m([1-9][0-9]{0,17})");
    private static final System.Logger LOG = System.getLogger(TmuxConnector.class.getName());

    private final InstantSource clock;
    private final BiPredicate<Caller, String> sees;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Follower> followers = new CopyOnWriteArraySet<>();

    // guarded by lock; a write to the journal is no more than a copy into the system's memory
    private final Journal journal;
    private final Map<String, Pending> pending = new LinkedHashMap<>(); // by event id
    private final Set<String> taken = new LinkedHashSet<>(); // event ids, oldest first
    private Optional<Listener> listener = Optional.empty();
    private Optional<Socket> socket = Optional.empty();
    private Optional<Instant> lastSeen = Optional.empty();
    private boolean isClosed;

    /** What was said and not taken yet. */
    private record Pending(InboundEvent.Message event, Told told) {}

    /**
     * @param fileKey of the file that was bound
     */
    private record Socket(Path path, Optional<Object> fileKey) {}

    private TmuxConnector(Journal journal, InstantSource clock, BiPredicate<Caller, String> sees) {
        this.journal = journal;
        this.clock = clock;
        this.sees = sees;
    }

    /**
     * Opens a room in which everybody sees everything.
     *
     * @throws IOException when the journal cannot be read or written
     */
    public static TmuxConnector open(Path file, InstantSource clock, RandomGenerator random)
            throws IOException {
        return open(file, clock, random, (_, _) -> true);
    }

    /**
     * Opens the room; it can be sent to as soon as the socket listens.
     *
     * @param file of the journal; begun if it is missing
     * @param sees whether somebody may see the message with this key
     * @throws IOException when the journal cannot be read or written
     */
    public static TmuxConnector open(
            Path file,
            InstantSource clock,
            RandomGenerator random,
            BiPredicate<Caller, String> sees)
            throws IOException {
        var journal = Journal.open(file, () -> HexFormat.of().toHexDigits(random.nextLong()));
        return new TmuxConnector(journal, clock, sees);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String room() {
        return ROOM;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, false, false, false, false, false, LENGTH);
    }

    // Sending

    @Override
    public SendResult send(OutboundMessage message) {
        lock.lock();
        try {
            var problem = problem(message);
            if (problem.isPresent()) return SendResult.failed(problem.get());
            var known = journal.id(message.key());
            if (known.isPresent()) return SendResult.delivered(known.get());
            long seq = journal.last() + 1;
            return write(frame(Frame.Kind.POST, seq, "m" + seq, message), message);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SendResult update(String messageId, OutboundMessage message) {
        lock.lock();
        try {
            var problem = problem(message);
            if (problem.isPresent()) return SendResult.failed(problem.get());
            var number = MESSAGE_ID.matcher(messageId);
            if (!number.matches() || Long.parseLong(number.group(1)) > journal.last()) {
                return SendResult.failed("there is no message " + messageId);
            }
            var before = journal.entry(messageId);
            boolean isOpen = !message.document().controls().isEmpty();
            boolean closes = before.filter(Journal.Entry::isOpen).isPresent() && !isOpen;
            var kind = closes ? Frame.Kind.CLOSE : Frame.Kind.UPDATE;
            var frame = frame(kind, journal.last() + 1, messageId, message);
            if (before.filter(it -> !closes && showsSame(it.frame(), frame)).isPresent()) {
                return SendResult.delivered(messageId);
            }
            return write(frame, message);
        } finally {
            lock.unlock();
        }
    }

    private static boolean showsSame(Frame before, Frame now) {
        return before.title().equals(now.title())
                && before.lines().equals(now.lines())
                && before.calls().equals(now.calls());
    }

    private Optional<String> problem(OutboundMessage message) {
        if (isClosed) return Optional.of("the room has closed");
        if (socket.isEmpty()) return Optional.of("the socket does not listen");
        if (!message.room().equals(ROOM)) {
            return Optional.of(
                    "there is no room %s here; the only one is %s".formatted(message.room(), ROOM));
        }
        return Optional.empty();
    }

    private SendResult write(Frame frame, OutboundMessage message) {
        boolean isOpen = !message.document().controls().isEmpty();
        try {
            journal.add(new Journal.Entry(message.key(), frame, isOpen));
        } catch (IOException e) {
            return SendResult.failed(
                    "the journal of the room cannot be written: " + e.getMessage());
        }
        ring();
        return SendResult.delivered(frame.id());
    }

    private static Frame frame(Frame.Kind kind, long seq, String id, OutboundMessage message) {
        var document = message.document();
        return new Frame(
                kind,
                seq,
                id,
                message.room(),
                message.threadId(),
                document.title(),
                lines(document),
                List.copyOf(document.mentions()),
                document.isLoud());
    }

    /** The text of it below the title, as much of it as a message may have. */
    private static List<String> lines(Document document) {
        var body =
                new Document("", document.blocks(), document.mentions(), List.of(), false).plain();
        if (body.isEmpty()) return List.of();
        var all = List.of(body.split("\n", -1));
        var lines = new ArrayList<String>();
        int left = LENGTH;
        for (var line : all) {
            left -= line.length() + 1;
            if (left < 0) break;
            lines.add(line);
        }
        int cut = all.size() - lines.size();
        if (cut > 0) lines.add("[%,d more lines]".formatted(cut));
        return lines;
    }

    private void ring() {
        followers.forEach(it -> it.bell.run());
    }

    // Hearing

    @Override
    public Subscription subscribe(Optional<String> since, Consumer<Heard> inbox) {
        var stale = new ArrayList<Pending>();
        var one = new Listener(inbox);
        lock.lock();
        try {
            if (listener.isPresent()) throw new IllegalStateException("somebody listens already");
            if (isClosed) throw new IllegalStateException("the room has closed");
            if (since.isEmpty()) {
                stale.addAll(pending.values());
                pending.clear();
            }
            listener = Optional.of(one);
        } finally {
            lock.unlock();
        }
        stale.forEach(it -> it.told().hear(Optional.of("nobody listened when it was said")));
        one.thread.start();
        return () -> stop(one);
    }

    /** Takes what is said to the inbox, for as long as it is the listener. */
    private final class Listener implements Runnable {
        private final Consumer<Heard> inbox;
        private final Thread thread = Thread.ofVirtual().name("tmux-inbox").unstarted(this);
        private boolean isStopped; // guarded by lock

        Listener(Consumer<Heard> inbox) {
            this.inbox = inbox;
        }

        @Override
        public void run() {
            try {
                var pause = PAUSE_MIN;
                for (var batch = next(); !batch.isEmpty(); batch = next()) {
                    if (isTaken(batch)) {
                        pause = PAUSE_MIN;
                    } else {
                        pause(pause);
                        pause = pause.multipliedBy(2);
                        if (pause.compareTo(PAUSE_MAX) > 0) pause = PAUSE_MAX;
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        /** What waits; nothing when nobody listens any more. */
        private List<Pending> next() throws InterruptedException {
            lock.lock();
            try {
                while (pending.isEmpty() && !isStopped) changed.await();
                if (isStopped) return List.of();
                return pending.values().stream().limit(BATCH_MAX).toList();
            } finally {
                lock.unlock();
            }
        }

        private boolean isTaken(List<Pending> batch) {
            var events = batch.stream().<InboundEvent>map(Pending::event).toList();
            try {
                inbox.accept(new Heard(events, events.getLast().eventId()));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "what was said was not taken; again", e);
                return false;
            }
            taken(events).forEach(it -> it.hear(Optional.empty()));
            return true;
        }

        private void pause(Duration time) throws InterruptedException {
            lock.lock();
            try {
                long left = time.toNanos();
                while (!isStopped && left > 0) left = changed.awaitNanos(left);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Those who wait to be told; a client that came back may have replaced the first one. */
    private List<Told> taken(List<InboundEvent> events) {
        lock.lock();
        try {
            var told = new ArrayList<Told>();
            for (var event : events) {
                Optional.ofNullable(pending.remove(event.eventId()))
                        .ifPresent(it -> told.add(it.told()));
                taken.add(event.eventId());
            }
            while (taken.size() > TAKEN_MAX) taken.remove(taken.iterator().next());
            return told;
        } finally {
            lock.unlock();
        }
    }

    private void stop(Listener one) {
        lock.lock();
        try {
            one.isStopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            one.thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            if (listener.filter(it -> it == one).isPresent()) listener = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    // The room

    @Override
    public Optional<Followed> follow(Caller by, Place since, Runnable bell) {
        long last = lastFew(by);
        lock.lock();
        try {
            if (isClosed || socket.isEmpty()) return Optional.empty();
            boolean isKnown = since.epoch().equals(journal.epoch());
            boolean isNew = since.epoch().isEmpty() || (isKnown && (since.seq() < 0));
            long from = 0;
            if (isNew) from = last;
            else if (isKnown) from = Math.min(since.seq(), journal.last());
            boolean missed = !isNew && (!isKnown || from < journal.forgotten());
            var follower = new Follower(by, new Place(journal.epoch(), from), missed, bell);
            followers.add(follower);
            return Optional.of(follower);
        } finally {
            lock.unlock();
        }
    }

    /** The number before the last few messages that somebody may see. */
    private long lastFew(Caller by) {
        var news = news(by, 0);
        var frames = news.frames();
        if (frames.size() <= SHOWN_TO_NEW) return frames.isEmpty() ? news.upTo() : 0;
        return frames.get(frames.size() - SHOWN_TO_NEW).seq() - 1;
    }

    /** Who may see what is asked without the lock: the answer may have to be looked up. */
    private News news(Caller by, long since) {
        List<Journal.Entry> entries;
        long last;
        lock.lock();
        try {
            entries = journal.after(since);
            last = Math.max(since, journal.last());
        } finally {
            lock.unlock();
        }
        var frames =
                entries.stream()
                        .filter(it -> sees.test(by, it.key()))
                        .map(Journal.Entry::frame)
                        .toList();
        return new News(frames, last);
    }

    private final class Follower implements Followed {
        private final Caller by;
        private final Place from;
        private final boolean missed;
        private final Runnable bell;

        Follower(Caller by, Place from, boolean missed, Runnable bell) {
            this.by = by;
            this.from = from;
            this.missed = missed;
            this.bell = bell;
        }

        @Override
        public Place from() {
            return from;
        }

        @Override
        public boolean missed() {
            return missed;
        }

        @Override
        public News after(long seq) {
            return news(by, seq);
        }

        @Override
        public boolean isOver() {
            lock.lock();
            try {
                return isClosed || socket.isEmpty();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void shown(long seq) {
            lock.lock();
            try {
                lastSeen = Optional.of(clock.instant());
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void say(Said said, Told told) {
            hear(said, told).ifPresent(it -> told.hear(it.refusal()));
        }

        @Override
        public void close() {
            followers.remove(this);
        }
    }

    /**
     * What is known at once about something that was said.
     *
     * @param refusal why it is not taken; empty when it was taken before
     */
    private record Known(Optional<String> refusal) {}

    private Optional<Known> hear(Said said, Told told) {
        var refusal = refusal(said);
        if (refusal.isPresent()) return Optional.of(new Known(refusal));
        var sender = Identity.local(said.by().login()).toString();
        var eventId = sender + "/" + said.id();
        lock.lock();
        try {
            if (isClosed) return Optional.empty(); // it is said again, to the next one
            if (taken.contains(eventId)) return Optional.of(new Known(Optional.empty()));
            var known = Optional.ofNullable(pending.get(eventId));
            if (known.isEmpty() && pending.size() >= PENDING_MAX) {
                return Optional.of(new Known(Optional.of("too much waits to be heard")));
            }
            var event =
                    new InboundEvent.Message(
                            eventId,
                            ROOM,
                            said.thread(),
                            Optional.empty(),
                            sender,
                            true,
                            said.text(),
                            clock.instant());
            pending.put(eventId, new Pending(known.map(Pending::event).orElse(event), told));
            changed.signalAll();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<String> refusal(Said said) {
        if (said.id().isEmpty() || said.id().length() > ID_MAX) {
            return Optional.of("a line needs an id of %d characters at most".formatted(ID_MAX));
        }
        if (said.text().length() > SAID_MAX) {
            return Optional.of("a line has %,d characters at most".formatted(SAID_MAX));
        }
        return Optional.empty();
    }

    @Override
    public void opened(Path path) {
        lock.lock();
        try {
            socket = Optional.of(new Socket(path, fileKey(path)));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void closed() {
        lock.lock();
        try {
            socket = Optional.empty();
        } finally {
            lock.unlock();
        }
        ring();
    }

    private static Optional<Object> fileKey(Path path) {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.ofNullable(attributes.fileKey());
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    // How it is

    @Override
    public ConnectorHealth health() {
        lock.lock();
        try {
            if (isClosed || socket.isEmpty()) {
                return new ConnectorHealth(false, false, lastSeen, "the socket does not listen");
            }
            var path = socket.get().path();
            boolean isOurs = Objects.equals(fileKey(path), socket.get().fileKey());
            var attached =
                    followers.isEmpty()
                            ? "nobody is attached; attach with: ./sopwith chat"
                            : followers.size() + " attached";
            return new ConnectorHealth(
                    true,
                    isOurs,
                    lastSeen,
                    isOurs
                            ? attached
                            : "%s was removed or replaced: nobody can reach this service any more; restart it"
                                    .formatted(path));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Optional<Listener> now;
        lock.lock();
        try {
            if (isClosed) return;
            isClosed = true;
            now = listener;
            journal.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the journal of the room did not close", e);
            now = listener;
        } finally {
            lock.unlock();
        }
        ring();
        now.ifPresent(this::stop);
    }
}
