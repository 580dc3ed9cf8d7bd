package dev.sopwith.bot.desk;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.CommandParser;
import dev.sopwith.bot.command.Names;
import dev.sopwith.bot.command.Reading;
import dev.sopwith.bot.command.Setting;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.desk.Deeds.Press;
import dev.sopwith.bot.desk.Speaker.Surface;
import dev.sopwith.bot.room.Answers;
import dev.sopwith.bot.room.FullOutput;
import dev.sopwith.bot.room.Marks;
import dev.sopwith.bot.room.PostKey;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.InboundEvent;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.run.RunState.Active;
import dev.sopwith.engine.run.RunState.Phase;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.store.Chat.PostRow;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.StoreException;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Hears what people do in the rooms of one connector, and has it done. What was heard is kept in
 * the very commit of what came of it, and the answer with it: a network may repeat itself as often
 * as it likes, and a crash loses no answer.
 *
 * <p>Threading: the connector's one thread calls {@link #hear}; {@link #shown} is from any thread.
 */
public final class ChatDesk {
    private static final System.Logger LOG = System.getLogger(ChatDesk.class.getName());

    /** A client that thinks it has shared a key does not share it again unless it is told to. */
    private static final String UNREADABLE =
            "a message cannot be read here, for no key came with it: nothing of it is done;"
                    + " write it again, in Element after the command /discardsession";

    /** What starts or repeats work is answered, and not done, when it comes later than this. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    /** Strangers are told once in this time, however much they say. */
    private static final Duration STRANGER_PAUSE = Duration.ofHours(1);

    private final Room room;
    private final Deeds deeds;
    private final Rights rights;
    private final Overview overview;
    private final Store store;
    private final Consumer<String> posted;
    private final InstantSource clock;
    private final CommandParser parser = new CommandParser(Deeds.offered(Surface.ROOM));
    private final String epoch;

    /** One event at a time, whoever brings it. */
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Early early;
    private Optional<String> position = Optional.empty(); // heard, and not kept yet

    private volatile Consumer<String> silent = _ -> {};
    private volatile boolean takesFiles;

    /**
     * The connector whose people are heard.
     *
     * @param name in the roster
     * @param trustsServer whether its server is trusted not to forge messages: if not, nothing that
     *     is said there counts for more than a click, and marks count for nothing
     * @param shows whether runs of this SOP are shown there
     */
    public record Room(String name, boolean trustsServer, Predicate<String> shows) {}

    /**
     * @param posted told the key of each answer, after it is stored
     */
    public ChatDesk(
            Room room,
            Deeds deeds,
            Rights rights,
            Overview overview,
            Store store,
            Consumer<String> posted,
            InstantSource clock) {
        this.room = room;
        this.deeds = deeds;
        this.rights = rights;
        this.overview = overview;
        this.store = store;
        this.posted = posted;
        this.clock = clock;
        this.epoch = store.read(reads -> reads.node().epoch());
        this.early = new Early(room.name(), store);
    }

    /** Listens from where it has heard so far. */
    public Connector.Subscription listen(Connector connector) {
        silent = connector::unanswered;
        takesFiles = connector.capabilities().files();
        connector.assist(new DeskAssistant(room.name(), parser, deeds, rights, store));
        var from = store.<Optional<String>>read(reads -> reads.chat().position(room.name()));
        return connector.subscribe(from, this::hear);
    }

    /** Takes a batch; when it returns all of it is kept, when it throws the batch comes again. */
    void hear(Connector.Heard heard) {
        for (var event : heard.events()) alone(() -> hear(event));
        alone(
                () -> {
                    position = Optional.of(heard.position());
                    takeEarly();
                });
    }

    private void hear(InboundEvent event) {
        boolean isKnown = store.<Boolean>read(it -> it.chat().heard(room.name(), event.eventId()));
        if (!isKnown && !early.holds(event, clock.instant())) take(event);
    }

    /**
     * What was sent is known as what the network calls it: what people did to it before that is
     * understood now. From any thread; waits for one event at most.
     */
    public void shown() {
        alone(this::takeEarly);
    }

    /** The position stays before what waits: whoever comes after a crash hears it again. */
    private void takeEarly() {
        early.due(clock.instant()).forEach(this::take);
        if (position.isEmpty() || !early.isEmpty()) return;
        var reached = position.get();
        long at = clock.millis();
        store.write(tx -> tx.chat().position(room.name(), reached, at));
        position = Optional.empty();
    }

