package dev.sopwith.cli;

import dev.sopwith.bot.words.English;

/**
 * What came of checking some SOPs.
 *
 * @param strict whether warnings count as much as errors
 */
record Verdict(Library library, boolean strict) {
    boolean passes() {
        return library.problem().isEmpty() && library.entries().stream().allMatch(this::passes);
    }

    boolean passes(Library.Entry entry) {
        return !entry.isBroken() && entry.errors() == 0 && !(strict && entry.warnings() > 0);
    }

    long errors() {
        return library.entries().stream().mapToLong(Library.Entry::errors).sum()
                + library.problem().stream().count();
    }

    long warnings() {
        return library.entries().stream().mapToLong(Library.Entry::warnings).sum();
    }

    long broken() {
        return library.entries().stream().filter(Library.Entry::isBroken).count();
    }

    /** {@code 3 SOPs: 2 valid, 1 broken; 4 errors, 1 warning}. */
    String summary() {
        int all = library.entries().size();
        return "%s: %d valid, %d broken; %s, %s"
                .formatted(
                        English.count(all, "SOP"),
                        all - broken(),
                        broken(),
                        English.count(errors(), "error"),
                        English.count(warnings(), "warning"));
    }
}
