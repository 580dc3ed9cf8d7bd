package dev.sopwith.engine.library;

import static dev.sopwith.engine.sop.DiagnosticCode.FILE_CHANGED_WHILE_READ;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_IS_LINK;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_NAME_UNUSABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_TOO_LARGE;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_UNREADABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.FOLDER_TOO_LARGE;
import static dev.sopwith.engine.sop.DiagnosticCode.FOLDER_UNREADABLE;

import dev.sopwith.engine.library.Disk.Kind;
import dev.sopwith.engine.library.Disk.Stamp;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.SopFiles;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One SOP's folder on disk: what lies in it, and its files as they were at one moment.
 *
 * <p>Never throws: whatever the folder holds, the answer is files or findings. Links are not
 * followed, nothing but regular files is opened, and nothing is read of a folder over its limits.
 *
 * <p>Threading: holds nothing that changes; any thread, which may block on the disk.
 */
final class SopFolder {
    /** How often a folder is read again because it changed meanwhile. */
    static final int ATTEMPTS_MAX = 3;

    /** Everything that is looked at in one folder, folders and editors' droppings included. */
    static final int ENTRIES_MAX = 10_000;

    private final Disk disk;
    private final Path path;
    private final String shown;

    /** What was found under a path. */
    record Found(Path path, Stamp stamp) {}

    /**
     * What lies in a folder, not yet opened.
     *
     * @param entries relative path to what is there; editors' droppings left out
     * @param problems what makes the folder unusable before anything is opened
     * @param bytes what the files hold together
     * @param readable whether it is within the limits, so that its files may be opened
     */
    record Listing(
            Path folder,
            SortedMap<String, Found> entries,
            List<Diagnostic> problems,
            long bytes,
            boolean readable) {

        /** {@return whether nothing was touched since the other one was made, as far as shows} */
        boolean showsSameAs(Listing other) {
            return entries.equals(other.entries) && problems.equals(other.problems);
        }

        /** {@return when a file in it was last touched; long ago for a folder without files} */
        long lastTouchedMillis() {
            return entries.values().stream()
                    .map(Found::stamp)
                    .mapToLong(s -> Math.max(s.modified().toMillis(), s.changed().toMillis()))
                    .max()
                    .orElse(0);
        }

        /** {@return the folder itself and those in it} */
        List<Path> folders() {
            var inside =
                    entries.values().stream()
                            .filter(found -> found.stamp().kind() == Kind.FOLDER)
                            .map(Found::path);
            return Stream.concat(Stream.of(folder), inside).toList();
        }

        private String firstDifference(Listing other) {
            var names = new TreeSet<>(entries.keySet());
            names.addAll(other.entries.keySet());
            names.removeIf(n -> Objects.equals(entries.get(n), other.entries.get(n)));
            return names.isEmpty() ? "" : names.first();
        }
    }

    /**
     * A folder as it was at one moment.
     *
     * @param files all that could be read; the whole SOP exactly when there are no problems
     */
    record Picture(Listing listing, SopFiles files, List<Diagnostic> problems) {}

    /**
     * @param shown how the folder is named in diagnostics, such as {@code sops/deploy-prod}
     */
    SopFolder(Disk disk, Path path, String shown) {
        this.disk = disk;
        this.path = path;
        this.shown = shown;
    }

