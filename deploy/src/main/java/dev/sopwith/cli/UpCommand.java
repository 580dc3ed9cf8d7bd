package dev.sopwith.cli;

import dev.sopwith.app.App;
import dev.sopwith.app.HealthPage;
import dev.sopwith.bot.words.English;
import dev.sopwith.engine.library.FileSafety;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.runtime.LinuxClocks;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.store.StoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** {@code sopwith up}: the service, in the foreground, until it is told to end. */
@Command(
        name = "up",
        description = "Start the service; it runs until SIGTERM or Ctrl-C.",
        footer = {"", "Steps that run when it ends go on; the next start finds them."},
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":ended as told",
            Exit.WRONG_USE + ":it cannot start, or wrong use",
            Exit.IN_USE + ":another service runs on this folder",
            Exit.TEMPORARY
                    + ":the store stopped: what was answered is kept, unless it says that the file is damaged"
        })
final class UpCommand implements Callable<Integer> {
    private final Surroundings here;
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int exit = Exit.OK;

    @Mixin private StateDir stateDir = new StateDir();
    @Mixin private RosterPath rosterPath = new RosterPath();

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            defaultValue = "8484",
            description =
                    "Where http://127.0.0.1:PORT/health answers while the service runs, for this"
                            + " machine alone; 0: nowhere. Default: ${DEFAULT-VALUE}")
    private int healthPort;

    UpCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws InterruptedException {
        var operator = System.getProperty("user.name");
        var place = rosterPath.find(here, stateDir.sops());
        Optional<RosterFile> roster = Optional.empty();
        SopsDir sops = stateDir.sops();
        try {
            if (place.isPresent()) {
                var file = RosterFile.open(place.get().path(), place.get().shown());
                roster = Optional.of(file);
                sops = sops.orOf(file.current(), place.get());
                requireSafe(sops);
                say("roster: %s, %.8s".formatted(place.get().shown(), file.current().digest()));
            }
        } catch (RosterFile.Unusable e) {
            Findings.show(here.err(), e.findings(), Sources.NONE);
            return here.refuse(
                    "cannot start: what decides who may do what cannot be relied on",
                    "See: ./sopwith config check");
        }
        var folder = sops.in(here).toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            return here.refuse(
                    "there is no folder " + sops.shown(),
                    "Go to the folder above it, name it with --sops-dir DIR, or begin one with:"
                            + " ./sopwith sop new NAME");
        }
        var state = stateDir.in(here);
        var key = Optional.ofNullable(System.getenv("SOPWITH_STORE_KEY")).map(Secret::of);
        var settings =
                new App.Settings(
                        folder, sops.shown(), state, operator, key, roster, System.getenv());
        // Before anything is open: a signal may come while it starts.
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAsTold, "end"));
        try {
            return serve(settings);
        } catch (IOException | SecretBox.BadKey | StoreException e) {
            var why = e instanceof IOException io ? English.why(io) : e.getMessage();
            int code = here.refuse("cannot start: " + why, "");
            code = e instanceof StoreException.InUse ? Exit.IN_USE : code;
            exit = code;
            return code; // the store may say meanwhile that it stopped: it never started
        } finally {
            closed.countDown();
        }
    }

    /** Runs the service until it is to end. */
    private int serve(App.Settings settings)
            throws IOException, SecretBox.BadKey, InterruptedException {
        try (var app = App.open(settings, new Told(), new LinuxClocks(here.clock()));
                var _ = openHealthPage(app)) {
            boolean toldToEnd = end.getCount() == 0; // while it started
            if (!toldToEnd) greet(settings, app);
            end.await();
        }
        return exit;
    }

    /** Nobody's work waits for it: where its port is taken, that is said, and the service runs. */
    private Page openHealthPage(App app) {
        boolean isServed = app.webhooks().filter(it -> it.port() == healthPort).isPresent();
        if (healthPort == 0 || isServed) return () -> {};
        try {
            var page = HealthPage.open(healthPort);
            say("health: " + page.address());
            return page::close;
        } catch (IOException | IllegalArgumentException e) {
            say(
                    "health: port %d of 127.0.0.1 cannot be used (%s); nothing answers there, another is --health-port PORT"
                            .formatted(healthPort, e.getMessage()));
            return () -> {};
        }
    }

    /** A page that is open, or none. */
    @FunctionalInterface
    private interface Page extends AutoCloseable {
        @Override
        void close();
    }

    private void greet(App.Settings settings, App app) {
        say(sops(settings.shown(), app.sops()));
        say("state in " + settings.state() + going(app.activeRuns()));
        var roster = settings.roster().map(RosterFile::current).orElse(Roster.NONE);
        say(people(roster, settings.operator()));
        boards(roster).ifPresent(this::say);
        app.webhooks().ifPresent(it -> say("webhooks: http://" + it));
        app.observed().ifPresent(it -> say("healthz, readyz and metrics: http://" + it));
        say("ready");
    }

    /** Boards come a moment after the service is ready, so how they are is said elsewhere. */
    private static Optional<String> boards(Roster roster) {
        var boards = roster.ingress().boards();
        if (boards.isEmpty()) return Optional.empty();
        var shown = new ArrayList<String>();
        boards.forEach((name, it) -> shown.add("%s (%s)".formatted(name, it.chip())));
        return Optional.of(
                "boards: %s; how they are: ./sopwith hardware list"
                        .formatted(String.join(", ", shown)));
    }

    /** Where a roster decides, nobody else may change what it is about. */
    private void requireSafe(SopsDir sops) throws RosterFile.Unusable {
        if (!Files.isDirectory(sops.in(here))) return;
        var unsafe = FileSafety.ofProcess().checkFolder(sops.in(here), sops.shown());
        if (!unsafe.isEmpty()) throw new RosterFile.Unusable(unsafe);
    }

    private static String people(Roster roster, String operator) {
        if (roster.people().isEmpty()) {
            return "operator: %s, the only person there is (single_operator: may approve own runs)"
                    .formatted(operator);
        }
        var people = English.count(roster.people().size(), "person") + " in the roster";
        if (roster.singleOperator()) people += " (single_operator: may approve own runs)";
        boolean ownUser = roster.engine().runAs().isEmpty();
        boolean votes =
                roster.who(Identity.local(operator)).isPresent()
                        && (roster.singleOperator() || !ownUser);
        if (!votes) return people + "; the service's user may do everything but approve";
        return ownUser ? people + "; steps can approve: they run as local:" + operator : people;
    }

    private static String sops(String shown, SopSet sops) {
        int broken = sops.broken().size();
        return "SOPs in %s: %d".formatted(shown, sops.runnable().size())
                + (broken == 0 ? "" : ", and %d broken: ./sopwith sop validate".formatted(broken));
    }

    private static String going(int runs) {
        return runs == 0 ? "" : "; " + English.count(runs, "run") + " not ended, going on";
    }

    /** Ends as told by a signal: in order, and not with the signal's own exit code. */
    private void endAsTold() {
        if (closed.getCount() == 0) return; // it has ended by itself, and says with what code
        if (exit == Exit.OK) say("stopping");
        end.countDown();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (exit == Exit.OK) say("stopped");
        Runtime.getRuntime().halt(exit);
    }

    private synchronized void say(String line) {
        here.out().line(line);
        var _ = here.out().flush();
    }

    /** Says what the service hears. */
    private final class Told implements App.Listener {
        @Override
        public void heard(RosterFile.Event event) {
            switch (event) {
                case RosterFile.Event.Changed(var before, var now, _) -> {
                    say(
                            "roster: changed from %.8s to %.8s"
                                    .formatted(before.digest(), now.digest()));
                    if (!before.engine().equals(now.engine())) {
                        say("roster: mode and limits hold after a restart");
                    }
                }
                case RosterFile.Event.Broke(var findings) -> {
                    say("roster: broken, the last good one stays; see: ./sopwith config check");
                    say("  " + findings.getFirst());
                }
                case RosterFile.Event.Recovered(var now) ->
                        say("roster: good again, %.8s as before".formatted(now.digest()));
            }
        }

        @Override
        public Optional<Consumer<String>> terminal() {
            // Under systemd what is written is kept: there a key would stand in the journal.
            return Terminals.isThere() ? Optional.of(UpCommand.this::say) : Optional.empty();
        }

        @Override
        public void concerned(String line) {
            say(line);
        }

        @Override
        public void heard(SopEvent event) {
            say(
                    switch (event) {
                        case SopEvent.Added(var now) -> now.sop().name() + ": added";
                        case SopEvent.Changed(_, var now) ->
                                now.sop().name() + ": changed; runs that go on keep their version";
                        case SopEvent.Broke(var now) ->
                                now.folder()
                                        + (now.lastGood().isPresent()
                                                ? ": broken, its last good version stays"
                                                : ": broken, it cannot run")
                                        + "; see: ./sopwith sop validate "
                                        + now.folder();
                        case SopEvent.Recovered(_, var now) -> now.sop().name() + ": good again";
                        case SopEvent.Removed(var before) -> before.folder() + ": removed";
                        case SopEvent.Lost(var problem) ->
                                "the folder of SOPs cannot be read, all goes on as known: "
                                        + problem.message();
                        case SopEvent.Regained() -> "the folder of SOPs can be read again";
                    });
        }

        @Override
        public void stopped(StoreException why) {
            exit = Exit.TEMPORARY;
            here.err().line("sopwith: the store stopped, so the service ends: " + why.getMessage());
            here.err().line("  " + whatToDo(why));
            var _ = here.err().flush();
            end.countDown();
        }

        private String whatToDo(StoreException why) {
            if (!(why instanceof StoreException.Damaged)) {
                return "What was answered is kept. Mend the cause, then: ./sopwith up";
            }
            var option = stateDir.asOption();
            return "Check the disk, move the folder store of %s away, then: ./sopwith restore BACKUP%s, and ./sopwith up%s"
                    .formatted(stateDir.in(here), option, option);
        }
    }
}
