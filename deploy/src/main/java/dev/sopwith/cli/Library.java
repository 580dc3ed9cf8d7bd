package dev.sopwith.cli;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The SOPs of one folder as the commands show them: what the engine sees, without anything of a
 * file that holds a token.
 *
 * @param problem why the folder itself cannot be read; then there are no entries
 */
record Library(List<Entry> entries, Optional<Diagnostic> problem) {

    /** Reads the folder with {@link SopSet#load}. */
    static Library load(Path folder, String shown, InstantSource clock) {
        var sops = SopSet.load(folder, shown, clock);
        var entries = sops.entries().values().stream().map(entry -> Entry.of(entry, shown));
        return new Library(entries.toList(), sops.problem());
    }

    /** Whether the folder is fine and no SOP is in it. */
    boolean isEmpty() {
        return entries.isEmpty() && problem.isEmpty();
    }

    /** The entries of this name or folder; several when two folders claim one name. */
    Library called(String name) {
        return new Library(
                entries.stream().filter(entry -> entry.isCalled(name)).toList(), problem);
    }

    /** Every word that {@link #called} understands. */
    List<String> names() {
        return entries.stream().flatMap(e -> Stream.of(e.name(), e.folder())).distinct().toList();
    }

    /**
     * One sub-folder.
     *
     * @param name the SOP's own; that of its folder while it cannot be told
     * @param sop none while it is broken
     * @param diagnostics without what must not be shown
     * @param sources what the diagnostics are about
     */
    record Entry(
            String folder,
            String name,
            Optional<Sop> sop,
            List<Diagnostic> diagnostics,
            Sources sources) {

        private static Entry of(SopSet.Entry entry, String shownRoot) {
            var shown = shownRoot + "/" + entry.folder();
            return switch (entry) {
                case SopSet.Loaded(var folder, var sop, var files, var findings) ->
                        of(folder, shown, sop.name(), Optional.of(sop), files, findings);
                case SopSet.Broken(var folder, var name, var files, var findings, _) ->
                        of(folder, shown, name.orElse(folder), Optional.empty(), files, findings);
            };
        }

        private static Entry of(
                String folder,
                String shown,
                String name,
                Optional<Sop> sop,
                SopFiles files,
                List<Diagnostic> findings) {
            var sources = Sources.of(files, shown, findings);
            var masked = findings.stream().map(sources::masked).toList();
            return new Entry(folder, name, sop, masked, sources);
        }

        boolean isCalled(String word) {
            return folder.equals(word) || name.equals(word);
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
    }
}
