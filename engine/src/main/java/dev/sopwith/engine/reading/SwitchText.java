package dev.sopwith.engine.reading;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The text of a {@code switch} attribute: {@code name>condition>step; ...}. */
final class SwitchText {

    private SwitchText() {}

    /** One arm as written; an empty condition takes the rest. */
    record Arm(String name, String condition, String target) {

        /** Splits at the first and the last {@code >}, so that conditions may contain it. */
        static Optional<Arm> of(String text) {
            int first = text.indexOf('>');
            int last = text.lastIndexOf('>');
            if (first < 0 || first == last) return Optional.empty();
            var arm =
                    new Arm(
                            text.substring(0, first).strip(),
                            text.substring(first + 1, last).strip(),
                            text.substring(last + 1).strip());
            return arm.name.isEmpty() || arm.target.isEmpty() ? Optional.empty() : Optional.of(arm);
        }
    }

    /** {@return the arms, split at semicolons that do not stand inside quotes} */
    static List<String> arms(String text) {
        List<String> arms = new ArrayList<>();
        var arm = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && c == ';') {
                arms.add(arm.toString().strip());
                arm.setLength(0);
                continue;
            }
            if (quote == 0 && (c == '"' || c == '\'')) quote = c;
            else if (c == quote) quote = 0;
            arm.append(c);
        }
        var last = arm.toString().strip();
        if (!last.isEmpty() || arms.isEmpty()) arms.add(last); // a semicolon at the end is fine
        return arms;
    }
}
