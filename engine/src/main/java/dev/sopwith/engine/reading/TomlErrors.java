package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.Position;

import org.tomlj.TomlParseError;

/**
 * Says what the TOML parser found in words that help an author: its own message, and a fix for the
 * mistakes that people really make.
 */
final class TomlErrors {

    private TomlErrors() {}

    static void report(TomlParseError error, SourceText source, Findings findings) {
        var at = source.clamp(new Position(error.position().line(), error.position().column()));
        var message =
                String.valueOf(error.getMessage()).replaceAll(" \\(line \\d+, column \\d+\\)$", "");
        findings.add(
                DiagnosticCode.TOML_SYNTAX,
                at,
                "not TOML: " + lowerFirst(message),
                fix(message, source.line(at.line() - 1), at.column() - 1));
    }

    private static String fix(String message, String line, int column) {
        var rest = column < line.length() ? line.substring(column) : "";
        if (message.contains("previously defined")) return "remove one of the two";
        if (!rest.isEmpty() && "“”„‘’".indexOf(rest.charAt(0)) >= 0) {
            return "these are typographic quotes; write straight ones: \" or '";
        }
        if (message.contains("expected a value")) {
            var word = rest.split("[\\s,#\\]}]", 2)[0];
            if (word.equalsIgnoreCase("true") || word.equalsIgnoreCase("false")) {
                return "write it in small letters: " + word.toLowerCase(java.util.Locale.ROOT);
            }
            return rest.isEmpty() || rest.startsWith("#")
                    ? "write a value after the ="
                    : "text needs quotes: \"" + rest.strip() + "\"";
        }
        if (message.startsWith("Unexpected ':'")) return "TOML writes key = value, not key: value";
        if (message.startsWith("Unexpected end of") && message.contains("expected ]")) {
            return "close the bracket";
        }
        if (message.contains(", expected \" or")) return "the quote that opens here is not closed";
        if (message.contains(", expected '")) return "the quote that opens here is not closed";
        if (message.startsWith("Invalid escape")) {
            return "write \\\\ for a backslash, or use 'single quotes', which know no escapes";
        }
        if (message.contains("expected a newline")) return "text needs quotes around all of it";
        if (message.contains("expected . or =")) {
            return "write key = value; a line of text begins with #";
        }
        if (message.contains("expected ]"))
            return "close the bracket: [name], or [[name]] for a list";
        return "write key = \"value\", [table], [[list]] or # and a remark";
    }

    private static String lowerFirst(String text) {
        if (text.isEmpty() || !text.startsWith("Unexpected")) return text;
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
