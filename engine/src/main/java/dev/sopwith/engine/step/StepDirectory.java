package dev.sopwith.engine.step;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The directory of one try of a shell step, {@code steps/R-12.3.1.1}, and the empty file {@code
 * R-12.3.1.1.begun} beside it, which says that a missing directory was there once.
 *
 * <p>The step sees {@code step/} (its script, payload, output file and the SOP's files) and nothing
 * above. What lies above is the service's and the shim's; {@code shim.sh} lists it. Once the step
 * has ended, {@link StoredOutput} takes the place of the files {@code out.N}, and {@link
 * StoredValues} that of the step's output file.
 */
record StepDirectory(Path steps, String name) {
    /** Longer than anything the shim writes over it: a full disk must not swallow an exit code. */
    private static final String EXIT_ROOM = " ".repeat(63) + "\n";

    private static final Pattern RUN = Pattern.compile("R-([0-9]{1,18})\\.");

    /** Who made {@code claim}. */
    sealed interface Claim {
        /** Nobody: the step has not begun. */
        record None() implements Claim {}

        /** The service: the step did not begin and never will. */
        record GivenUp() implements Claim {}

        /** This shim: the step began. */
        record Taken(ProcessIdentity shim) implements Claim {}
    }

    /** How the shim says that the step ended; {@code cause} is one word. */
    record Exit(int code, String cause) {}

    /** The directory of all steps in that of the service. */
    static Path all(Path state) {
        return state.toAbsolutePath().normalize().resolve("steps");
    }

    /**
     * @param steps the directory of all steps, absolute
     */
    static StepDirectory of(Path steps, StepKey key) {
        return new StepDirectory(steps, key.toString());
    }

    /** All attempts that have a directory here, finished in the making. */
    static List<StepKey> keys(Path steps) throws IOException {
        return keys(entries(steps, "R-*"), steps);
    }

    /** Those of one run. */
    static List<StepKey> keys(Path steps, long run) throws IOException {
        return keys(entries(steps, "R-%d.*".formatted(run)), steps);
    }

    private static List<StepKey> keys(List<Path> entries, Path steps) throws IOException {
        var keys = new ArrayList<StepKey>();
        for (var path : entries) {
            var directory = new StepDirectory(steps, name(path));
            if (directory.exists()) {
                StepKey.parse(directory.epoch(), directory.name()).ifPresent(keys::add);
            }
        }
        return keys;
    }

    /** The runs of which anything lies here, and when the newest of it was put there or changed. */
    static Map<Long, Instant> runs(Path steps) throws IOException {
        var runs = new HashMap<Long, Instant>();
        for (var path : entries(steps, "R-*")) {
            var number = RUN.matcher(name(path));
            if (!number.lookingAt()) continue;
            try {
                var at = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
                runs.merge(
                        Long.parseLong(number.group(1)),
                        at,
                        (one, other) -> one.isAfter(other) ? one : other);
            } catch (NoSuchFileException e) {
                // Just removed.
            }
        }
        return runs;
    }

    /** Removes all that lies here of a run; the marks of what began go last. */
    static void clean(Path steps, long run) throws IOException {
        var all = entries(steps, "R-%d.*".formatted(run));
        for (var path : all) {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) delete(path);
        }
        for (var path : all) Files.deleteIfExists(path);
    }

    private static List<Path> entries(Path steps, String glob) throws IOException {
        var entries = new ArrayList<Path>();
        try (var found = Files.newDirectoryStream(steps, glob)) {
            found.forEach(entries::add);
        } catch (NoSuchFileException e) {
            return List.of(); // no step has begun here yet
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    Path path() {
        return steps.resolve(name);
    }

    Path step() {
        return path().resolve("step");
    }

    Path sop() {
        return step().resolve("sop");
    }

    Path script() {
        return step().resolve("script");
    }

    Path payload() {
        return step().resolve("payload");
    }

    Path output() {
        return step().resolve("output");
    }

    Path shim() {
        return path().resolve("shim");
    }

    /** What the shim itself had to say; empty unless something is wrong. */
    Path shimErrors() {
        return path().resolve("shim.err");
    }

    boolean exists() {
        return Files.isDirectory(path(), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether there was a directory once, even if the step deleted it. */
    boolean hasBegun() {
        return Files.exists(begun());
    }

    /**
     * Makes everything that the shim needs. A directory that was given up is set aside first: a
     * shim that comes late goes on in that one.
     *
     * @param nonce names this very directory
     */
    void prepare(StepOrder order, String shim, String nonce) throws IOException {
        if (exists()) {
            var aside = steps.resolve(name + ".given-up-" + nonce);
            Files.move(path(), aside, StandardCopyOption.ATOMIC_MOVE);
            delete(aside);
        }
        boolean otherUser = order.runAs().isPresent();
        makeSteps();
        makeDirectory(path(), otherUser ? "rwx--x--x" : "rwx------");
        if (otherUser) setMode(steps, "rwx--x--x");
        makeDirectory(step(), "rwx------");
        makeDirectory(sop(), "rwx------");
        for (var file : order.files().files().entrySet()) {
            var target = sop().resolve(file.getKey());
            var folder = file.getKey().lastIndexOf('/');
            if (folder > 0)
                Files.createDirectories(sop().resolve(file.getKey().substring(0, folder)));
            Files.write(target, file.getValue().content());
            setMode(target, file.getValue().executable() ? "r-xr-xr-x" : "r--r--r--");
        }
        write(script(), scriptText(order).getBytes(StandardCharsets.UTF_8), "r--------");
        write(payload(), order.payload(), "r--------");
        write(output(), new byte[0], "rw-------");
        write(shim(), shim.getBytes(StandardCharsets.UTF_8), "r--------");
        write(
                path().resolve("exit.new"),
                EXIT_ROOM.getBytes(StandardCharsets.US_ASCII),
                "rw-------");
        StoredOutput.makeRoom(path());
        KeptOutput.makeRoom(path());
        write(
                path().resolve("epoch"),
                order.key().epoch().getBytes(StandardCharsets.US_ASCII),
                "r--------");
        write(start(nonce), new byte[0], "r--------");
        makeReadOnly(sop());
        if (otherUser) giveTo(order.runAs().orElseThrow());
        if (!hasBegun()) Files.createFile(begun());
        sync(steps);
    }

    /** Makes the directory for a step that has no process: only what came back is kept there. */
    void makeForOutput() throws IOException {
        if (exists()) return;
        makeSteps();
        makeDirectory(path(), "rwx------");
    }

    /** The nonce of the directory as it is. */
    Optional<String> nonce() throws IOException {
        try (var found = Files.newDirectoryStream(path(), "start.*")) {
            for (var file : found) {
                return Optional.of(name(file).substring("start.".length()));
            }
        }
        return Optional.empty();
    }

    /** The epoch it was made in; empty if it was not finished. */
    String epoch() throws IOException {
        return read("epoch").orElse("").strip();
    }

    Claim claim() throws IOException {
        var text = read("claim");
        if (text.isEmpty()) return new Claim.None();
        return ProcessIdentity.parse(text.get())
                .<Claim>map(Claim.Taken::new)
                .orElseGet(Claim.GivenUp::new); // the shim's own appears with its content
    }

    /** Bars a start. {@code false}: somebody else was first. */
    boolean takeClaim() throws IOException {
        try {
            Files.createFile(path().resolve("claim"));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    Optional<ProcessIdentity> main() throws IOException {
        return read("main").flatMap(ProcessIdentity::parse);
    }

    Optional<Exit> exit() throws IOException {
        var text = read("exit");
        if (text.isEmpty()) return Optional.empty();
        var words = text.get().split("[ \n]+", -1);
        if (words.length < 3 || !words[0].matches("[0-9]{1,3}") || !words[2].equals(".")) {
            return Optional.empty();
        }
        return Optional.of(new Exit(Integer.parseInt(words[0]), words[1]));
    }

    /**
     * Remembers why the step is ended, for whoever waits for it after a restart. Several may want
     * that at once: its own run, and the next one with its lock.
     */
    void writeStop(String why) throws IOException {
        var fresh = path().resolve("stop." + UUID.randomUUID());
        Files.writeString(fresh, why);
        Files.move(fresh, path().resolve("stop"), StandardCopyOption.ATOMIC_MOVE);
    }

    Optional<String> stop() throws IOException {
        return read("stop");
    }

    /** Whether nothing lies here that the step wrote as it liked. */
    boolean isMasked() throws IOException {
        if (Files.exists(output(), LinkOption.NOFOLLOW_LINKS)) return false;
        return KeptOutput.in(path()).isEmpty();
    }

    /** Removes what the step wrote to {@code SOP_OUTPUT}, durably; whatever it made of that. */
    void removeOutput() throws IOException {
        if (Files.isDirectory(output(), LinkOption.NOFOLLOW_LINKS)) delete(output());
        if (Files.deleteIfExists(output()) && Files.isDirectory(step())) sync(step());
    }

    private Path begun() {
        return steps.resolve(name + ".begun");
    }

    private Path start(String nonce) {
        return path().resolve("start." + nonce);
    }

    private Optional<String> read(String name) throws IOException {
        try {
            return Optional.of(Files.readString(path().resolve(name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Line ends of Windows are an editor's, not the author's: a shell would trip over them. */
    private static String scriptText(StepOrder order) {
        return order.block().text().replace("\r\n", "\n") + "\n";
    }

    /** That a step began must not be lost with the directory it is recorded in. */
    private void makeSteps() throws IOException {
        if (Files.isDirectory(steps)) return;
        Files.createDirectories(steps);
        setMode(steps, "rwx------");
        var state = steps.getParent();
        if (state != null) sync(state);
    }

    private static void makeDirectory(Path directory, String mode) throws IOException {
        Files.createDirectory(directory);
        setMode(directory, mode); // whatever the umask
    }

    private static void write(Path file, byte[] content, String mode) throws IOException {
        Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        setMode(file, mode);
    }

    private static void setMode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static void makeReadOnly(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            for (var found : all.filter(Files::isDirectory).toList()) setMode(found, "r-xr-xr-x");
        }
    }

    private void giveTo(String user) throws IOException {
        UserPrincipal owner =
                steps.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        try (var all = Files.walk(step())) {
            for (var found : all.toList()) Files.setOwner(found, owner);
        }
    }

    static void sync(Path directory) throws IOException {
        WholeFiles.with(
                () -> {
                    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                        channel.force(true);
                    }
                    return directory;
                });
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() { // does not follow links
                    @Override
                    public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes is)
                            throws IOException {
                        setMode(found, "rwx------");
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path found, BasicFileAttributes is)
                            throws IOException {
                        Files.deleteIfExists(found);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path found, @Nullable IOException e)
                            throws IOException {
                        if (e != null) throw e;
                        Files.delete(found);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