    private void alone(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    private void take(InboundEvent event) {
        var speaker = Identity.parse(event.sender()).flatMap(rights::inRoom);
        Optional<Reply> answer;
        try {
            answer =
                    speaker.isPresent()
                            ? answer(event, speaker.get())
                            : stranger(event).map(it -> Reply.of(Document.line(it)));
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "what was said could not be done", e);
            var why = Document.line("the service could not do it: " + e.getMessage());
            answer = Optional.of(Reply.of(why));
        }
        var row = answer.map(it -> row(event, it));
        long at = clock.millis();
        store.write(
                tx -> {
                    var _ = tx.chat().hear(room.name(), event.eventId(), at);
                    row.ifPresentOrElse(
                            tx.chat()::put, () -> tx.chat().remove(room.name(), key(event)));
                });
        if (row.isPresent()) posted.accept(key(event));
        else silent.accept(event.eventId());
    }

    /**
     * What is told.
     *
     * @param output goes with it as a file
     */
    private record Reply(Document document, Optional<FullOutput> output) {
        static Reply of(Document document) {
            return new Reply(document, Optional.empty());
        }
    }

    private Optional<Reply> answer(InboundEvent event, Speaker speaker) {
        return event instanceof InboundEvent.Message it
                ? message(it, speaker)
                : told(event, speaker).map(Reply::of);
    }

    private Optional<Document> told(InboundEvent event, Speaker speaker) {
        return switch (event) {
            case InboundEvent.Message _ -> Optional.empty();
            case InboundEvent.Edited it -> edited(it);
            case InboundEvent.Unreadable _ -> Optional.of(Document.line(UNREADABLE));
            case InboundEvent.Reaction it -> mark(it, it.messageId(), it.mark(), true, speaker);
            case InboundEvent.ReactionRemoved it ->
                    mark(it, it.messageId(), it.mark(), false, speaker);
            case InboundEvent.Button it -> control(it, it.control(), Optional.empty(), "", speaker);
            case InboundEvent.Modal it ->
                    control(
                            it,
                            it.control(),
                            Optional.ofNullable(it.fields().get("code")),
                            it.fields().getOrDefault("reason", ""),
                            speaker);
            case InboundEvent.Form it -> form(it, speaker);
        };
    }

    // Words

    private Optional<Reply> message(InboundEvent.Message message, Speaker speaker) {
        var setting = setting(message);
        var reading = read(message, setting, deeds.names(speaker));
        if (!(reading instanceof Reading.Understood(var command))) {
            return Answers.of(reading).map(Reply::of);
        }
        return act(message, command, setting, speaker);
    }

    /** Where it was written: in a run's thread, as a reply to a prompt, or to this service. */
    private Setting setting(InboundEvent.Message message) {
        var prompt = message.replyTo().flatMap(this::about);
        var thread = message.threadId().flatMap(this::about).map(PostKey::run);
        var run = prompt.map(PostKey::run).or(() -> thread);
        var code = prompt.flatMap(this::code);
        boolean isAddressed = message.isAddressed() || prompt.isPresent();
        return new Setting(isAddressed, run, code);
    }

    private Reading read(InboundEvent.Message message, Setting setting, Names names) {
        // In a busy room a bare verb is talk: only a thread says what it is about.
        boolean isTalk = !setting.isAddressed() && setting.run().isEmpty();
        return isTalk ? new Reading.Talk() : parser.read(message.text(), setting, names);
    }

    private Optional<PostKey> about(String messageId) {
        return store.read(reads -> reads.chat().postOfMessage(room.name(), messageId))
                .flatMap(row -> PostKey.parse(row.key(), epoch));
    }

    /** The code of the gate, while this very revision is open. */
    private Optional<String> code(PostKey prompt) {
        if (prompt.kind() != PostKey.Kind.GATE) return Optional.empty();
        return overview.run(prompt.run())
                .flatMap(
                        run ->
                                run.state() instanceof Active(_, Phase.AtGate(var gate))
                                                && prompt.step()
                                                        .filter(gate.at()::equals)
                                                        .isPresent()
                                                && gate.revision() == prompt.number()
                                        ? Optional.of(gate.code())
                                        : Optional.empty());
    }

    private Optional<Reply> act(
            InboundEvent.Message message, Command command, Setting setting, Speaker speaker) {
        var late = tooLate(message, command.verb());
        if (late.isPresent()) return late.map(Document::line).map(Reply::of);
        var deeds = along(message, command.text());
        if (command instanceof Command.Approve it && !isTyped(it, message, setting)) {
            return told(command.verb(), deeds.click(it, speaker)).map(Reply::of);
        }
        var result = deeds.act(command, speaker);
        if (result.output().isEmpty()) return told(command.verb(), result).map(Reply::of);
        var lines = new ArrayList<>(result.lines());
        lines.add(
                takesFiles
                        ? "all of it is in the file"
                        : "this room takes no files; where the service runs: ./sopwith "
                                + command.text());
        return Optional.of(new Reply(Document.lines(lines), result.output()));
    }