    /** What lies in the folder now; none if there is no such folder. */
    Optional<Listing> list() {
        var walk = new Walk();
        try {
            switch (disk.stamp(path).kind()) {
                case FOLDER -> walk.folder(path, "", 0);
                case LINK -> walk.problems.add(isLink(""));
                default -> {
                    return Optional.empty();
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            walk.problems.add(unreadable(FOLDER_UNREADABLE, "", e));
        }
        return Optional.of(walk.listing());
    }

    /**
     * Reads all files, so that they belong together: when something was touched meanwhile, it
     * starts again.
     *
     * @param first what {@link #list()} just said
     * @return none if the folder is gone
     */
    Optional<Picture> read(Listing first) {
        var before = first;
        var changed = "";
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            var contents = new Contents(before);
            var after = list();
            if (after.isEmpty()) return Optional.empty();
            if (contents.torn.isEmpty() && after.get().showsSameAs(before)) {
                return Optional.of(contents.picture());
            }
            changed = contents.torn.orElse(before.firstDifference(after.get()));
            before = after.get();
        }
        var problem =
                problem(
                        FILE_CHANGED_WHILE_READ,
                        changed,
                        "%s changed each of %d times it was read"
                                .formatted(name(changed), ATTEMPTS_MAX),
                        "let what writes there finish, or have it write elsewhere");
        return Optional.of(new Picture(before, new SopFiles(Map.of()), List.of(problem)));
    }

    /** Why something cannot be read, in a few words without a path. */
    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it does not exist";
            case NotDirectoryException _ -> "it is not a folder";
            case FileSystemException f when f.getReason() != null ->
                    f.getReason().toLowerCase(Locale.ROOT);
            default -> Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        };
    }

    /** What to do about something that cannot be read. */
    static String remedy(IOException e) {
        return e instanceof AccessDeniedException
                ? "let the user that runs Sopwith read it"
                : "check the path and the disk";
    }

    /** The files of a listing, opened and read one after the other. */
    private final class Contents {
        private final Listing listing;
        private final Map<String, SopFiles.File> files = new HashMap<>();
        private final List<Diagnostic> problems;
        private Optional<String> torn = Optional.empty();

        Contents(Listing listing) {
            this.listing = listing;
            this.problems = new ArrayList<>(listing.problems());
            if (listing.readable()) listing.entries().forEach(this::read);
        }

        private void read(String name, Found found) {
            if (found.stamp().kind() != Kind.FILE) return;
            int size = (int) found.stamp().size();
            try {
                var content = disk.read(found.path(), size + 1);
                if (content.length != size) torn = Optional.of(name);
                files.put(name, new SopFiles.File(content, found.stamp().executable()));
            } catch (NoSuchFileException e) {
                torn = Optional.of(name);
            } catch (IOException e) {
                problems.add(unreadable(FILE_UNREADABLE, name, e));
            }
        }

        Picture picture() {
            problems.sort(Diagnostic.IN_READING_ORDER);
            return new Picture(listing, new SopFiles(files), List.copyOf(problems));
        }
    }

    /** One pass over a folder and what is in it, without opening files. */
    private final class Walk {
        private final SortedMap<String, Found> entries = new TreeMap<>();
        private final List<Diagnostic> problems = new ArrayList<>();
        private int seen;
        private int files;
        private long bytes;
        private boolean readable = true;
        private boolean full;

        void folder(Path folder, String prefix, int depth) throws IOException {
            var paths = disk.list(folder, ENTRIES_MAX - seen + 1);
            seen += paths.size();
            if (seen > ENTRIES_MAX) {
                tooMany(ENTRIES_MAX, "files and folders");
                return;
            }
            for (var inside : paths.stream().sorted().toList()) {
                if (!full) entry(inside, prefix, depth);
            }
        }

        private void entry(Path path, String prefix, int depth) {
            var readName = FileNames.read(path);
            var name = prefix + readName.orElseGet(() -> FileNames.escaped(path));
            try {
                var stamp = disk.stamp(path);
                if (stamp.kind() == Kind.FOLDER) {
                    entries.put(name, new Found(path, stamp.asFolder()));
                    if (readName.isEmpty()) problems.add(nameUnusable(name));
                    subFolder(path, name, depth + 1);
                } else if (!SopFiles.isEditorDropping(name.substring(prefix.length()))) {
                    entries.put(name, new Found(path, stamp));
                    if (readName.isEmpty()) problems.add(nameUnusable(name));
                    file(name, stamp);
                }
            } catch (NoSuchFileException e) {
                // Gone since its folder was listed: not there.
            } catch (IOException e) {
                problems.add(unreadable(FILE_UNREADABLE, name, e));
            }
        }

        private void subFolder(Path path, String name, int depth) {
            if (depth > SopFiles.DEPTH_MAX) {
                readable = false;
                problems.add(
                        problem(
                                FOLDER_TOO_LARGE,
                                name,
                                "%s is the %dth folder inside one another"
                                        .formatted(name(name), depth),
                                "keep folders at most %d deep".formatted(SopFiles.DEPTH_MAX)));
                return;
            }
            try {
                folder(path, name + "/", depth);
            } catch (NoSuchFileException e) {
                entries.remove(name);
            } catch (IOException e) {
                problems.add(unreadable(FOLDER_UNREADABLE, name, e));
            }
        }

        private void file(String name, Stamp stamp) {
            if (++files > SopFiles.FILES_MAX) {
                tooMany(SopFiles.FILES_MAX, "files");
                return;
            }
            switch (stamp.kind()) {
                case FILE -> size(name, stamp.size());
                case LINK -> problems.add(isLink(name));
                default -> problems.add(notAFile(name, stamp.kind()));
            }
        }

        private void size(String name, long size) {
            if (size <= SopFiles.BYTES_MAX) {
                bytes += size;
                return;
            }
            readable = false;
            problems.add(
                    problem(
                            FILE_TOO_LARGE,
                            name,
                            "%s has %s, more than all files of a SOP together may have"
                                    .formatted(name(name), mebibytes(size)),
                            "keep it elsewhere, and the whole folder within "
                                    + mebibytes(SopFiles.BYTES_MAX)));
        }

        private void tooMany(int max, String what) {
            readable = false;
            full = true;
            problems.add(
                    problem(
                            FOLDER_TOO_LARGE,
                            "",
                            "%s holds more than %d %s".formatted(shown, max, what),
                            "keep only what the steps need beside SOP.toml"));
        }

        Listing listing() {
            if (bytes > SopFiles.BYTES_MAX) {
                readable = false;
                problems.add(tooLarge());
            }
            problems.sort(Diagnostic.IN_READING_ORDER);
            return new Listing(path, entries, List.copyOf(problems), bytes, readable);
        }

        private Diagnostic tooLarge() {
            var bySize =
                    Map.Entry.<String, Found>comparingByValue(
                            Comparator.comparingLong(found -> found.stamp().size()));
            var largest =
                    entries.entrySet().stream()
                            .filter(e -> e.getValue().stamp().size() <= SopFiles.BYTES_MAX)
                            .max(bySize)
                            .orElseThrow();
            return problem(
                    FOLDER_TOO_LARGE,
                    "",
                    "%s holds %s, the largest file is %s with %s"
                            .formatted(
                                    shown,
                                    mebibytes(bytes),
                                    largest.getKey(),
                                    mebibytes(largest.getValue().stamp().size())),
                    "keep a SOP's folder within " + mebibytes(SopFiles.BYTES_MAX));
        }
    }

    private Diagnostic isLink(String name) {
        return problem(
                FILE_IS_LINK,
                name,
                "%s is a symbolic link, and links are not followed".formatted(name(name)),
                "put a copy of what it leads to in its place");
    }

    private Diagnostic notAFile(String name, Kind kind) {
        return problem(
                FILE_UNREADABLE,
                name,
                "%s is a %s, not a regular file".formatted(name(name), kind.word()),
                "move it out of the folder");
    }

    private Diagnostic nameUnusable(String name) {
        return problem(
                FILE_NAME_UNUSABLE,
                name,
                "the name %s has control characters or is not UTF-8".formatted(name(name)),
                "rename it; here %XX stands for each byte that cannot be shown");
    }

    private Diagnostic unreadable(DiagnosticCode code, String name, IOException e) {
        return problem(
                code, name, "%s cannot be read: %s".formatted(name(name), reason(e)), remedy(e));
    }

    private Diagnostic problem(DiagnosticCode code, String name, String message, String fix) {
        var file = name.isEmpty() ? shown : shown + "/" + name;
        return new Diagnostic(code, file, 1, 1, message, fix);
    }

    private String name(String name) {
        return name.isEmpty() ? shown : name;
    }

    /** Rounded up, so that what is over a limit never looks as if it were within. */
    private static String mebibytes(long bytes) {
        var tenths = Math.ceilDiv(bytes * 10, 1024 * 1024);
        return tenths % 10 == 0
                ? "%d MiB".formatted(tenths / 10)
                : "%d.%d MiB".formatted(tenths / 10, tenths % 10);
    }
}
