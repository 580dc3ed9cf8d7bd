package dev.sopwith.cli;

import static java.util.stream.Collectors.toSet;

import dev.sopwith.engine.secret.TokenScan;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.SopFiles;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The lines that findings are about.
 *
 * <p>Invariant: nothing of a file that holds a token comes out, no line and no message that may
 * quote one. A key goes over many lines, and only the first has the finding.
 */
final class Sources {
    /** For findings about no file. */
    static final Sources NONE = new Sources(Map.of(), Set.of());

    private final Map<String, String> texts;
    private final Set<String> withToken;

    private Sources(Map<String, String> texts, Set<String> withToken) {
        this.texts = texts;
        this.withToken = withToken;
    }

    /**
     * The files of one folder that these findings are about.
     *
     * @param shown how the folder stands in the findings, such as {@code sops/deploy-prod}
     */
    static Sources of(SopFiles files, String shown, Collection<Diagnostic> findings) {
        var texts = new HashMap<String, String>();
        var paths = findings.stream().map(Diagnostic::file).collect(toSet());
        files.files()
                .forEach(
                        (name, file) -> {
                            var path = shown + "/" + name;
                            if (paths.contains(path)) texts.put(path, text(file));
                        });
        // Not told from the findings alone: a folder that could not be judged was not scanned.
        var withToken =
                texts.entrySet().stream()
                        .filter(file -> !TokenScan.scan(file.getValue()).isEmpty())
                        .map(Map.Entry::getKey)
                        .collect(toSet());
        texts.keySet().removeAll(withToken);
        return new Sources(texts, withToken);
    }

    /** One file; nothing when it cannot be read. */
    static Sources of(Path file, String shown) {
        try {
            var text = text(new SopFiles.File(Files.readAllBytes(file), false));
            boolean hasToken = !TokenScan.scan(text).isEmpty();
            return hasToken
                    ? new Sources(Map.of(), Set.of(shown))
                    : new Sources(Map.of(shown, text), Set.of());
        } catch (IOException e) {
            return NONE; // The findings say so.
        }
    }

    private static String text(SopFiles.File file) {
        var text = new String(file.content(), StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** Whether the file of this finding holds a token. */
    boolean isMasked(Diagnostic finding) {
        return withToken.contains(finding.file());
    }

    /** The line a finding is about, if there is one and it may be shown. */
    Optional<String> line(Diagnostic finding) {
        return Optional.ofNullable(texts.get(finding.file()))
                .flatMap(text -> text.lines().skip(finding.line() - 1L).findFirst());
    }

    /** The finding as it may be shown. One about another file may still quote the token. */
    Diagnostic masked(Diagnostic finding) {
        if (finding.code() == DiagnosticCode.TOKEN_IN_FILE) return finding;
        return isMasked(finding)
                ? with(
                        "a finding that is not shown, because this file holds what looks like a"
                                + " token",
                        "take the token out and check again",
                        finding)
                : with(TokenScan.mask(finding.message()), TokenScan.mask(finding.fix()), finding);
    }

    private static Diagnostic with(String message, String fix, Diagnostic finding) {
        return new Diagnostic(
                finding.code(), finding.file(), finding.line(), finding.column(), message, fix);
    }
}
