package dev.sopwith.engine.step;

import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.ProcessIdentity.World;
import dev.sopwith.engine.step.StepDirectory.Claim;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs shell blocks as processes that outlive the service (DESIGN §4): each in a session of its
 * own, under a small shim that keeps its output and records its exit code. Kill the service, start
 * it again, and {@link #recover} finds the step as it is. When it has ended, its output is masked
 * where it lies.
 *
 * <p>Durable: that a step began, before its first command; how it ended, before {@link #run}
 * returns. Its directory stays until {@link #clean}, which is for when the end is stored elsewhere.
 *
 * <p>When the step ends, or is ended, so is everything else in its session. A process that left the
 * session ({@code setsid}) lives on, and what it prints from then on is lost: that is how a step
 * starts a daemon on purpose. A process that changed to a user whom the service may not signal
 * ({@code sudo}) cannot be ended; {@link #stop} then answers {@code false}.
 *
 * <p>Threading: safe from any thread.
 */
public final class ShellRunner implements StepRunner {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final long PAUSE_MIN_MILLIS = 10;
    private static final long PAUSE_MAX_MILLIS = 500;
    private static final int SIGNALS = 64;

    private final Path steps;
    private final StepOutputs outputs;
    private final String epoch;
    private final Set<String> serviceSecrets;
    private final ShimProcesses shims;
    private final OutputMasking masking = new OutputMasking();
    private final World world = World.here();
    private final Map<StepKey, Flight> flights = new ConcurrentHashMap<>();
    private final Set<StepKey> unsettled = ConcurrentHashMap.newKeySet();
    private boolean looked; // guarded by unsettled

    /** A step on its way to its first command, in this JVM. */
    private static final class Flight {
        private volatile Optional<String> stopped = Optional.empty();
    }

    /**
     * @param state directory of the service, private to it
     * @param epoch the store's, as it is now: what was started in another one and left no trace
     *     here may have run elsewhere
     * @param serviceSecrets variables that hold secrets of the service, beside the well-known ones
     */
    public ShellRunner(Path state, String epoch, Set<String> serviceSecrets) {
        this(state, epoch, serviceSecrets, GRACE);
    }

    /**
     * @param grace from TERM to KILL, in whole seconds
     */
    ShellRunner(Path state, String epoch, Set<String> serviceSecrets, Duration grace) {
        this.steps = StepDirectory.all(state);
        this.outputs = new StepOutputs(state);
        this.epoch = epoch;
        this.serviceSecrets = Set.copyOf(serviceSecrets);
        this.shims = new ShimProcesses(steps, world, grace);
    }

    /** Why the roster may not pass on a variable of this name; empty if it may. */
    public Optional<String> whyNotPassed(String name) {
        return StepEnvironment.whyNotPassed(name, serviceSecrets);
    }

    @Override
    public StepEnd run(StepOrder order) throws InterruptedException {
        if (order.block().tool() != Tool.SHELL) {
            throw new IllegalArgumentException(order.key() + " is no shell step");
        }
        var flight = new Flight();
        if (flights.putIfAbsent(order.key(), flight) != null) {
            throw new IllegalStateException(order.key() + " is being run by another thread");
        }
        unsettled.add(order.key());
        try {
            return switch (look(order)) {
                case Recovered.NeverBegan _ -> start(order, flight);
                case Recovered.Running _ -> await(order);
                case Recovered.Ended(var end) -> end;
                case Recovered.Unknown(var why) -> new StepEnd.Lost(why, output(order));
            };
        } finally {
            flights.remove(order.key(), flight);
        }
    }

    @Override
    public Recovered recover(StepOrder order) {
        // Of a step on its way in this very JVM the claim must not be taken.
        return flights.containsKey(order.key()) ? new Recovered.Running() : look(order);
    }

    @Override
    public StepEnd attach(StepOrder order) throws InterruptedException {
        return await(order);
    }

    @Override
    public boolean stop(StepKey key, String why) throws InterruptedException {
        var flight = flights.get(key);
        if (flight != null) flight.stopped = Optional.of(why);
        var directory = directory(key);
        try {
            if (!directory.exists()) return true;
            var nonce = directory.nonce();
            if (nonce.isEmpty()) return true; // not finished yet: whoever makes it sees the flight
            directory.writeStop(why);
            if (directory.takeClaim() || directory.exit().isPresent()) return true;
            if (!(directory.claim() instanceof Claim.Taken(var taken))) return true;
            if (!taken.world().equals(world)) return true; // whatever it was ended with its kernel
            boolean allEnded = shims.stop(directory, nonce.get()).waitFor() == 0;
            awaitEnd(taken);
            return allEnded;
        } catch (IOException e) {
            throw new UncheckedIOException(key + " could not be stopped", e);
        }
    }

    /** {@inheritDoc} The disk is read once: what begins later begins here. */
    @Override
    public Set<StepKey> unsettled() {
        synchronized (unsettled) {
            if (!looked) {
                unsettled.addAll(unsettledOnDisk());
                looked = true;
            }
        }
        return Set.copyOf(unsettled);
    }

    @Override
    public void hide(StepKey key, Optional<StepOrder> order) {
        if (masking.hide(key, directory(key), order)) unsettled.remove(key);
    }

    private List<StepKey> unsettledOnDisk() {
        try {
            var found = new ArrayList<StepKey>();
            for (var key : StepDirectory.keys(steps)) {
                var directory = directory(key);
                if (directory.exit().isEmpty() || !directory.isMasked()) found.add(key);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("the steps in %s cannot be read".formatted(steps), e);
        }
    }

    /**
     * Writes all that was kept of a step's output, secrets masked, with a line wherever something
     * was dropped. Also while the step runs.
     */
    public void writeOutput(StepOrder order, OutputStream target) throws IOException {
        var directory = directory(order.key()).path();
        var stored = StoredOutput.in(directory);
        if (stored.isPresent()) stored.get().copy(target);
        else KeptOutput.in(directory).write(order.masker(), target);
    }

    /**
     * The runs of which steps of any kind have left something on the disk, and when the newest of
     * it was put there.
     */
    public Map<Long, Instant> runs() throws IOException {
        return StepDirectory.runs(steps);
    }

    /**
     * Removes all that the steps of a run have left on the disk, once their ends are stored. Until
     * then these directories are the only record of them.
     *
     * @throws IllegalStateException if one of them still runs
     */
    public void clean(long run) throws IOException {
        var keys = StepDirectory.keys(steps, run);
        for (var key : keys) {
            if (isAlive(directory(key))) throw new IllegalStateException(key + " still runs");
        }
        StepDirectory.clean(steps, run);
        keys.forEach(unsettled::remove);
    }

    /** Whether its shim or its first process lives: the shim may have been killed. */
    private boolean isAlive(StepDirectory directory) throws IOException {
        if (!(directory.claim() instanceof Claim.Taken(var shim))) return false;
        if (directory.exit().isPresent() || !shim.world().equals(world)) return false;
        return shim.isAlive() || directory.main().filter(ProcessIdentity::isAlive).isPresent();
    }

    private Recovered look(StepOrder order) {
        var directory = directory(order.key());
        try {
            if (!directory.exists()) return whatIsMissing(order.key(), directory);
            if (directory.takeClaim()) return new Recovered.NeverBegan();
            if (!(directory.claim() instanceof Claim.Taken(var shimProcess))) {
                return new Recovered.NeverBegan();
            }
            if (!directory.epoch().equals(order.key().epoch())) {
                return new Recovered.Unknown(
                        "%s holds a step from before the store was restored"
                                .formatted(directory.path()));
            }
            return look(order, directory, shimProcess);
        } catch (IOException e) {
            return new Recovered.Unknown(cannotRead(directory, e));
        }
    }

    private StepEnd await(StepOrder order) throws InterruptedException {
        for (long pause = PAUSE_MIN_MILLIS; ; pause = Math.min(2 * pause, PAUSE_MAX_MILLIS)) {
            switch (look(order)) {
                case Recovered.Running _ -> Thread.sleep(pause);
                case Recovered.Ended(var end) -> {
                    return end;
                }
                case Recovered.Unknown(var why) -> {
                    return new StepEnd.Lost(why, output(order));
                }
                case Recovered.NeverBegan _ -> {
                    var why = "it never began";
                    return failed(order, new FailureReason.NotStarted(why));
                }
            }
        }
    }

    private Recovered whatIsMissing(StepKey key, StepDirectory directory) {
        if (directory.hasBegun()) {
            return new Recovered.Unknown("its directory %s is gone".formatted(directory.path()));
        }
        if (!key.epoch().equals(epoch)) {
            return new Recovered.Unknown(
                    "it was started before the store was restored, and left no trace here");
        }
        return new Recovered.NeverBegan();
    }

    private Recovered look(StepOrder order, StepDirectory directory, ProcessIdentity taken)
            throws IOException {
        var ended = ended(order, directory);
        if (ended.isPresent()) return ended.get();
        if (!taken.boot().equals(world.boot())) {
            masking.keepMasked(order, directory); // whoever wrote is gone
            masking.removeOutput(order.key(), directory);
            return new Recovered.Unknown("the machine was restarted while it ran");
        }
        if (!taken.namespace().equals(world.namespace())) {
            return new Recovered.Unknown("the container it ran in is gone");
        }
        if (taken.isAlive()) return new Recovered.Running();
        ended = ended(order, directory); // it may have ended between the two looks
        if (ended.isPresent()) return ended.get();
        masking.keepCopyInDoubt(order, directory);
        boolean goesOn = directory.main().map(ProcessIdentity::isAlive).orElse(false);
        return new Recovered.Unknown(
                goesOn
                        ? "what watched it was killed; the step itself still runs"
                        : "what watched it was killed, or could not write how it ended");
    }

    private Optional<Recovered> ended(StepOrder order, StepDirectory directory) throws IOException {
        var exit = directory.exit();
        if (exit.isEmpty()) return Optional.empty();
        if (exit.get().cause().equals("unready")) return Optional.of(new Recovered.NeverBegan());
        masking.keepMasked(order, directory);
        var end = end(order, directory, exit.get());
        if (directory.isMasked()) unsettled.remove(order.key());
        return Optional.of(new Recovered.Ended(end));
    }

    private StepEnd end(StepOrder order, StepDirectory directory, StepDirectory.Exit exit)
            throws IOException {
        if (exit.code() != 0 || !exit.cause().equals("ended"))
            masking.removeOutput(order.key(), directory);
        switch (exit.cause()) {
            case "timeout" -> {
                return failed(order, new FailureReason.TimedOut(order.timeout()));
            }
            case "stopped" -> {
                return failed(order, stopped(directory));
            }
            default -> {}
        }
        if (exit.code() > 128 && exit.code() <= 128 + SIGNALS) {
            return failed(order, new FailureReason.Signal(exit.code() - 128));
        }
        if (exit.code() != 0) return failed(order, new FailureReason.ExitCode(exit.code()));
        try {
            var values = masking.values(order, directory);
            return new StepEnd.Succeeded(values, "exit code 0", output(order));
        } catch (OutputValues.Bad bad) {
            return failed(order, bad.reason());
        }
    }

    private StepEnd start(StepOrder order, Flight flight) throws InterruptedException {
        var directory = directory(order.key());
        try {
            var environment = StepEnvironment.of(order, directory, serviceSecrets);
            var command = shims.command(order, directory);
            var nonce = UUID.randomUUID().toString();
            directory.prepare(order, shims.text(), nonce);
            if (flight.stopped.isPresent()) {
                return failed(order, new FailureReason.Stopped(flight.stopped.get()));
            }
            var handed = StepEnvironment.assignments(environment);
            shims.run(order, directory, nonce, command, handed).waitFor();
            return afterShim(order, directory);
        } catch (StepEnvironment.Refused | ShimProcesses.CannotStart e) {
            return failed(order, new FailureReason.NotStarted(message(e)));
        } catch (UserPrincipalNotFoundException e) {
            return failed(order, new FailureReason.NotStarted("there is no user " + e.getName()));
        } catch (InvalidPathException e) {
            var why = "a file name of the SOP cannot be written here; set LANG=C.UTF-8";
            return failed(order, new FailureReason.NotStarted(why));
        } catch (IOException e) {
            return failed(order, new FailureReason.NotStarted(cannotWrite(directory, e)));
        }
    }

    /** The shim is over: with an exit on record, or because it was barred, or because it died. */
    private StepEnd afterShim(StepOrder order, StepDirectory directory) {
        return switch (look(order)) {
            case Recovered.Ended(var end) -> end;
            case Recovered.Unknown(var why) -> new StepEnd.Lost(why, output(order));
            case Recovered.Running _ -> // its parent died, and it was not yet collected
                    new StepEnd.Lost("what watched it ended without a record", output(order));
            case Recovered.NeverBegan _ -> failed(order, whyNotBegun(directory));
        };
    }

    private static FailureReason whyNotBegun(StepDirectory directory) {
        try {
            if (directory.stop().isPresent()) return stopped(directory);
            var said = Files.readString(directory.shimErrors()).strip();
            return new FailureReason.NotStarted(
                    said.isEmpty() ? "its shim could not begin" : "its shim said: " + said);
        } catch (IOException e) {
            return new FailureReason.NotStarted(cannotRead(directory, e));
        }
    }

    private static FailureReason.Stopped stopped(StepDirectory directory) throws IOException {
        return new FailureReason.Stopped(directory.stop().orElse("by request"));
    }

    private StepEnd failed(StepOrder order, FailureReason reason) {
        return new StepEnd.Failed(reason, output(order));
    }

    /** Nothing where it cannot be read, because the end counts for more. */
    private StepOutput output(StepOrder order) {
        return outputs.soFar(order).orElse(StepOutput.NONE);
    }

    private StepDirectory directory(StepKey key) {
        return StepDirectory.of(steps, key);
    }

    /** Whoever watched the step has a few things to do once it ended. */
    private static void awaitEnd(ProcessIdentity shimProcess) throws InterruptedException {
        for (long waited = 0; shimProcess.isAlive() && waited < 5_000; waited += PAUSE_MIN_MILLIS) {
            Thread.sleep(PAUSE_MIN_MILLIS);
        }
    }

    private static String cannotRead(StepDirectory directory, IOException e) {
        return "its directory %s cannot be read (%s)".formatted(directory.path(), e.getMessage());
    }

    private static String cannotWrite(StepDirectory directory, IOException e) {
        return "its directory %s cannot be made (%s)".formatted(directory.path(), e.getMessage());
    }

    private static String message(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
