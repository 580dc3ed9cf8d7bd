package dev.sopwith.engine.library;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All SOPs of one folder at one moment: those that can run, and those that are broken and why.
 *
 * <p>No two SOPs that can run have one name. Hidden folders, folders that hold nothing and files
 * beside the folders are no SOPs; every other folder is listed here.
 *
 * <p>Threading: immutable.
 */
public final class SopSet {
    private final String shown;
    private final SortedMap<String, Entry> entries;
    private final Optional<Diagnostic> problem;
    private final Map<String, Loaded> runnable;

    /** What one folder holds. */
    public sealed interface Entry {
        /** The folder's own name, which need not be the SOP's. */
        String folder();

        /** Errors and warnings about what is on disk now, in reading order. */
        List<Diagnostic> diagnostics();

        /** The version that runs: this one, or the last good one, if there was any. */
        Optional<Loaded> runnable();
    }

    /**
     * A SOP that can run.
     *
     * @param files what it was read from
     * @param diagnostics warnings only
     */
    public record Loaded(String folder, Sop sop, SopFiles files, List<Diagnostic> diagnostics)
            implements Entry {
        public Loaded {
            diagnostics = List.copyOf(diagnostics);
        }

        /** {@return {@link SopFiles#digest()} of what it was read from} */
        public String digest() {
            return files.digest();
        }

        @Override
        public Optional<Loaded> runnable() {
            return Optional.of(this);
        }
    }

    /**
     * A folder that cannot be used as it is.
     *
     * @param name the SOP's name, where it can be told
     * @param files what could be read, which is what the diagnostics are about; it may hold tokens
     * @param diagnostics at least one error
     * @param lastGood what this folder held before it broke, and what runs until it is repaired;
     *     none after a start
     */
    public record Broken(
            String folder,
            Optional<String> name,
            SopFiles files,
            List<Diagnostic> diagnostics,
            Optional<Loaded> lastGood)
            implements Entry {
        public Broken {
            diagnostics = List.copyOf(diagnostics);
        }

        @Override
        public Optional<Loaded> runnable() {
            return lastGood;
        }
    }

    private SopSet(String shown, SortedMap<String, Entry> entries, Optional<Diagnostic> problem) {
        this.shown = shown;
        this.entries = Collections.unmodifiableSortedMap(entries);
        this.problem = problem;
        this.runnable = byName(entries.values());
    }

    /**
     * Reads all SOPs of a folder. Never throws: a folder that cannot be read is an empty set with a
     * {@link #problem}. Blocks on the disk.
     *
     * @param root the folder that holds the SOPs' folders
     * @param shown how it is named in diagnostics, such as {@code sops}
     * @param clock decides whether a year in a schedule is over
     */
    public static SopSet load(Path root, String shown, InstantSource clock) {
        return load(root, shown, clock, ExecutionMode.SUPERVISED);
    }

    /** The same, with a roster's mode for SOPs that name none. */
    public static SopSet load(
            Path root, String shown, InstantSource clock, ExecutionMode defaultMode) {
        return none(shown).followedBy(SopsFolder.local(root, shown, clock, defaultMode).look());
    }

    /** A set without any SOP. */
    static SopSet none(String shown) {
        return new SopSet(shown, new TreeMap<>(), Optional.empty());
    }

    /** What every folder holds, by the folder's name. */
    public SortedMap<String, Entry> entries() {
        return entries;
    }

    /** The version that runs of the SOP with this name, exactly as written. */
    public Optional<Loaded> find(String name) {
        return Optional.ofNullable(runnable.get(name));
    }

    /** All SOPs that can run, last good versions included, by name. */
    public Collection<Loaded> runnable() {
        return runnable.values();
    }

    /** Folders that cannot be used as they are, by the folder's name. */
    public List<Broken> broken() {
        return entries.values().stream()
                .filter(Broken.class::isInstance)
                .map(Broken.class::cast)
                .toList();
    }

    /** Why the folder of all SOPs cannot be read; the entries are then those known before. */
    public Optional<Diagnostic> problem() {
        return problem;
    }

    /** Everything there is to say about all SOPs and their folder, in reading order. */
    public List<Diagnostic> diagnostics() {
        var ofEntries = entries.values().stream().flatMap(entry -> entry.diagnostics().stream());
        return Stream.concat(problem.stream(), ofEntries)
                .sorted(Diagnostic.IN_READING_ORDER)
                .toList();
    }

