package dev.sopwith.engine.step;

import dev.sopwith.engine.step.ProcessIdentity.World;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts shims ({@code shim.sh}): each in a session of its own, with the step's environment through
 * a pipe, so that no secret is in an argument or on the disk.
 *
 * <p>Threading: immutable; safe from any thread. What was started outlives this process.
 */
final class ShimProcesses {
    private final Path steps;
    private final World world;
    private final Duration grace;
    private final String text = shimText();

    /** The step cannot be started; nothing was. */
    static final class CannotStart extends Exception {
        private static final long serialVersionUID = 1;

        CannotStart(String why) {
            super(why);
        }
    }

    /**
     * @param steps where the directories of all steps are
     * @param grace from TERM to KILL, in whole seconds
     */
    ShimProcesses(Path steps, World world, Duration grace) {
        this.steps = steps;
        this.world = world;
        this.grace = grace;
    }

    /** The text of {@code shim.sh}, as it lies in each step's directory. */
    String text() {
        return text;
    }

    /**
     * Starts the shim that runs the step.
     *
     * @param command what it is to execute, see {@link #command}
     */
    Process run(
            StepOrder order,
            StepDirectory directory,
            String nonce,
            List<String> command,
            String environment)
            throws IOException {
        var arguments = new ArrayList<String>();
        arguments.add(timeout(order.timeout()));
        arguments.add(seconds(grace));
        arguments.addAll(command);
        return handed(environment, start(directory, "run", nonce, arguments));
    }

    /** Starts the shim that ends the step; exits with 0 when nothing of it is left. */
    Process stop(StepDirectory directory, String nonce) throws IOException {
        return handed("", start(directory, "stop", nonce, List.of(seconds(grace))));
    }

    private Process start(
            StepDirectory directory, String verb, String nonce, List<String> arguments)
            throws IOException {
        return start(shimCommand(directory, verb, nonce, arguments), directory);
    }

    /**
     * What the shim is to execute in the step's session.
     *
     * @throws CannotStart when a program is missing, or the user cannot be changed to
     */
    List<String> command(StepOrder order, StepDirectory directory)
            throws CannotStart, IOException, InterruptedException {
        var command = new ArrayList<String>();
        if (order.runAs().isPresent()) command.addAll(changeUser(order.runAs().get()));
        boolean bash = order.block().fence().equalsIgnoreCase("bash");
        command.add(program(bash ? "bash" : "sh"));
        command.addAll(bash ? List.of("-euo", "pipefail") : List.of("-eu"));
        command.add(directory.script().toString());
        return command;
    }

    private List<String> changeUser(String user)
            throws CannotStart, IOException, InterruptedException {
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            throw new CannotStart(
                    "to run as %s the service itself must run as root".formatted(user));
        }
        if (!user.matches("[A-Za-z_][A-Za-z0-9_.-]*\\$?")) {
            throw new CannotStart("'%s' is no login".formatted(user));
        }
        for (var above = steps.getParent(); above != null; above = above.getParent()) {
            if (!mayBeEntered(above, user)) {
                throw new CannotStart(
                        "%s may not enter %s: allow it with chmod o+x".formatted(user, above));
            }
        }
        var setpriv = program("setpriv");
        return List.of(setpriv, "--reuid=" + user, "--regid=" + group(user), "--init-groups", "--");
    }

    private static boolean mayBeEntered(Path directory, String user) throws IOException {
        if (!Files.exists(directory)) return true; // made below, with the right mode
        return Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_EXECUTE)
                || Files.getOwner(directory).getName().equals(user);
    }

    private static String group(String user) throws CannotStart, IOException, InterruptedException {
        var id =
                new ProcessBuilder(program("id"), "-g", user)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        var group = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (id.waitFor() != 0) throw new CannotStart("there is no user " + user);
        return group.strip();
    }

    private List<String> shimCommand(
            StepDirectory directory, String verb, String nonce, List<String> arguments)
            throws IOException {
        try {
            var command = new ArrayList<String>();
            command.addAll(List.of(program("setsid"), program("sh"), directory.shim().toString()));
            command.addAll(List.of(verb, directory.path().toString(), nonce));
            command.addAll(List.of(world.boot(), world.namespace()));
            command.addAll(arguments);
            return command;
        } catch (CannotStart e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Process start(List<String> command, StepDirectory directory) throws IOException {
        var errors = ProcessBuilder.Redirect.appendTo(directory.shimErrors().toFile());
        var builder = new ProcessBuilder(command).redirectOutput(errors).redirectError(errors);
        builder.environment().clear();
        builder.environment().put("PATH", ShellPrograms.PATH);
        return builder.start();
    }

    private static Process handed(String environment, Process process) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(environment.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The shim did not want it: it was barred, and its directory says by whom.
        }
        return process;
    }

    private static String program(String name) throws CannotStart {
        return ShellPrograms.find(name)
                .map(Path::toString)
                .orElseThrow(() -> new CannotStart(name + " is not installed on this machine"));
    }

    private static String timeout(Duration timeout) {
        return timeout.isZero()
                ? "0"
                : "%d.%03d".formatted(timeout.toSeconds(), timeout.toMillisPart());
    }

    private static String seconds(Duration time) {
        return Long.toString(time.toSeconds());
    }

    private static String shimText() {
        try (var shim = ShimProcesses.class.getResourceAsStream("shim.sh")) {
            if (shim == null) throw new IllegalStateException("shim.sh is not in the program");
            return new String(shim.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("shim.sh cannot be read from the program", e);
        }
    }
}
