package dev.sopwith.engine.reading;

import static dev.sopwith.engine.sop.DiagnosticCode.SHELL_TEMPLATED;
import static dev.sopwith.engine.sop.DiagnosticCode.SHELL_UNQUOTED;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The static checks of a shell block (FORMAT §5): nothing in it may look filled in, because data
 * never becomes code; and what Sopwith hands over belongs in quotes.
 */
final class ShellText {

    private static final Pattern TEMPLATED =
            Pattern.compile("\\$\\{\\{|\\$\\{(inputs|steps|secrets|payload)\\b[^}]*}?");
    private static final Pattern INPUT = Pattern.compile("\\$\\{inputs\\.([A-Za-z0-9_]+)}?");
    private static final Pattern STEP =
            Pattern.compile("\\$\\{steps\\.([A-Za-z0-9_-]+)\\.([A-Za-z0-9_]+)}?");
    private static final Pattern SECRET = Pattern.compile("\\$\\{secrets\\.([A-Za-z0-9_]+)}?");

    /**
     * A variable of Sopwith's; line of the file and column of the text where it is used, from 1.
     */
    record Use(String name, int line, int column, boolean quoted) {}

    private final Step.Block block;

    ShellText(Step.Block block) {
        this.block = block;
    }

    /**
     * @param ids the numbers of steps that have a name
     */
    void check(Map<String, Integer> ids, Findings findings) {
        if (block.tool() != Tool.SHELL) return;
        List<String> lines = block.text().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            var templated = TEMPLATED.matcher(lines.get(i));
            if (!templated.find()) continue;
            findings.add(
                    SHELL_TEMPLATED,
                    new Position(block.line() + 1 + i, block.column() + templated.start()),
                    "%s would be filled into shell text".formatted(Quoted.of(templated.group())),
                    "use the environment: " + variableFor(templated.group(), ids));
        }
        int warned = 0;
        for (Use use : uses()) {
            if (use.quoted() || use.line() == warned) continue;
            warned = use.line();
            findings.add(
                    SHELL_UNQUOTED,
                    new Position(use.line(), block.column() + use.column() - 1),
                    "$%s is not in quotes: blanks and * in its value would be taken apart"
                            .formatted(use.name()),
                    "write \"$%s\"".formatted(use.name()));
        }
    }

    private static String variableFor(String template, Map<String, Integer> ids) {
        var input = INPUT.matcher(template);
        if (input.matches()) {
            return "\"$SOP_INPUT_%s\"".formatted(input.group(1).toUpperCase(Locale.ROOT));
        }
        var step = STEP.matcher(template);
        if (step.matches()) {
            return "\"$SOP_STEP_%s_%s\""
                    .formatted(number(step.group(1), ids), step.group(2).toUpperCase(Locale.ROOT));
        }
        var secret = SECRET.matcher(template);
        if (secret.matches()) return "\"$%s\", named in - secrets:".formatted(secret.group(1));
        return "\"$SOP_INPUT_NAME\", \"$SOP_STEP_N_KEY\" or the file \"$SOP_PAYLOAD_FILE\"";
    }

    private static String number(String numberOrId, Map<String, Integer> ids) {
        if (Character.isDigit(numberOrId.charAt(0))) return numberOrId;
        var number = ids.get(numberOrId);
        return number == null ? "N" : number.toString();
    }

    /** {@return every use of a {@code $SOP_...} variable, and whether quotes protect it} */
    List<Use> uses() {
        return new Scanner(block.text(), block.line() + 1).scan();
    }

    /**
     * Walks over shell text and knows at each place whether double quotes hold: single quotes,
     * double quotes, backslashes, comments, here-documents and command substitutions.
     */
    private static final class Scanner {
        private static final Pattern NAME = Pattern.compile("SOP_[A-Z0-9_]+");
        private static final Pattern HERE =
                Pattern.compile("<<(-?)[ \\t]*(['\"\\\\]?)([A-Za-z0-9_.-]+)['\"]?");

        private final String text;
        private final int firstLine;
        private final List<Use> uses = new ArrayList<>();

        /** The contexts around this place, innermost first. */
        private final Deque<Character> inside = new ArrayDeque<>();

        /** Ends of here-documents that begin on the next line. */
        private final Deque<String> hereEnds = new ArrayDeque<>();

        private int at;
        private int line;
        private int lineStart;

        Scanner(String text, int firstLine) {
            this.text = text;
            this.firstLine = firstLine;
        }

        List<Use> scan() {
            line = firstLine;
            while (at < text.length()) {
                char c = text.charAt(at);
                char around = inside.isEmpty() ? 'x' : inside.peek();
                if (c == '\n') newLine();
                else if (around == '\'') single(c);
                else if (c == '\\') at += 2;
                else if (c == '$') dollar(around == '"');
                else if (around == '"') inDouble(c);
                else outside(c);
            }
            return uses;
        }

        private void single(char c) {
            if (c == '\'') inside.pop();
            at++;
        }

        private void inDouble(char c) {
            if (c == '"') inside.pop();
            at++;
        }

        private void outside(char c) {
            switch (c) {
                case '\'', '"' -> inside.push(c);
                case '(' -> inside.push('(');
                case ')' -> {
                    if (!inside.isEmpty() && inside.peek() == '(') inside.pop();
                }
                case '#' -> {
                    if (at == 0 || Character.isWhitespace(text.charAt(at - 1))) {
                        int end = text.indexOf('\n', at);
                        at = end < 0 ? text.length() : end;
                        return;
                    }
                }
                case '<' -> {
                    var here = HERE.matcher(text).region(at, text.length());
                    if (here.lookingAt() && !text.startsWith("<<<", at)) {
                        hereEnds.add(here.group(3));
                        at = here.end();
                        return;
                    }
                }
                default -> {}
            }
            at++;
        }

        private void dollar(boolean quoted) {
            int start = at++;
            if (text.startsWith("(", at)) {
                inside.push('(');
                at++;
                return;
            }
            int name = at;
            if (text.startsWith("{", name)) name++;
            if (text.startsWith("#", name)) return; // a length is a number
            var variable = NAME.matcher(text).region(name, text.length());
            if (!variable.lookingAt()) return;
            uses.add(new Use(variable.group(), line, start - lineStart + 1, quoted));
            at = variable.end();
        }

        private void newLine() {
            at++;
            line++;
            lineStart = at;
            while (!hereEnds.isEmpty()) skipHereDocument(hereEnds.poll());
        }

        /**
         * The shell does not take apart what is filled into a here-document: all of it is quoted.
         */
        private void skipHereDocument(String end) {
            while (at < text.length()) {
                int lineEnd = text.indexOf('\n', at);
                var current = text.substring(at, lineEnd < 0 ? text.length() : lineEnd);
                var used = NAME.matcher(current);
                while (used.find()) {
                    if (used.start() > 0 && "${".indexOf(current.charAt(used.start() - 1)) >= 0) {
                        uses.add(new Use(used.group(), line, used.start(), true));
                    }
                }
                at = lineEnd < 0 ? text.length() : lineEnd + 1;
                line++;
                lineStart = at;
                if (current.strip().equals(end)) return;
            }
        }
    }
}