    /** The set after another look at the disk, by the rules of {@link SopLibrary}. */
    SopSet followedBy(SopsFolder.Look look) {
        return switch (look) {
            case SopsFolder.Look.Lost(var problem) ->
                    new SopSet(shown, entries, Optional.of(problem));
            case SopsFolder.Look.Found(var onDisk) -> {
                var next = new TreeMap<String, Entry>();
                onDisk.forEach((folder, entry) -> next.put(folder, withLastGood(entry)));
                breakEqualNames(next);
                breakTakenNames(next);
                yield new SopSet(shown, next, Optional.empty());
            }
        };
    }

    private Entry withLastGood(Entry entry) {
        return switch (entry) {
            case Loaded loaded -> loaded;
            case Broken broken -> {
                var lastGood = lastGood(broken.folder());
                var name = broken.name().or(() -> lastGood.map(good -> good.sop().name()));
                yield new Broken(
                        broken.folder(), name, broken.files(), broken.diagnostics(), lastGood);
            }
        };
    }

    private Optional<Loaded> lastGood(String folder) {
        return Optional.ofNullable(entries.get(folder)).flatMap(Entry::runnable);
    }

    private void breakEqualNames(SortedMap<String, Entry> next) {
        var foldersByName = new HashMap<String, SortedSet<String>>();
        for (var loaded : loadedIn(next)) {
            foldersByName
                    .computeIfAbsent(loaded.sop().name(), _ -> new TreeSet<>())
                    .add(loaded.folder());
        }
        for (var loaded : loadedIn(next)) {
            var others = new TreeSet<>(foldersByName.get(loaded.sop().name()));
            others.remove(loaded.folder());
            if (others.isEmpty()) continue;
            var where = others.stream().map(other -> shown + "/" + other).toList();
            next.put(loaded.folder(), duplicate(loaded, "used by " + String.join(", ", where)));
        }
    }

    /** Repeated because a folder that breaks here keeps a last good version of its own. */
    private void breakTakenNames(SortedMap<String, Entry> next) {
        boolean again;
        do {
            again = false;
            var keptIn = new HashMap<String, String>();
            for (var entry : next.values()) {
                if (entry instanceof Broken(var folder, _, _, _, Optional<Loaded> lastGood)) {
                    lastGood.ifPresent(good -> keptIn.put(good.sop().name(), folder));
                }
            }
            for (var loaded : loadedIn(next)) {
                var holder = Optional.ofNullable(keptIn.get(loaded.sop().name()));
                if (holder.isEmpty()) continue;
                var where =
                        "that of the last good version of %s/%s, which still runs"
                                .formatted(shown, holder.get());
                next.put(loaded.folder(), duplicate(loaded, where));
                again = true;
            }
        } while (again);
    }

    private Broken duplicate(Loaded loaded, String where) {
        var name = loaded.sop().name();
        var all = new ArrayList<>(loaded.diagnostics());
        all.add(
                new Diagnostic(
                        DiagnosticCode.NAME_DUPLICATE,
                        shown + "/" + loaded.folder() + "/SOP.toml",
                        1,
                        1,
                        "the name '%s' is also %s".formatted(name, where),
                        "give every SOP a name of its own"));
        all.sort(Diagnostic.IN_READING_ORDER);
        return new Broken(
                loaded.folder(), Optional.of(name), loaded.files(), all, lastGood(loaded.folder()));
    }

    private static List<Loaded> loadedIn(SortedMap<String, Entry> entries) {
        return entries.values().stream()
                .filter(Loaded.class::isInstance)
                .map(Loaded.class::cast)
                .toList();
    }

    private static SortedMap<String, Loaded> byName(Collection<Entry> entries) {
        var byName = new TreeMap<String, Loaded>();
        for (var entry : entries) {
            entry.runnable()
                    .ifPresent(
                            loaded -> {
                                var other = byName.put(loaded.sop().name(), loaded);
                                if (other != null) {
                                    throw new IllegalStateException(
                                            "two SOPs run as " + loaded.sop().name());
                                }
                            });
        }
        return Collections.unmodifiableSortedMap(byName);
    }
}
