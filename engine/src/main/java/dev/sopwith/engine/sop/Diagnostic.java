package dev.sopwith.engine.sop;

import java.util.Comparator;

/**
 * One finding about one place in one file of a SOP, as authors read it.
 *
 * @param code what kind of finding; decides the severity and the page that explains it
 * @param file the file's path as it shall be shown, usually relative to where the user stands
 * @param line from 1; a line that exists in the file, 1 for an empty or unreadable one
 * @param column from 1, in UTF-16 units; at most one beyond the end of the line
 * @param message what is wrong, naming the thing and the value: one sentence without a full stop
 * @param fix what to do about it: one sentence without a full stop; may be empty
 */
public record Diagnostic(
        DiagnosticCode code, String file, int line, int column, String message, String fix) {

    /** By file, then top to bottom, errors before warnings on the same line. */
    public static final Comparator<Diagnostic> IN_READING_ORDER =
            Comparator.comparing(Diagnostic::file)
                    .thenComparingInt(Diagnostic::line)
                    .thenComparing(Diagnostic::severity)
                    .thenComparingInt(Diagnostic::column);

    public Severity severity() {
        return code.severity();
    }

    public boolean isError() {
        return severity() == Severity.ERROR;
    }

    /** The same finding for a file that is shown under another path. */
    public Diagnostic in(String otherFile) {
        return new Diagnostic(code, otherFile, line, column, message, fix);
    }

    /** {@return {@code path:line:column: error: text; fix [code]}, the form of FORMAT §0} */
    @Override
    public String toString() {
        var text = fix.isEmpty() ? message : message + "; " + fix;
        return "%s:%d:%d: %s: %s [%s]"
                .formatted(file, line, column, severity().word(), text, code.id());
    }
}
