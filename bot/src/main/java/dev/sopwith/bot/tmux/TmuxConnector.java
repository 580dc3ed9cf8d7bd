package dev.sopwith.bot.tmux;

import dev.sopwith.bot.local.Caller;
import dev.sopwith.bot.local.Frame;
import dev.sopwith.bot.local.Room;
import dev.sopwith.engine.chat.Capabilities;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
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

    private static final int LENGTH = 60_000;
    private static final Pattern MESSAGE_ID = Pattern.compile("m([1-9][0-9]{0,17})");
    private static final System.Logger LOG = System.getLogger(TmuxConnector.class.getName());

    private final InstantSource clock;
    private final BiPredicate<Caller, String> sees;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Follower> followers = new CopyOnWriteArraySet<>();
    private final SaidLines said;

    // guarded by lock; a write to the journal is no more than a copy into the system's memory
    private final Journal journal;
    private Optional<Socket> socket = Optional.empty();
    private Optional<Instant> lastSeen = Optional.empty();
    private boolean isClosed;

    /**
     * @param fileKey of the file that was bound
     */
    private record Socket(Path path, Optional<Object> fileKey) {}

    private TmuxConnector(Journal journal, InstantSource clock, BiPredicate<Caller, String> sees) {
        this.journal = journal;
        this.clock = clock;
        this.sees = sees;
        this.said = new SaidLines(clock);
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
        return said.subscribe(since, inbox);
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
            TmuxConnector.this.said.hear(said, told);
        }

        @Override
        public void close() {
            followers.remove(this);
        }
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
        lock.lock();
        try {
            if (isClosed) return;
            isClosed = true;
            journal.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the journal of the room did not close", e);
        } finally {
            lock.unlock();
        }
        ring();
        said.close();
    }
}
