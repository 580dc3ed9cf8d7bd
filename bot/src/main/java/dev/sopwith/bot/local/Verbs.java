package dev.sopwith.bot.local;

import dev.sopwith.bot.command.Command;
import dev.sopwith.bot.command.CommandParser;
import dev.sopwith.bot.command.Completion;
import dev.sopwith.bot.command.Names;
import dev.sopwith.bot.command.Reading;
import dev.sopwith.bot.command.Setting;
import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.desk.Deeds;
import dev.sopwith.bot.desk.Result;
import dev.sopwith.bot.desk.Rights;
import dev.sopwith.bot.desk.Speaker;
import dev.sopwith.bot.room.RunWords;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.RunState;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.Outcome;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How the socket answers: words are read, done by {@link Deeds}, and answered once, if asked only
 * when the run has ended.
 *
 * <p>Threading: safe from any thread.
 */
public final class Verbs implements LocalServer.Handler {
    /** What can be said here. */
    public static final Set<Verb> OFFERED = Deeds.offered(Speaker.Surface.SOCKET);

    private static final List<String> CONNECTORS = List.of("status", "--connectors");

    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    private final Deeds deeds;
    private final Consumer<Path> backup;
    private final Function<Caller, Optional<Speaker>> who;
    private final Overview overview;
    private final CommandParser parser = new CommandParser(OFFERED);
    private final Changes changes;
    private final Optional<ConnectorReport> connectors;

    /**
     * @param backup writes a copy of the store to a new file
     * @param rights who a local user is and what they may do
     */
    public Verbs(
            Deeds deeds, Consumer<Path> backup, Rights rights, Engine engine, Overview overview) {
        this(
                deeds,
                backup,
                caller -> rights.local(caller.login(), caller.operator()),
                overview,
                new Changes(),
                Optional.empty());
        engine.listen(_ -> changes.tell());
    }

    private Verbs(
            Deeds deeds,
            Consumer<Path> backup,
            Function<Caller, Optional<Speaker>> who,
            Overview overview,
            Changes changes,
            Optional<ConnectorReport> connectors) {
        this.deeds = deeds;
        this.backup = backup;
        this.who = who;
        this.overview = overview;
        this.changes = changes;
        this.connectors = connectors;
    }

    /** The same for a socket that only this one is behind, whatever user of the machine it is. */
    public Verbs as(Speaker speaker) {
        return new Verbs(deeds, backup, _ -> Optional.of(speaker), overview, changes, connectors);
    }

    /** The same, which can say how the connectors are: {@code status --connectors}. */
    public Verbs with(ConnectorReport report) {
        return new Verbs(deeds, backup, who, overview, changes, Optional.of(report));
    }

    @Override
    public boolean admits(Caller caller) {
        return speaker(caller).isPresent();
    }

    @Override
    public void sentAway(Caller caller) {
        deeds.refuseStranger(Identity.local(caller.login()), "connect to the socket");
    }

    private Optional<Speaker> speaker(Caller caller) {
        return who.apply(caller);
    }

    @Override
    public Answer answer(Request request, Caller caller, LocalServer.Asker asker)
            throws InterruptedException {
        var speaker = speaker(caller);
        if (speaker.isEmpty()) {
            sentAway(caller);
            return Answer.no("local:%s is in the roster no more".formatted(caller.login()));
        }
        if (connectors.isPresent() && request.words().equals(CONNECTORS)) {
            return connectors.get().answer();
        }
        var names = deeds.names(speaker.get());
        return switch (read(request, names)) {
            case Reading.Understood(Command.Run it) -> run(it, request, speaker.get(), asker);
            case Reading.Understood(Command.Backup(var file)) -> backup(file, speaker.get());
            case Reading.Understood(var command) -> shown(deeds.act(command, speaker.get()), asker);
            case Reading.Wrong(var problem) -> Answer.wrong(problem);
            case Reading.Question(var asked, var candidates) -> {
                var lines = new ArrayList<String>();
                lines.add(asked + "; say which:");
                candidates.forEach(it -> lines.add("  " + it));
                yield Answer.wrong(lines.toArray(String[]::new));
            }
            case Reading.Talk _ -> throw new IllegalStateException("nobody talks to a socket");
        };
    }

    private Reading read(Request request, Names names) {
        var setting = request.thread().map(Setting::addressed).orElse(Setting.DIRECT);
        return request.line().isPresent()
                ? parser.read(request.line().get(), setting, names)
                : parser.read(request.words(), setting, names);
    }