    /** A reply that says only "approve" proves no more than a click: the code was not typed. */
    private boolean isTyped(
            Command.Approve command, InboundEvent.Message message, Setting setting) {
        return (room.trustsServer() || message.isProven())
                && (setting.code().isEmpty()
                        || message.text()
                                .toLowerCase(Locale.ROOT)
                                .contains(command.code().toLowerCase(Locale.ROOT)));
    }

    /** After downtime: what would start something now was meant for then. */
    private Optional<String> tooLate(InboundEvent event, Verb verb) {
        var age = Duration.between(event.at(), clock.instant());
        if (verb.effect() != Verb.Effect.STARTS || age.compareTo(FRESH) <= 0) {
            return Optional.empty();
        }
        return Optional.of(
                "heard only now, %d min later, and so not done: %s; say it again if it is still meant"
                        .formatted(age.toMinutes(), verb.word()));
    }

    /** What was approved or started must be what stood there first. */
    private static Optional<Document> edited(InboundEvent.Edited edit) {
        return edit.isAddressed()
                ? Optional.of(Document.line("edits are ignored; send it again"))
                : Optional.empty();
    }

    /** A start whose inputs were asked for: nobody reads along, so secret ones are taken. */
    private Optional<Document> form(InboundEvent.Form form, Speaker speaker) {
        var reading = parser.read(form.text(), Setting.DIRECT, deeds.names(speaker));
        if (!(reading instanceof Reading.Understood(Command.Run(var sop, var said)))) {
            return Answers.of(reading);
        }
        var late = tooLate(form, Verb.RUN);
        if (late.isPresent()) return late.map(Document::line);
        var secretNames = deeds.secretsOf(new Command.Run(sop, said), speaker);
        var inputs = new LinkedHashMap<>(said);
        var secrets = new HashMap<String, Secret>();
        form.fields()
                .forEach(
                        (name, value) -> {
                            if (value.isEmpty()) return;
                            if (secretNames.contains(name)) secrets.put(name, Secret.of(value));
                            else inputs.putIfAbsent(name, value);
                        });
        var result =
                along(form, "run " + sop)
                        .start(new Command.Run(sop, inputs), secrets, speaker)
                        .result();
        return told(Verb.RUN, result);
    }

    // Marks and controls

    private Optional<Document> mark(
            InboundEvent event, String messageId, String mark, boolean isPut, Speaker speaker) {
        var prompt = about(messageId).filter(it -> it.kind() == PostKey.Kind.GATE);
        boolean isVote = mark.equals(Marks.YES) || (mark.equals(Marks.NO) && isPut);
        if (prompt.isEmpty() || !isVote) return Optional.empty();
        if (!room.trustsServer() && isPut) {
            return Optional.of(
                    Document.line(
                            "not counted: marks do not count here (trust_server: false); write"
                                    + " approve or deny and the code"));
        }
        var word = mark.equals(Marks.NO) ? Verb.DENY : isPut ? Verb.APPROVE : Verb.UNVOTE;
        var press = new Press(prompt.get(), word.word(), Optional.empty(), "");
        return told(word, along(event, mark).press(press, speaker));
    }

    private Optional<Document> control(
            InboundEvent event,
            String control,
            Optional<String> code,
            String text,
            Speaker speaker) {
        var about = PostKey.parse(control, epoch);
        if (about.isEmpty()) {
            return Optional.of(
                    Document.line(
                            "that prompt is not from this service, or from before a restore"));
        }
        var word = about.get().word();
        var verb = parser.verb(word);
        var late = verb.flatMap(it -> tooLate(event, it));
        if (late.isPresent()) return late.map(Document::line);
        var typed = code.filter(_ -> room.trustsServer());
        var press = new Press(about.get(), word, typed, text);
        return told(verb.orElse(Verb.STATUS), along(event, word).press(press, speaker));
    }

    // What is told

    /** What a vote does is told to everybody by the prompt and its receipt. */
    private Optional<Document> told(Verb verb, Result result) {
        boolean isVote =
                switch (verb) {
                    case APPROVE, DENY, UNVOTE -> true;
                    default -> false;
                };
        boolean isShown = room.shows().test(result.data().path("sop").asString(""));
        if (isVote && result.kind() == Result.Kind.OK && isShown) return Optional.empty();
        return Optional.of(Answers.of(result.lines(), result.table()));
    }

