package dev.sopwith.engine.library;

import static dev.sopwith.engine.sop.DiagnosticCode.FILE_IS_LINK;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_UNREADABLE;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_UNSAFE;

import com.sun.security.auth.module.UnixSystem;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether others could change what decides who may do what: a file or folder, and every folder
 * above it, is no link, belongs to the service's user or root, and is writable by its owner alone
 * (APPROVALS §5). A folder above in which only owners may remove files ({@code /tmp}) is no fault.
 *
 * <p>Threading: immutable.
 */
public final class FileSafety {
    private static final int STICKY = 01000;
    private static final int OTHERS_MAY_WRITE = 022;
    private static final int ENTRIES_MAX = 10_000;

    private final long uid;

    /** Seen by the user with this id. */
    FileSafety(long uid) {
        this.uid = uid;
    }

    /** Seen by the user that this process runs as. */
    public static FileSafety ofProcess() {
        return new FileSafety(new UnixSystem().getUid());
    }

    /**
     * What is unsafe about a file or folder and what is above it; nothing when all is well.
     *
     * @param shown how it is named in findings
     */
    public List<Diagnostic> check(Path path, String shown) {
        var findings = new ArrayList<Diagnostic>();
        var whole = path.toAbsolutePath().normalize();
        problem(whole, shown, false).ifPresent(findings::add);
        for (var above = whole.getParent(); above != null; above = above.getParent()) {
            problem(above, above.toString(), true).map(it -> it.in(shown)).ifPresent(findings::add);
        }
        return findings;
    }

    /** The same for a folder of SOPs, with the folders and files of its SOPs. */
    public List<Diagnostic> checkFolder(Path folder, String shown) {
        var findings = new ArrayList<>(check(folder, shown));
        try (var inside = Files.walk(folder, 2)) {
            inside.skip(1)
                    .limit(ENTRIES_MAX)
                    // Links are the reader's to refuse, in the SOP that they are in.
                    .filter(it -> !Files.isSymbolicLink(it))
                    .forEach(
                            it ->
                                    problem(it, shown + "/" + folder.relativize(it), false)
                                            .ifPresent(findings::add));
        } catch (IOException | java.io.UncheckedIOException e) {
            findings.add(finding(FILE_UNREADABLE, shown, shown + " cannot be read: " + e, ""));
        }
        return findings;
    }

    private Optional<Diagnostic> problem(Path path, String shown, boolean above) {
        try {
            if (Files.isSymbolicLink(path)) {
                return found(
                        FILE_IS_LINK,
                        shown,
                        shown + " is a symbolic link, and links are not followed",
                        "name the place that it leads to");
            }
            var known = Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
            int mode = (Integer) Objects.requireNonNull(known.get("mode"));
            long owner = uid(known);
            if (owner != uid && owner != 0) {
                return found(
                        FILE_UNSAFE,
                        shown,
                        "%s belongs to the user %s, not to the service's or root"
                                .formatted(shown, owner(path, owner)),
                        "chown it to the user that the service runs as");
            }
            boolean sticky = above && (mode & STICKY) != 0;
            if ((mode & OTHERS_MAY_WRITE) != 0 && !sticky) {
                return found(
                        FILE_UNSAFE,
                        shown,
                        "%s can be changed by others (%s)".formatted(shown, rights(path)),
                        "chmod go-w " + shown);
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return found(FILE_UNREADABLE, shown, "there is no " + shown, "");
        } catch (IOException e) {
            return found(
                    FILE_UNREADABLE,
                    shown,
                    "%s cannot be read: %s".formatted(shown, SopFolder.reason(e)),
                    SopFolder.remedy(e));
        }
    }

    private static long uid(Map<String, Object> known) {
        return (Integer) Objects.requireNonNull(known.get("uid"));
    }

    private static String owner(Path path, long uid) throws IOException {
        var name = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
        return name.equals(Long.toString(uid)) ? name : "%s (%d)".formatted(name, uid);
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static Optional<Diagnostic> found(
            DiagnosticCode code, String shown, String message, String fix) {
        return Optional.of(finding(code, shown, message, fix));
    }

    private static Diagnostic finding(
            DiagnosticCode code, String shown, String message, String fix) {
        return new Diagnostic(code, shown, 1, 1, message, fix);
    }
}