    @Override
    public Completion complete(String text, Caller caller) {
        return speaker(caller)
                .map(speaker -> parser.complete(text, deeds.names(speaker)))
                .orElseThrow(() -> new IllegalStateException(caller.login() + " was admitted"));
    }

    @Override
    public List<String> secrets(Request request, Caller caller) {
        var speaker = speaker(caller);
        if (speaker.isEmpty()) return List.of();
        return read(request, deeds.names(speaker.get()))
                        instanceof Reading.Understood(Command.Run run)
                ? deeds.secretsOf(run, speaker.get())
                : List.of();
    }

    /** The answer, after all of an output that belongs to it. */
    private Answer shown(Result result, LocalServer.Asker asker) {
        if (result.output().isPresent()) {
            try (var parts = new Parts(asker::output)) {
                if (!deeds.write(result.output().get(), parts)) {
                    return Answer.no("what it printed has gone meanwhile");
                }
            } catch (IOException e) {
                return Answer.no("what it printed cannot be read: " + e.getMessage());
            }
        }
        return answer(result);
    }

    private static Answer answer(Result result) {
        var status =
                switch (result.kind()) {
                    case OK -> Answer.Status.OK;
                    case NO -> Answer.Status.NO;
                    case WRONG -> Answer.Status.WRONG;
                };
        return new Answer(status, result.lines(), result.table(), result.data());
    }

    private Answer run(
            Command.Run command, Request request, Speaker speaker, Consumer<String> progress)
            throws InterruptedException {
        var started = deeds.start(command, request.secrets(), speaker);
        boolean isAnswered = started.outcome().isEmpty() || !request.untilEnd();
        if (isAnswered) return answer(started.result());
        var outcome = started.outcome().orElseThrow();
        if (outcome.kind() == Outcome.Kind.QUEUED) {
            progress.accept(outcome.sop() + " " + outcome);
            outcome = last(outcome, progress);
        }
        if (outcome.run().isEmpty()) return answer(deeds.result(outcome));
        var id = new RunId(outcome.run().getAsLong());
        progress.accept("%s %s started".formatted(id, outcome.sop()));
        boolean isWell = follow(id, progress);
        var answer = answer(deeds.result(outcome));
        return isWell ? answer : answer.with(Answer.Status.NO);
    }

    /** What became of a delivery that waits in the queue. */
    private Outcome last(Outcome queued, Consumer<String> progress) throws InterruptedException {
        if (queued.waiting().isEmpty()) return queued;
        long id = queued.waiting().getAsLong();
        while (true) {
            long seen = changes.count();
            var row = overview.delivery(id);
            if (row.isEmpty()) return queued;
            var kind = row.get().outcome().flatMap(Outcome.Kind::of);
            if (kind.isPresent()) {
                var detail = row.get().detail();
                var run = row.get().run();
                return Outcome.of(queued.sop(), kind.get(), detail, run);
            }
            progress.accept("");
            changes.await(seen, SIGN_OF_LIFE);
        }
    }

    /** Says each time where the run stands, until it has ended; answers whether it ended well. */
    private boolean follow(RunId id, Consumer<String> progress) throws InterruptedException {
        var said = "";
        while (true) {
            long seen = changes.count();
            var run = overview.run(id).orElseThrow();
            if (run.state() instanceof RunState.Finished ended) {
                return ended.outcome() == dev.sopwith.engine.run.Outcome.COMPLETED;
            }
            var now = RunWords.state(run);
            progress.accept(now.equals(said) ? "" : id + " " + now);
            said = now;
            changes.await(seen, SIGN_OF_LIFE);
        }
    }

    private Answer backup(String name, Speaker speaker) {
        if (!speaker.isOperator()) {
            var why = "only the service's own user and root may do that";
            deeds.refuse(speaker, Verb.BACKUP.word(), why);
            return Answer.no(why);
        }
        var file = Path.of(name);
        if (!file.isAbsolute()) return Answer.wrong("the service needs the whole path of the file");
        try {
            backup.accept(file);
        } catch (StoreException e) {
            return Answer.no(String.valueOf(e.getMessage()));
        }
        return Answer.ok(
                Answer.empty().put("file", file.toString()),
                "backed up to " + file,
                "Secret inputs in it need the key of this service: keep the key elsewhere.");
    }
}
