package dev.sopwith.bot.command;

import dev.sopwith.engine.expression.Excerpt;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.Codes;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Reads what people write. Whatever comes, there is an answer: a command, one line that says what
 * is wrong and what to write instead, a question, or that it is talk among people.
 *
 * <p>Threading: immutable.
 */
public final class CommandParser {
    private static final int SHOWN_MAX = 40;

    private final Set<Verb> offered;

    /**
     * @param offered the verbs that can be said here
     */
    public CommandParser(Set<Verb> offered) {
        this.offered = EnumSet.copyOf(offered);
    }

    /** Reads a message, without its prefix if it had one. */
    public Reading read(String text, Setting setting, Names names) {
        return read(Line.of(text), setting, names);
    }

    /** Reads words that a shell has taken apart. */
    public Reading read(List<String> words, Setting setting, Names names) {
        return read(Line.of(words), setting, names);
    }

    /** How the text up to the cursor may go on. */
    public Completion complete(String text, Names names) {
        return Completion.of(this, text, names);
    }

    private Reading read(Line line, Setting setting, Names names) {
        if (line.size() == 0) {
            return setting.isAddressed()
                    ? new Reading.Wrong("nothing was asked; write \"help\" to see what can be said")
                    : new Reading.Talk();
        }
        var word = line.word(0).text();
        var verb = verb(word);
        if (!setting.isAddressed() && !isCommand(line, verb, names)) return new Reading.Talk();
        if (verb.isEmpty()) return unknown(word, line.from(1));
        try {
            var arguments = new Arguments(verb.get(), line, setting, names, this);
            return new Reading.Understood(arguments.command());
        } catch (Unclear e) {
            return e.reading;
        }
    }

    /** The verb that is written like this, in any case: phones begin messages with a capital. */
    public Optional<Verb> verb(String word) {
        var plain = word.toLowerCase(Locale.ROOT);
        return offered.stream().filter(it -> it.word().equals(plain)).findFirst();
    }

    List<Verb> verbs() {
        return List.copyOf(offered);
    }

    /**
     * Whether words among people are meant for us: a verb alone, or with nothing but runs, steps
     * and codes behind it. A slip in the verb is told only when an open gate or a run follows: else
     * every other sentence would be corrected.
     */
    private boolean isCommand(Line line, Optional<Verb> verb, Names names) {
        if (line.word(0).isQuoted()) return false;
        if (verb.isEmpty()) {
            return line.size() > 1
                    && Words.typoOf(line.word(0).text(), words()).isPresent()
                    && restMatches(line, it -> isRun(it) || isOpenCode(it, names));
        }
        if (line.size() == 1) return standsAlone(verb.get());
        return restMatches(line, it -> fits(verb.get(), it));
    }

    private static boolean standsAlone(Verb verb) {
        return verb.parameters().stream()
                .filter(it -> !it.optional())
                .allMatch(
                        it ->
                                switch (it.kind()) {
                                    case RUN_ID, CODE, CODE_OR_RUN -> true;
                                    default -> false;
                                });
    }

    private static boolean restMatches(Line line, Predicate<String> test) {
        for (int i = 1; i < line.size(); i++) {
            if (line.word(i).isQuoted() || !test.test(line.word(i).text())) return false;
        }
        return true;
    }

    private static boolean fits(Verb verb, String word) {
        for (var parameter : verb.parameters()) {
            boolean fits =
                    switch (parameter.kind()) {
                        case RUN_ID -> isRun(word);
                        case CODE -> isRun(word) || Codes.isCode(word);
                        case CODE_OR_RUN -> isRun(word) || Codes.isCode(word);
                        case STEP -> Arguments.isStep(word);
                        case FROM_STEP ->
                                Arguments.isStep(word) || word.equalsIgnoreCase(Arguments.FROM);
                        case FULL -> word.equalsIgnoreCase(Arguments.FULL);
                        case OK -> word.equalsIgnoreCase(Arguments.OK);
                        case SOP,
                                PAST_SOP,
                                INPUTS,
                                NOTE,
                                REASON,
                                VERB,
                                LINK_CODE,
                                TEST,
                                SOURCE,
                                TOPIC,
                                PAYLOAD,
                                FILE ->
                                false;
                    };
            if (fits) return true;
        }
        return false;
    }

    private static boolean isRun(String word) {
        return RunId.parse(word).isPresent();
    }

    private static boolean isOpenCode(String word, Names names) {
        return names.isOpen(word.toLowerCase(Locale.ROOT));
    }

    private List<String> words() {
        return offered.stream().map(Verb::word).toList();
    }

    /** Never the whole list: whoever wants that asks for help. */
    Reading unknown(String word, String rest) {
        var said = "unknown " + Excerpt.of(word, SHOWN_MAX);
        var plain = word.toLowerCase(Locale.ROOT);
        var longer =
                words().stream().filter(it -> plain.length() > 1 && it.startsWith(plain)).toList();
        if (longer.size() > 1) {
            var behind = rest.isEmpty() ? "" : " " + rest;
            return new Reading.Question(said, longer.stream().map(it -> it + behind).toList());
        }
        return new Reading.Wrong(
                said
                        + longer.stream()
                                .findFirst()
                                .or(() -> Words.suggestion(word, words()))
                                .map(near -> "; did you mean \"" + near + "\"?")
                                .orElse("; write \"help\" to see what can be said"));
    }

    /** A word as it may be repeated in an answer. */
    static String shown(String word) {
        return Excerpt.quoted(word, SHOWN_MAX);
    }

    /** The words cannot be made a command; the reading says why. */
    static final class Unclear extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Reading reading;

        Unclear(Reading reading) {
            super("answered");
            this.reading = reading;
        }

        static Unclear wrong(String problem) {
            return new Unclear(new Reading.Wrong(problem));
        }

        static Unclear ask(String asked, List<String> candidates) {
            return new Unclear(new Reading.Question(asked, candidates));
        }
    }
}
