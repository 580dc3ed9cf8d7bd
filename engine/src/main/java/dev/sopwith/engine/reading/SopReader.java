package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.FILE_MISSING;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_TOO_LARGE;
import static dev.sopwith.engine.sop.DiagnosticCode.NO_STEPS;
import static dev.sopwith.engine.sop.DiagnosticCode.TOKEN_IN_FILE;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.secret.TokenScan;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one procedure: SOP.toml and SOP.md to a {@link Sop} and everything there is to say about
 * them, in one pass.
 *
 * <p>Nothing is thrown for any input, and there is no half-read SOP: with one error there is none.
 *
 * <p>Threading: stateless; call from any thread.
 */
public final class SopReader {

    /** The file that every SOP has. */
    public static final String MANIFEST = "SOP.toml";

    /** The file that holds the steps. */
    public static final String PROCEDURE = "SOP.md";

    /** Largest size of each of the two, in bytes. */
    public static final int FILE_BYTES_MAX = 256 * 1024;

    private SopReader() {}

    /**
     * What came of reading a folder.
     *
     * @param sop present exactly when no diagnostic is an error
     * @param diagnostics in reading order, errors and warnings
     */
    public record Result(Optional<Sop> sop, List<Diagnostic> diagnostics) {}

    /**
     * What came of reading one file on its own.
     *
     * @param value what the file says; use it only when no diagnostic is an error
     */
    public record Part<T>(Optional<T> value, List<Diagnostic> diagnostics) {}

    /**
     * Reads the two files and checks them against each other; never throws.
     *
     * @param files the folder's content
     * @param shownFolder how the folder is named in diagnostics, such as {@code sops/deploy-prod}
     * @param now decides whether a schedule is over
     */
    public static Result read(SopFiles files, String shownFolder, Instant now) {
        return read(files, shownFolder, now, ExecutionMode.SUPERVISED);
    }

    /**
     * The same, with a roster's mode for SOPs that name none.
     *
     * @param defaultMode of those
     */
    public static Result read(
            SopFiles files, String shownFolder, Instant now, ExecutionMode defaultMode) {
        var inManifest = new Findings(shownFolder + "/" + MANIFEST);
        var inProcedure = new Findings(shownFolder + "/" + PROCEDURE);
        var suspicions = new Findings(shownFolder + "/" + PROCEDURE);

        var manifest =
                source(files, MANIFEST, inManifest)
                        .flatMap(text -> new ManifestReader(inManifest, now).read(text));
        var procedureText = source(files, PROCEDURE, inProcedure);
        var procedure =
                procedureText.map(
                        text -> new ProcedureReader(text, inProcedure, suspicions).read());
        if (procedure.isPresent() && procedure.get().steps().isEmpty()) {
            noSteps(inProcedure, procedureText.get());
        }
        if (manifest.isPresent() && procedure.isPresent()) {
            new SopChecks(manifest.get(), procedure.get(), inManifest, inProcedure).run();
        }
        List<Diagnostic> all = new ArrayList<>(inManifest.inReadingOrder());
        all.addAll(inProcedure.inReadingOrder());
        all.addAll(suspicions.inReadingOrder());
        all.addAll(tokens(files, shownFolder));
        all.sort(Diagnostic.IN_READING_ORDER);
        boolean broken = all.stream().anyMatch(Diagnostic::isError);
        return new Result(
                broken || manifest.isEmpty() || procedure.isEmpty()
                        ? Optional.empty()
                        : Optional.of(sop(manifest.get(), procedure.get(), defaultMode)),
                List.copyOf(all));
    }

    /** Reads the text of a SOP.toml on its own: nothing in it is looked up elsewhere. */
    public static Part<Manifest> readManifest(String text, Instant now) {
        var findings = new Findings(MANIFEST);
        var manifest = new ManifestReader(findings, now).read(SourceText.of(text));
        return new Part<>(manifest, findings.inReadingOrder());
    }

    /** Reads the text of a SOP.md on its own: nothing in it is looked up elsewhere. */
    public static Part<Procedure> readProcedure(String text) {
        var findings = new Findings(PROCEDURE);
        var procedure =
                new ProcedureReader(SourceText.of(text), findings, new Findings(PROCEDURE)).read();
        return new Part<>(Optional.of(procedure), findings.inReadingOrder());
    }

    /** Whatever looks like a credential, in any file of the folder; never the thing itself. */
    private static List<Diagnostic> tokens(SopFiles files, String shownFolder) {
        List<Diagnostic> tokens = new ArrayList<>();
        files.files()
                .forEach(
                        (name, file) -> {
                            var findings = new Findings(shownFolder + "/" + name);
                            for (var token : TokenScan.scan(file.content())) {
                                findings.add(
                                        TOKEN_IN_FILE,
                                        new Position(token.line(), token.column()),
                                        "this looks like a " + token.kind().label(),
                                        "remove it, revoke it, and name it under - secrets:");
                            }
                            tokens.addAll(findings.inReadingOrder());
                        });
        return tokens;
    }

    private static Optional<SourceText> source(SopFiles files, String name, Findings findings) {
        var file = files.files().get(name);
        if (file == null) {
            if (name.equals(MANIFEST)) {
                findings.add(
                        FILE_MISSING,
                        Position.START,
                        "there is no SOP.toml in this folder",
                        "add one; ./sopwith sop new NAME writes a valid start");
            } else {
                findings.add(
                        NO_STEPS,
                        Position.START,
                        "SOP has no steps (missing or empty SOP.md)",
                        "write SOP.md with the steps under ## Steps");
            }
            return Optional.empty();
        }
        if (file.content().length > FILE_BYTES_MAX) {
            findings.add(
                    FILE_TOO_LARGE,
                    Position.START,
                    "%s has %,d bytes".formatted(name, file.content().length),
                    "at most %,d are read; split the SOP".formatted(FILE_BYTES_MAX));
            return Optional.empty();
        }
        return SourceText.decode(file.content(), findings);
    }

    private static void noSteps(Findings findings, SourceText text) {
        var fix = "write the steps as a numbered list under ## Steps";
        for (int i = 0; i < text.lineCount(); i++) {
            var line = text.line(i).strip();
            if (line.replaceAll("[#*_:\\s]", "").equalsIgnoreCase("steps")) {
                fix += "; line %d, %s, is not followed by one".formatted(i + 1, Quoted.of(line));
                break;
            }
        }
        findings.add(NO_STEPS, Position.START, "SOP has no steps (missing or empty SOP.md)", fix);
    }

    private static Sop sop(Manifest manifest, Procedure procedure, ExecutionMode defaultMode) {
        return new Sop(
                manifest.name(),
                manifest.description(),
                manifest.version(),
                manifest.priority(),
                manifest.executionMode().orElse(defaultMode),
                manifest.cooldown(),
                manifest.maxConcurrent(),
                manifest.admissionPolicy(),
                manifest.maxPendingApprovals(),
                manifest.timeout(),
                manifest.maxQueue(),
                manifest.lock(),
                manifest.agent(),
                manifest.inputs(),
                manifest.triggers(),
                procedure.title().orElse(manifest.name()),
                procedure.introduction(),
                procedure.steps(),
                procedure.remarks());
    }
}
