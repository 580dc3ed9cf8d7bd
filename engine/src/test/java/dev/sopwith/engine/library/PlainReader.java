package dev.sopwith.engine.library;

import static dev.sopwith.engine.sop.DiagnosticCode.DESCRIPTION_EMPTY;
import static dev.sopwith.engine.sop.DiagnosticCode.FILE_MISSING;
import static dev.sopwith.engine.sop.DiagnosticCode.TOML_SYNTAX;

import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.AdmissionPolicy;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.SopFiles;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stands for {@link SopReader}: SOP.toml is lines such as {@code name=deploy}, {@code warn=text},
 * {@code error=text}.
 */
final class PlainReader {
    private PlainReader() {}

    static SopReader.Result read(SopFiles files, String shownFolder, Instant now) {
        var diagnostics = new ArrayList<Diagnostic>();
        var toml = shownFolder + "/SOP.toml";
        var file = files.file("SOP.toml");
        if (file.isEmpty()) {
            diagnostics.add(new Diagnostic(FILE_MISSING, toml, 1, 1, "no SOP.toml", ""));
            return new SopReader.Result(Optional.empty(), diagnostics);
        }
        var name = "";
        var text = new String(file.get().content(), StandardCharsets.UTF_8);
        for (var line : text.lines().toList()) {
            var key = line.substring(0, Math.max(0, line.indexOf('=')));
            var value = line.substring(line.indexOf('=') + 1);
            switch (key) {
                case "name" -> name = value;
                case "warn" -> diagnostics.add(at(DESCRIPTION_EMPTY, toml, value));
                case "error" -> diagnostics.add(at(TOML_SYNTAX, toml, value));
                case "crash" -> throw new IllegalStateException(value);
                default -> {}
            }
        }
        if (name.isEmpty()) diagnostics.add(at(TOML_SYNTAX, toml, "no name"));
        boolean isGood = diagnostics.stream().noneMatch(Diagnostic::isError);
        return new SopReader.Result(
                isGood ? Optional.of(sop(name)) : Optional.empty(), diagnostics);
    }

    private static Diagnostic at(DiagnosticCode code, String file, String message) {
        return new Diagnostic(code, file, 1, 1, message, "");
    }

    static Sop sop(String name) {
        return new Sop(
                name,
                "",
                "0.1.0",
                Priority.NORMAL,
                ExecutionMode.AUTO,
                Duration.ZERO,
                1,
                AdmissionPolicy.PARALLEL,
                0,
                Duration.ZERO,
                Duration.ofHours(1),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                name,
                "",
                List.of(),
                List.of());
    }
}
