package dev.sopwith.engine.library;

import static dev.sopwith.engine.sop.DiagnosticCode.FILE_IS_LINK;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_NAME_UNUSABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_UNREADABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.FOLDER_TOO_LARGE;
import static dev.sopwith.engine.sop.DiagnosticCode.FOLDER_UNREADABLE;

import dev.sopwith.engine.library.Disk.Kind;
import dev.sopwith.engine.library.Disk.Stamp;
import dev.sopwith.engine.library.SopFolder.Listing;
import dev.sopwith.engine.library.SopFolder.Picture;
import dev.sopwith.engine.library.SopSet.Broken;
import dev.sopwith.engine.library.SopSet.Entry;
import dev.sopwith.engine.library.SopSet.Loaded;
import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The folder that holds all SOPs, on disk: says at every look what is in it now, each SOP for
 * itself, and reads only what was touched since the look before.
 *
 * <p>Touched means that a path, size, time, mode or inode differs. Two edits within one tick of the
 * file system's clock show no difference, so a folder that was touched less than {@link #SETTLING}
 * before it was read is read once more that much later; one with problems at every look.
 *
 * <p>Threading: one look at a time, from any thread; it reads with as many threads as there are
 * processors. A look never throws.
 */
final class SopsFolder {
    /** Who reads this stands before a roster or before a command line. */
    private static final String NAME_IT =
            "name the folder of your SOPs: sops_dir in the roster, --sops-dir for a command";

    private static final System.Logger LOG = System.getLogger(SopsFolder.class.getName());

    /** The coarsest clock of a file system that is still noticed. */
    static final Duration SETTLING = Duration.ofSeconds(2);

    /** Everything that lies in the folder of all SOPs. */
    static final int ENTRIES_MAX = 10_000;

    /** All SOPs together, as they are held in memory: 256 MiB. Last good versions come on top. */
    static final long BYTES_MAX = 256L * 1024 * 1024;

    /** Below this many folders to read, handing them out to threads gains nothing. */
    private static final int PARALLEL_MIN = 8;

    private final Path root;
    private final String shown;
    private final InstantSource clock;
    private final Disk disk;
    private final Reader reader;
    private final SopCheck check;

    private SortedMap<String, Known> known = Collections.emptySortedMap();
    private Optional<Stamp> knownRoot = Optional.empty();

    /** {@link SopReader#read}, or what stands for it in a test. */
    @FunctionalInterface
    interface Reader {
        SopReader.Result read(SopFiles files, String shownFolder, Instant now);
    }

    /** What a look at the folder showed. */
    sealed interface Look {
        /** Nothing: the folder itself cannot be read. */
        record Lost(Diagnostic problem) implements Look {}

        /** Every SOP as it is on disk, by its folder's name; none has a last good version. */
        record Found(SortedMap<String, Entry> entries) implements Look {}
    }

    /**
     * What is remembered of one folder.
     *
     * @param digest of what could be read
     * @param settled whether an equal listing means equal content
     * @param clean whether all of it could be read
     * @param entry none if it held nothing
     */
    private record Known(
            Listing listing,
            String digest,
            Instant readAt,
            boolean settled,
            boolean clean,
            Optional<Entry> entry) {

        boolean isCurrent(Listing now, Instant at) {
            return clean
                    && now.showsSameAs(listing)
                    && (settled || Duration.between(readAt, at).abs().compareTo(SETTLING) < 0);
        }
    }

    /** A folder to be read, with what is remembered of it and what lies in it now. */
    private record ToRead(String name, SopFolder folder, Listing listing, Optional<Known> before) {}

    SopsFolder(
            Path root,
            String shown,
            InstantSource clock,
            Disk disk,
            Reader reader,
            SopCheck check) {
        this.root = root.toAbsolutePath().normalize(); // "sops/." would follow a link
        this.shown = shown;
        this.clock = clock;
        this.disk = disk;
        this.reader = reader;
        this.check = check;
    }

    /** The folder as the product reads it. */
    static SopsFolder local(
            Path root, String shown, InstantSource clock, ExecutionMode defaultMode) {
        Reader reader = (files, folder, now) -> SopReader.read(files, folder, now, defaultMode);
        return new SopsFolder(root, shown, clock, new LocalDisk(), reader, SopCheck.NONE);
    }

