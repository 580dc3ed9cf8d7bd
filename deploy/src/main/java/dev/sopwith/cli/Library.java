package dev.sopwith.cli;

import static java.util.Comparator.comparing;

import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The SOPs of one folder as the commands show them: every sub-folder is there, broken or not. */
record Library(List<Entry> entries) {

    /** What makes a SOP of a folder's files. */
    @FunctionalInterface
    interface Reader {
        SopReader.Result read(SopFiles files, String shownFolder, Instant now);
    }

    /**
     * One sub-folder.
     *
     * @param shown how the folder stands in diagnostics, such as {@code sops/deploy-prod}
     * @param sop present exactly when no diagnostic is an error
     */
    record Entry(
            String folder,
            String shown,
            SopFiles files,
            Optional<Sop> sop,
            List<Diagnostic> diagnostics) {

        Entry {
            var masked = filesWithToken(diagnostics);
            diagnostics =
                    diagnostics.stream()
                            .map(d -> masked.contains(d.file()) ? withoutText(d) : d)
                            .sorted(Diagnostic.IN_READING_ORDER)
                            .toList();
        }

        private static Set<String> filesWithToken(List<Diagnostic> diagnostics) {
            return diagnostics.stream()
                    .filter(d -> d.code() == DiagnosticCode.TOKEN_IN_FILE)
                    .map(Diagnostic::file)
                    .collect(Collectors.toSet());
        }

        /** Findings quote what they are about; that may be the token, or a line of a key. */
        private static Diagnostic withoutText(Diagnostic finding) {
            if (finding.code() == DiagnosticCode.TOKEN_IN_FILE) return finding;
            return new Diagnostic(
                    finding.code(),
                    finding.file(),
                    finding.line(),
                    finding.column(),
                    "a finding that is not shown, because this file holds what looks like a token",
                    "take the token out and check again");
        }

        /** The SOP's own name; that of its folder while it cannot be read. */
        String name() {
            return sop.map(Sop::name).orElse(folder);
        }

        boolean isCalled(String name) {
            return folder.equals(name) || name().equals(name);
        }

        boolean isBroken() {
            return sop.isEmpty();
        }

        long errors() {
            return diagnostics.stream().filter(Diagnostic::isError).count();
        }

        long warnings() {
            return diagnostics.size() - errors();
        }

        /**
         * Whether the file of this finding holds a token. Then no line of it is ever shown: a key
         * may go over many lines, and only the first has the finding.
         */
        boolean isMasked(Diagnostic finding) {
            return filesWithToken(diagnostics).contains(finding.file());
        }

        /** The line a finding is about, if there is one and it may be shown. */
        Optional<String> line(Diagnostic finding) {
            if (isMasked(finding) || !finding.file().startsWith(shown + "/")) {
                return Optional.empty();
            }
            var path = finding.file().substring(shown.length() + 1);
            return Optional.ofNullable(files.files().get(path))
                    .map(file -> new String(file.content(), StandardCharsets.UTF_8))
                    .map(text -> text.startsWith("\uFEFF") ? text.substring(1) : text)
                    .flatMap(text -> text.lines().skip(finding.line() - 1L).findFirst());
        }
    }

    /**
     * Reads every sub-folder but hidden ones.
     *
     * @param shown how the folder itself stands in diagnostics; may be empty
     */
    static Library load(Path folder, String shown, Instant now, Reader reader) throws IOException {
        var entries = new ArrayList<Entry>();
        try (var children = Files.list(folder)) {
            for (var child : children.filter(Library::isSopFolder).sorted().toList()) {
                var name = child.getFileName().toString();
                var shownChild = shown.isEmpty() ? name : shown + "/" + name;
                entries.add(entry(child, name, shownChild, now, reader));
            }
        }
        entries.sort(comparing(Entry::folder));
        return new Library(List.copyOf(entries));
    }

    /** The entries of this name or folder; several when two folders claim one name. */
    Library called(String name) {
        return new Library(entries.stream().filter(entry -> entry.isCalled(name)).toList());
    }

    /** Every word that {@link #called} understands. */
    List<String> names() {
        return entries.stream().flatMap(e -> Stream.of(e.name(), e.folder())).distinct().toList();
    }

    private static boolean isSopFolder(Path path) {
        return Files.isDirectory(path) && !path.getFileName().toString().startsWith(".");
    }

    private static Entry entry(Path path, String name, String shown, Instant now, Reader reader) {
        try {
            var files = files(path);
            var result = reader.read(files, shown, now);
            return new Entry(name, shown, files, result.sop(), result.diagnostics());
        } catch (IOException e) {
            var message = "the folder cannot be read: " + e.getMessage();
            var fix = "give the user who runs this the right to read it";
            var finding =
                    new Diagnostic(DiagnosticCode.FOLDER_UNREADABLE, shown, 1, 1, message, fix);
            var nothing = new SopFiles(new TreeMap<>());
            return new Entry(name, shown, nothing, Optional.empty(), List.of(finding));
        }
    }

    private static SopFiles files(Path folder) throws IOException {
        var files = new TreeMap<String, SopFiles.File>();
        try (var paths = Files.walk(folder)) {
            for (var path : paths.filter(Library::isFile).toList()) {
                var relative = folder.relativize(path).toString().replace('\\', '/');
                var file = new SopFiles.File(Files.readAllBytes(path), Files.isExecutable(path));
                files.put(relative, file);
            }
        }
        return new SopFiles(files);
    }

    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }
}
