package dev.sopwith.engine.reading;

import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Position;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code lock} of a SOP: a text with inputs filled in; one run per filled-in text at a time.
 *
 * <p>Only inputs that always have a value and are no secret may stand in it: a missing value would
 * lock the wrong thing, a secret one would show it.
 */
record LockText(String text) {

    static final int LENGTH_MAX = 200;

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)(}?)");
    private static final Pattern INPUT = Pattern.compile("inputs\\.([a-z][a-z0-9_]*)");

    void check(Position at, List<Input> inputs, Findings findings) {
        if (text.codePointCount(0, text.length()) > LENGTH_MAX) {
            bad(findings, at, "lock is longer than 200 characters", "shorten it");
        }
        var placeholder = PLACEHOLDER.matcher(text);
        while (placeholder.find()) check(placeholder, at, inputs, findings);
    }

    private void check(Matcher placeholder, Position at, List<Input> inputs, Findings findings) {
        var name = INPUT.matcher(placeholder.group(1));
        if (placeholder.group(2).isEmpty() || !name.matches()) {
            bad(
                    findings,
                    at,
                    "lock knows no " + Quoted.of(placeholder.group()),
                    "write ${inputs.NAME} with the name of an input");
            return;
        }
        var input = find(name.group(1), inputs);
        if (input.isEmpty()) return; // whether it is declared is a check of the SOP as a whole
        if (input.get().secret()) {
            bad(
                    findings,
                    at,
                    "lock shows the secret input \"%s\"".formatted(name.group(1)),
                    "use an input that is not secret");
        } else if (!input.get().required() && input.get().defaultValue().isEmpty()) {
            bad(
                    findings,
                    at,
                    "lock uses the input \"%s\", which may be absent".formatted(name.group(1)),
                    "make that input required, or give it a default");
        }
    }

    /** {@return the names of the inputs that stand in the text, in order} */
    List<String> inputNames() {
        return PLACEHOLDER
                .matcher(text)
                .results()
                .map(found -> INPUT.matcher(found.group(1)))
                .filter(Matcher::matches)
                .map(name -> name.group(1))
                .toList();
    }

    private static Optional<Input> find(String name, List<Input> inputs) {
        return inputs.stream().filter(input -> input.name().equals(name)).findFirst();
    }

    private static void bad(Findings findings, Position at, String problem, String fix) {
        findings.add(DiagnosticCode.LOCK_INVALID, at, problem, fix);
    }
}
