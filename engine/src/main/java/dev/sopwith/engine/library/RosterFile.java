package dev.sopwith.engine.library;

import static dev.sopwith.engine.sop.DiagnosticCode.FILE_UNREADABLE;

import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.roster.RosterReader;
import dev.sopwith.engine.sop.Diagnostic;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The roster as it is now, while people edit it on disk. A good new version replaces the old one as
 * soon as it is seen; of a broken one people are told once, and the last good one stays.
 *
 * <p>Threading: {@link #current} from any thread, without waiting. Looks follow one another; the
 * listener hears of them in order, after the new roster is in place. What it throws is logged and
 * stops nothing.
 */
public final class RosterFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RosterFile.class.getName());

    private final Path file;
    private final String shown;
    private volatile Consumer<Event> listener = _ -> {};
    private final ReentrantLock looking = new ReentrantLock();
    private final FolderWatch watch = new FolderWatch();
    private volatile Roster current;
    private volatile List<Diagnostic> told; // written while looking
    private Optional<Thread> thread = Optional.empty(); // guarded by this

    /** What a look at the file showed. */
    public sealed interface Event {
        /** Another roster holds from now on. */
        record Changed(Roster before, Roster now, List<Diagnostic> warnings) implements Event {}

        /** The file cannot be used; the last good roster stays. */
        record Broke(List<Diagnostic> findings) implements Event {}

        /** The file says again what holds already. */
        record Recovered(Roster now) implements Event {}
    }

    /** The roster cannot be used, and there is none before it. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;
        private final transient List<Diagnostic> findings;

        /** With at least one finding. */
        public Unusable(List<Diagnostic> findings) {
            super(findings.getFirst().toString());
            this.findings = List.copyOf(findings);
        }

        /** All of them, in reading order. */
        public List<Diagnostic> findings() {
            return findings;
        }
    }

    private RosterFile(Path file, String shown, Roster first, List<Diagnostic> told) {
        this.file = file;
        this.shown = shown;
        this.current = first;
        this.told = told;
    }

    /** Reads the file once: what it says, and all there is to say about it. */
    public static RosterReader.Result read(Path file, String shown) {
        var whole = file.toAbsolutePath().normalize();
        var findings = new ArrayList<>(FileSafety.ofProcess().check(whole, shown));
        var disk = new LocalDisk();
        Optional<Roster> roster = Optional.empty();
        try {
            var kind = disk.stamp(whole).kind();
            if (kind == Disk.Kind.FILE) {
                var bytes = disk.read(whole, RosterReader.FILE_BYTES_MAX + 1);
                var result = RosterReader.read(bytes, shown);
                findings.addAll(result.diagnostics());
                roster = result.roster();
            } else if (kind != Disk.Kind.LINK) {
                findings.add(
                        unreadable(shown, "%s is a %s, not a file".formatted(shown, kind.word())));
            }
        } catch (IOException e) {
            if (findings.isEmpty()) {
                findings.add(
                        unreadable(
                                shown,
                                "%s cannot be read: %s".formatted(shown, SopFolder.reason(e))));
            }
        }
        findings.sort(Diagnostic.IN_READING_ORDER);
        boolean isGood = findings.stream().noneMatch(Diagnostic::isError);
        return new RosterReader.Result(isGood ? roster : Optional.empty(), List.copyOf(findings));
    }

    /**
     * Reads the file and keeps what it says.
     *
     * @param shown how the file is named in findings
     * @throws Unusable when it cannot be used as it is
     */
    public static RosterFile open(Path file, String shown) throws Unusable {
        var result = read(file, shown);
        if (result.roster().isEmpty()) throw new Unusable(result.diagnostics());
        return new RosterFile(
                file.toAbsolutePath().normalize(),
                shown,
                result.roster().get(),
                result.diagnostics());
    }

    /** Tells this one, and no other any more, what changes from now on. */
    public void listen(Consumer<Event> listener) {
        this.listener = listener;
    }

    /** The last good roster. */
    public Roster current() {
        return current;
    }

    /** What is wrong with the file as it was seen last; empty when it is the one that holds. */
    public List<Diagnostic> broken() {
        var now = told;
        return now.stream().anyMatch(Diagnostic::isError) ? now : List.of();
    }

    /** Looks at the file now, and tells the listener when it says something else than before. */
    public void refresh() {
        looking.lock();
        try {
            var result = read(file, shown);
            var before = current;
            boolean wasBroken = told.stream().anyMatch(Diagnostic::isError);
            boolean isSame = result.diagnostics().equals(told);
            told = result.diagnostics();
            if (result.roster().isEmpty()) {
                if (!isSame) tell(new Event.Broke(result.diagnostics()));
                return;
            }
            var now = result.roster().get();
            if (!now.digest().equals(before.digest())) {
                current = now;
                tell(new Event.Changed(before, now, result.diagnostics()));
            } else if (wasBroken) {
                tell(new Event.Recovered(now));
            }
        } finally {
            looking.unlock();
        }
    }

    /** Begins to watch the file, until closed; once. */
    public void watch() {
        watch(SopLibrary.PERIOD);
    }

    /** Begins to watch the file and to look every {@code period}, until closed; once. */
    synchronized void watch(Duration period) {
        if (thread.isPresent()) throw new IllegalStateException("a roster is watched once");
        thread = Optional.of(Thread.ofVirtual().name("roster-watch").start(() -> follow(period)));
    }

    private void follow(Duration period) {
        do {
            try {
                var folder = file.getParent();
                if (folder != null) watch.follow(Set.of(folder));
                refresh();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a look at the roster failed", e);
            }
        } while (watch.await(period));
    }

    private void tell(Event event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the listener of the roster failed", e);
        }
    }

    private static Diagnostic unreadable(String shown, String message) {
        return new Diagnostic(FILE_UNREADABLE, shown, 1, 1, message, "");
    }

    /** Stops watching and waits for a look that is under way. */
    @Override
    public void close() {
        watch.close();
        Optional<Thread> toEnd;
        synchronized (this) {
            toEnd = thread;
        }
        try {
            if (toEnd.isPresent() && toEnd.get() != Thread.currentThread()) toEnd.get().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
