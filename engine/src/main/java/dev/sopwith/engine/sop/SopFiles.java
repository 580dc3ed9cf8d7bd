package dev.sopwith.engine.sop;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of one SOP's folder as they were at one moment, held in memory: what people approve and
 * what a run works with.
 *
 * <p>Regular files only, those in sub-folders included. Empty folders, owners and times are no part
 * of it, and neither is what editors leave behind ({@link #isEditorDropping}).
 *
 * <p>Threading: immutable as long as callers keep their hands off {@link File#content()}. Two are
 * equal when their digests are.
 */
public final class SopFiles {
    /** All files of one SOP together: 10 MiB. */
    public static final int BYTES_MAX = 10 * 1024 * 1024;

    /** Files of one SOP. */
    public static final int FILES_MAX = 1_000;

    /** Folders inside one another, counted from the SOP's own. */
    public static final int DEPTH_MAX = 16;

    private static final List<String> FOLDER_STEPS = List.of("", ".", "..");

    private final SortedMap<String, File> files;
    private final long totalBytes;
    private final String digest;

    /** One regular file. Its content is shared: callers must not change it. */
    @SuppressWarnings("ArrayRecordComponent") // compared by digest only, never by equals
    public record File(byte[] content, boolean executable) {}

    /**
     * @param files relative path with {@code /} to content; a path that leads out of the folder is
     *     refused, because these files are written out again
     */
    public SopFiles(Map<String, File> files) {
        var sorted = new TreeMap<String, File>();
        sorted.putAll(files);
        sorted.keySet().forEach(SopFiles::requireInside);
        this.files = Collections.unmodifiableSortedMap(sorted);
        this.totalBytes = sorted.values().stream().mapToLong(file -> file.content().length).sum();
        this.digest = digestOf(sorted);
    }

    /** Relative path with {@code /} to content, in the order of {@link String#compareTo}. */
    public SortedMap<String, File> files() {
        return files;
    }

    /** The file with this path, if there is one. */
    public Optional<File> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /** How much all files hold together. */
    public long totalBytes() {
        return totalBytes;
    }

    /**
     * SHA-256 over every path, executable bit and content, as 64 hex digits. For each file in the
     * order of {@link #files()}: length of the path (8 bytes, big-endian), path in UTF-8, 1 or 0,
     * length of the content (8 bytes), content.
     */
    public String digest() {
        return digest;
    }

    /**
     * Whether a file of this name is left there by an editor or file manager at work: {@code *~},
     * {@code .*.sw?}, {@code #*#}, {@code .#*}, {@code 4913}, {@code .DS_Store}.
     *
     * <p>Such files are skipped as if they were not there, whatever they are (Emacs locks with
     * links that lead nowhere): an open editor must neither change what was approved nor break a
     * SOP. A step that uses one would not find it in its run. Folders are never skipped.
     *
     * @param name without its folder
     */
    public static boolean isEditorDropping(String name) {
        return name.endsWith("~")
                || name.startsWith(".#")
                || (name.length() > 1 && name.startsWith("#") && name.endsWith("#"))
                || isVimSwap(name)
                || name.equals("4913")
                || name.equals(".DS_Store");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SopFiles that && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return "%d files, %d bytes, %.8s".formatted(files.size(), totalBytes, digest);
    }

    private static boolean isVimSwap(String name) {
        int dot = name.length() - ".swp".length();
        return dot > 0 && name.startsWith(".") && name.startsWith(".sw", dot);
    }

    private static void requireInside(String path) {
        for (var step : path.split("/", -1)) {
            if (FOLDER_STEPS.contains(step)) {
                throw new IllegalArgumentException("not a path inside a folder: '" + path + "'");
            }
        }
    }

    private static String digestOf(SortedMap<String, File> files) {
        var hash = new Hashing();
        files.forEach(
                (path, file) -> hash.text(path).flag(file.executable()).bytes(file.content()));
        return hash.digest();
    }
}
