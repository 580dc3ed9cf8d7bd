package dev.sopwith.cli;

import dev.sopwith.app.App;
import dev.sopwith.engine.library.SopEvent;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.runtime.LinuxClocks;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.store.StoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** {@code sopwith up}: the service, in the foreground, until it is told to end. */
@Command(
        name = "up",
        description = "Start the service; it runs until SIGTERM or Ctrl-C.",
        footer = {
            "",
            "Steps that run when it ends go on; the next start finds them.",
            "Exit codes: 0 ended as told; 2 it cannot start; 4 another service runs on this folder;",
            "75 the store stopped."
        })
final class UpCommand implements Callable<Integer> {
    private final Surroundings here;
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int exit = Exit.OK;

    @Mixin private StateDir stateDir = new StateDir();

    UpCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws InterruptedException {
        var sops = stateDir.sops();
        if (!Files.isDirectory(sops.in(here))) {
            return here.refuse(
                    "there is no folder " + sops.shown(),
                    "Go to the folder above it, name it with --sops-dir DIR, or begin one with:"
                            + " ./sopwith sop new NAME");
        }
        var operator = System.getProperty("user.name");
        var state = stateDir.in(here);
        var key = Optional.ofNullable(System.getenv("SOPWITH_STORE_KEY")).map(Secret::of);
        var settings =
                new App.Settings(
                        sops.in(here).toAbsolutePath().normalize(),
                        sops.shown(),
                        state,
                        operator,
                        key);
        // Before anything is open: a signal may come while it starts.
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAsTold, "end"));
        try {
            return serve(settings);
        } catch (IOException | SecretBox.BadKey | StoreException e) {
            int code = here.refuse("cannot start: " + e.getMessage(), "");
            exit = e instanceof StoreException.InUse ? Exit.IN_USE : code;
            return exit;
        } finally {
            closed.countDown();
        }
    }

    /** Runs the service until it is to end. */
    private int serve(App.Settings settings)
            throws IOException, SecretBox.BadKey, InterruptedException {
        try (var app = App.open(settings, new Told(), new LinuxClocks(here.clock()))) {
            say(sops(settings.shown(), app.sops()));
            say("state in " + settings.state() + going(app.activeRuns()));
            say(
                    "operator: %s, the only person there is (single_operator: may approve own runs)"
                            .formatted(settings.operator()));
            if (end.getCount() > 0) say("ready");
            end.await();
        }
        return exit;
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
            exit = Exit.STORE;
            here.err().line("sopwith: the store stopped, so the service ends: " + why.getMessage());
            here.err().line("  What was answered is kept. Mend the cause, then: ./sopwith up");
            var _ = here.err().flush();
            end.countDown();
        }
    }
}