    /** Looks at every SOP and reads those that were touched. */
    Look look() {
        try {
            var stamp = disk.stamp(root);
            if (stamp.kind() == Kind.LINK) return isLink();
            if (stamp.kind() != Kind.FOLDER) return isNoFolder(stamp.kind());
            var inside = disk.list(root, ENTRIES_MAX + 1);
            if (inside.size() > ENTRIES_MAX) return tooMany();
            var next = known(inside);
            // Else a folder that is moved away meanwhile would look as if all of it was removed.
            if (!disk.stamp(root).isSamePlace(stamp)) return wasReplaced();
            return accept(stamp, next);
        } catch (IOException e) {
            return lost(
                    FOLDER_UNREADABLE,
                    "%s cannot be read: %s".formatted(shown, SopFolder.reason(e)),
                    e instanceof NoSuchFileException
                            ? "create it, or " + NAME_IT
                            : SopFolder.remedy(e));
        }
    }

    /** The folder and all folders in it that the last look saw: where a change would happen. */
    Set<Path> folders() {
        var folders = new HashSet<Path>();
        folders.add(root);
        known.values().forEach(it -> folders.addAll(it.listing().folders()));
        return folders;
    }

    private SortedMap<String, Known> known(List<Path> inside) {
        var at = clock.instant();
        var next = new TreeMap<String, Known>();
        var toRead = new ArrayList<ToRead>();
        long bytes = 0;
        for (var path : inside.stream().sorted().toList()) {
            var name = FileNames.read(path);
            if (name.orElse("").startsWith(".")) continue;
            if (name.isEmpty() || SopFiles.isEditorDropping(name.get())) {
                if (!isFolder(path)) continue;
            }
            var shownName = name.orElseGet(() -> FileNames.escaped(path));
            var folder = new SopFolder(disk, path, shown + "/" + shownName);
            var listing = folder.list();
            if (listing.isEmpty()) continue;
            bytes += listing.get().readable() ? listing.get().bytes() : 0;
            var before = Optional.ofNullable(known.get(shownName));
            if (name.isEmpty()) {
                next.put(shownName, unread(listing.get(), shownName, at, nameUnusable(shownName)));
            } else if (bytes > BYTES_MAX) {
                next.put(shownName, unread(listing.get(), shownName, at, noRoomFor(shownName)));
            } else if (before.isPresent() && before.get().isCurrent(listing.get(), at)) {
                next.put(shownName, before.get());
            } else {
                toRead.add(new ToRead(shownName, folder, listing.get(), before));
            }
        }
        next.putAll(read(toRead, at));
        return next;
    }

    /**
     * An unmounted file system leaves an empty folder behind. So an empty folder in the place of
     * another one does not mean that all SOPs were removed; an empty one that is still the same
     * does.
     */
    private Look accept(Stamp stamp, SortedMap<String, Known> next) {
        var entries = entries(next);
        boolean isSame = knownRoot.filter(stamp::isSamePlace).isPresent();
        if (entries.isEmpty() && !isSame && !entries(known).isEmpty()) {
            return lost(
                    FOLDER_UNREADABLE,
                    shown + " is empty and not the folder that was read before",
                    "mount or restore it; if its SOPs shall go for good, restart Sopwith");
        }
        known = next;
        knownRoot = Optional.of(stamp);
        return new Look.Found(entries);
    }

    private static SortedMap<String, Entry> entries(SortedMap<String, Known> known) {
        var entries = new TreeMap<String, Entry>();
        known.forEach((name, it) -> it.entry().ifPresent(entry -> entries.put(name, entry)));
        return entries;
    }

    private boolean isFolder(Path path) {
        try {
            return disk.stamp(path).kind() == Kind.FOLDER;
        } catch (IOException e) {
            return false; // gone, or unreadable whatever it is
        }
    }

    private Map<String, Known> read(List<ToRead> toRead, Instant at) {
        var work = toRead.size() < PARALLEL_MIN ? toRead.stream() : toRead.parallelStream();
        var results = new HashMap<String, Known>();
        work.map(it -> Map.entry(it.name(), read(it, at)))
                .toList()
                .forEach(it -> it.getValue().ifPresent(one -> results.put(it.getKey(), one)));
        return results;
    }

    private Optional<Known> read(ToRead it, Instant at) {
        return it.folder().read(it.listing()).map(picture -> known(it, picture, at));
    }

