package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Severity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what there is to say about one file.
 *
 * <p>Threading: used by the one thread that reads the file. At most {@link #COUNT_MAX} findings are
 * kept, so that a hostile file cannot make a flood of them.
 */
public final class Findings {

    /** Beyond this many nobody reads on; the last one says that there are more. */
    static final int COUNT_MAX = 200;

    private final String file;
    private final List<Diagnostic> found = new ArrayList<>();
    private final Set<Integer> linesWithErrors = new HashSet<>();

    /** Nothing so far about a file that is shown under this path. */
    public Findings(String file) {
        this.file = file;
    }

    /** One more; beyond {@link #COUNT_MAX} only that there are more. */
    public void add(DiagnosticCode code, Position at, String message, String fix) {
        if (code.severity() == Severity.ERROR) linesWithErrors.add(at.line());
        if (found.size() == COUNT_MAX) {
            if (code.severity() == Severity.ERROR) {
                found.add(
                        new Diagnostic(
                                DiagnosticCode.TOO_MANY,
                                file,
                                at.line(),
                                at.column(),
                                "more findings from here on are not shown",
                                "mend the ones above first"));
            }
            return;
        }
        if (found.size() > COUNT_MAX) return;
        found.add(new Diagnostic(code, file, at.line(), at.column(), message, fix));
    }

    /** One more that says by itself what to do. */
    public void add(DiagnosticCode code, Position at, String message) {
        add(code, at, message, "");
    }

    /** {@return whether an error was found in this line, from 1} */
    boolean hasErrorAt(int line) {
        return linesWithErrors.contains(line);
    }

    /** {@return whether any of them is an error} */
    public boolean hasErrors() {
        return !linesWithErrors.isEmpty();
    }

    /** {@return the findings so far, top to bottom} */
    public List<Diagnostic> inReadingOrder() {
        return found.stream().sorted(Diagnostic.IN_READING_ORDER).toList();
    }
}