    /** Whatever is done keeps that it was heard; until the answer is known it is "heard". */
    private Deeds along(InboundEvent event, String words) {
        var row = row(event, Reply.of(Document.line("heard: " + words)));
        long at = clock.millis();
        return deeds.along(
                tx -> {
                    var _ = tx.chat().hear(room.name(), event.eventId(), at);
                    tx.chat().put(row);
                });
    }

    private String key(InboundEvent event) {
        return Answers.key(epoch, event.eventId());
    }

    private PostRow row(InboundEvent event, Reply reply) {
        return Answers.row(
                room.name(),
                key(event),
                event.room(),
                thread(event),
                reply.document(),
                reply.output(),
                clock.instant());
    }

    /** Answered where it was said; what is said to a mark, where its run is followed. */
    private Optional<String> thread(InboundEvent event) {
        return switch (event) {
            case InboundEvent.Message it -> it.threadId();
            case InboundEvent.Form it -> it.threadId();
            case InboundEvent.Reaction it -> threadOf(it.messageId());
            case InboundEvent.ReactionRemoved it -> threadOf(it.messageId());
            case InboundEvent.Edited _,
                    InboundEvent.Unreadable _,
                    InboundEvent.Button _,
                    InboundEvent.Modal _ ->
                    Optional.empty();
        };
    }

    /** The card is the root of the thread. */
    private Optional<String> threadOf(String messageId) {
        return about(messageId)
                .flatMap(it -> store.read(reads -> reads.chat().post(room.name(), it.card(epoch))))
                .flatMap(PostRow::messageId);
    }

    // Strangers

    /** Talk of strangers is nobody's business; what they want of us is told once in a while. */
    private Optional<String> stranger(InboundEvent event) {
        boolean isAsked =
                switch (event) {
                    case InboundEvent.Message it -> it.isAddressed() || isCommand(it);
                    case InboundEvent.Reaction it ->
                            Marks.isVote(it.mark()) && about(it.messageId()).isPresent();
                    case InboundEvent.ReactionRemoved _,
                            InboundEvent.Edited _,
                            InboundEvent.Unreadable _ ->
                            false;
                    case InboundEvent.Button _, InboundEvent.Modal _, InboundEvent.Form _ -> true;
                };
        if (!isAsked) return Optional.empty();
        var linked = linked(event);
        if (linked.isPresent()) return linked;
        Identity.parse(event.sender()).ifPresent(it -> deeds.refuseStranger(it, wanted(event)));
        return isNew(event)
                ? Optional.of(
                        "%s is not in the roster: nothing that it says is done; ask whoever keeps it"
                                .formatted(event.sender()))
                : Optional.empty();
    }

    /** Somebody of the roster may be behind it, who was shown a code elsewhere. */
    private Optional<String> linked(InboundEvent event) {
        if (!(event instanceof InboundEvent.Message message)
                || !(read(message, setting(message), Names.NONE)
                        instanceof Reading.Understood(Command.Link(Optional<String> code)))
                || code.isEmpty()) {
            return Optional.empty();
        }
        return Identity.parse(event.sender())
                .flatMap(it -> deeds.link(code.get(), it))
                .map(it -> String.join("\n", it.lines()));
    }

    /** What a stranger wants, as it may stand on record. */
    private String wanted(InboundEvent event) {
        return switch (event) {
            case InboundEvent.Message it ->
                    read(it, setting(it), Names.NONE) instanceof Reading.Understood(var command)
                            ? Deeds.recorded(command)
                            : "(no command)";
            case InboundEvent.Edited _ -> "edit a message";
            case InboundEvent.Unreadable _ -> "(unreadable)";
            case InboundEvent.Reaction it -> it.mark() + " on a prompt";
            case InboundEvent.ReactionRemoved it -> it.mark() + " taken back";
            case InboundEvent.Button it -> "press " + it.control();
            case InboundEvent.Modal it -> "press " + it.control();
            case InboundEvent.Form _ -> Verb.RUN.word();
        };
    }

    private boolean isCommand(InboundEvent.Message message) {
        return read(message, setting(message), Names.NONE) instanceof Reading.Understood;
    }

    /** Whether it is the first thing in this hour. */
    private boolean isNew(InboundEvent event) {
        long at = clock.millis();
        // Notes of what was heard are forgotten in time, and so is this one.
        var hour = "stranger/%d/%s".formatted(at / STRANGER_PAUSE.toMillis(), event.sender());
        return store.commit(tx -> tx.chat().hear(room.name(), hour, at));
    }
}