    private Known known(ToRead it, Picture picture, Instant at) {
        var listing = picture.listing();
        var before = it.before().filter(Known::clean);
        boolean clean = picture.problems().isEmpty();
        boolean again = before.filter(b -> b.listing().showsSameAs(listing)).isPresent();
        boolean old = listing.lastTouchedMillis() < at.minus(SETTLING).toEpochMilli();
        var digest = picture.files().digest();
        boolean sameContent = clean && before.filter(b -> b.digest().equals(digest)).isPresent();
        var entry = sameContent ? before.get().entry() : entry(it.name(), picture);
        return new Known(listing, digest, clock.instant(), again || old, clean, entry);
    }

    private Optional<Entry> entry(String name, Picture picture) {
        var shownFolder = shown + "/" + name;
        var files = picture.files();
        if (picture.problems().isEmpty() && files.files().isEmpty()) return Optional.empty();
        var diagnostics = new ArrayList<>(picture.problems());
        Optional<Sop> sop = Optional.empty();
        if (canJudge(shownFolder, picture)) {
            try {
                var result = reader.read(files, shownFolder, clock.instant());
                sop = result.sop();
                diagnostics.addAll(result.diagnostics());
                diagnostics.addAll(check.check(files, shownFolder));
            } catch (RuntimeException | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, "cannot judge " + shownFolder, e);
                diagnostics.add(fault(shownFolder, e));
            }
        }
        diagnostics.sort(Diagnostic.IN_READING_ORDER);
        boolean isGood = sop.isPresent() && diagnostics.stream().noneMatch(Diagnostic::isError);
        return Optional.of(
                isGood
                        ? new Loaded(name, sop.get(), files, diagnostics)
                        : new Broken(
                                name, sop.map(Sop::name), files, diagnostics, Optional.empty()));
    }

    /** Whether findings about SOP.toml and SOP.md would be about what their author wrote. */
    private static boolean canJudge(String shownFolder, Picture picture) {
        if (picture.problems().isEmpty()) return true;
        if (picture.files().files().isEmpty()) return false;
        return picture.problems().stream()
                .map(Diagnostic::file)
                .noneMatch(List.of(shownFolder + "/SOP.toml", shownFolder + "/SOP.md")::contains);
    }

    private static Known unread(Listing listing, String name, Instant at, Diagnostic problem) {
        var nothing = new SopFiles(Map.of());
        var entry = new Broken(name, Optional.empty(), nothing, List.of(problem), Optional.empty());
        return new Known(listing, "", at, false, false, Optional.of(entry));
    }

    private Diagnostic nameUnusable(String name) {
        return new Diagnostic(
                FILE_NAME_UNUSABLE,
                shown + "/" + name,
                1,
                1,
                "the name %s has control characters or is not UTF-8".formatted(name),
                "rename it; here %XX stands for each byte that cannot be shown");
    }

    private Diagnostic noRoomFor(String name) {
        return new Diagnostic(
                FOLDER_TOO_LARGE,
                shown + "/" + name,
                1,
                1,
                "%s does not fit: with the SOPs before it there are more than %d MiB"
                        .formatted(shown + "/" + name, BYTES_MAX / 1024 / 1024),
                "keep large files elsewhere");
    }

    private static Diagnostic fault(String shownFolder, Throwable e) {
        return new Diagnostic(
                FILE_UNREADABLE,
                shownFolder + "/SOP.toml",
                1,
                1,
                "%s cannot be checked because of a fault in Sopwith: %s"
                        .formatted(shownFolder, e.getClass().getSimpleName()),
                "report it with the log and this folder; it stays broken until it is changed");
    }

    private Look isLink() {
        return lost(
                FILE_IS_LINK,
                shown + " is a symbolic link, and links are not followed",
                "put the folder itself there, or " + NAME_IT);
    }

    private Look isNoFolder(Kind kind) {
        return lost(
                FOLDER_UNREADABLE,
                "%s is a %s, not a folder".formatted(shown, kind.word()),
                NAME_IT);
    }

    private Look wasReplaced() {
        return lost(
                FOLDER_UNREADABLE,
                shown + " was replaced while it was read",
                "wait for the next look; if this stays, find out who replaces it");
    }

    private Look tooMany() {
        return lost(
                FOLDER_TOO_LARGE,
                "%s holds more than %d files and folders".formatted(shown, ENTRIES_MAX),
                NAME_IT);
    }

    private Look lost(DiagnosticCode code, String message, String fix) {
        knownRoot = Optional.empty();
        return new Look.Lost(new Diagnostic(code, shown, 1, 1, message, fix));
    }
}
