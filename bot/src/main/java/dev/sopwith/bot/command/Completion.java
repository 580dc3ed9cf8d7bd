package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Input;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a half-typed command may go on.
 *
 * @param from where in the text the word begins that the candidates stand for
 * @param candidates {@value #CANDIDATES_MAX} at most, which is as many as any network shows
 */
public record Completion(int from, List<Candidate> candidates) {
    public static final int CANDIDATES_MAX = 25;

    /**
     * One way to go on.
     *
     * @param text the whole word
     * @param description what it stands for; may be empty
     */
    public record Candidate(String text, String description) {}

    public Completion {
        candidates = List.copyOf(candidates);
    }

    /** Completes the text up to the cursor. */
    static Completion of(CommandParser parser, String text, Names names) {
        var line = Line.of(text);
        boolean isNew = text.isEmpty() || Line.isBlank(text.charAt(text.length() - 1));
        boolean isOpen = line.size() > 0 && line.word(line.size() - 1).isOpen();
        int at = isNew && !isOpen ? line.size() : line.size() - 1;
        if (at == line.size()) {
            return new Completion(text.length(), candidates(parser, line, at, "", names));
        }
        var word = line.word(at);
        var begun = word.isQuoted() || isOpen ? Optional.<String>empty() : Optional.of(word.text());
        return new Completion(
                word.start(),
                begun.map(it -> candidates(parser, line, at, it, names)).orElse(List.of()));
    }

    private static List<Candidate> candidates(
            CommandParser parser, Line line, int at, String begun, Names names) {
        var all =
                at == 0
                        ? verbs(parser)
                        : parser.verb(line.word(0).text()).stream()
                                .flatMap(verb -> of(parser, verb, line, at, begun, names));
        var plain = begun.toLowerCase(Locale.ROOT);
        return all.filter(it -> it.text().toLowerCase(Locale.ROOT).startsWith(plain))
                .limit(CANDIDATES_MAX)
                .toList();
    }

    private static Stream<Candidate> verbs(CommandParser parser) {
        return parser.verbs().stream().map(it -> new Candidate(it.word(), it.description()));
    }

    private static Stream<Candidate> of(
            CommandParser parser, Verb verb, Line line, int at, String begun, Names names) {
        var kinds = verb.parameters().stream().map(Parameter::kind).toList();
        if (kinds.contains(Parameter.Kind.INPUTS) && at > 1) {
            return inputs(line, at, begun, names);
        }
        boolean isFrom = kinds.contains(Parameter.Kind.FROM_STEP);
        if (isFrom && at == 3) return steps(line, names);
        if (at > kinds.size()) return Stream.empty();
        return switch (kinds.get(at - 1)) {
            case SOP, PAST_SOP -> plain(names.sops().stream());
            case RUN_ID -> runs(verb, names);
            case CODE -> plain(names.codes(verb).stream());
            case CODE_OR_RUN -> Stream.concat(plain(names.codes(verb).stream()), runs(verb, names));
            case STEP -> steps(line, names);
            case FULL -> plain(Stream.of(Arguments.FULL));
            case FROM_STEP -> plain(Stream.of(Arguments.FROM));
            case OK -> plain(Stream.of(Arguments.OK));
            case VERB -> verbs(parser);
            case TEST -> plain(Stream.of(Arguments.TEST));
            case SOURCE ->
                    plain(Arguments.SOURCES.stream().map(it -> it.name().toLowerCase(Locale.ROOT)));
            case INPUTS, NOTE, REASON, LINK_CODE, TOPIC, PAYLOAD, FILE -> Stream.empty();
        };
    }

    private static Stream<Candidate> plain(Stream<String> words) {
        return words.map(it -> new Candidate(Line.quote(it), ""));
    }

    private static Stream<Candidate> runs(Verb verb, Names names) {
        return names.runs(verb).stream().map(it -> new Candidate(it.toString(), ""));
    }

    /** Those of the run that is named right behind the verb. */
    private static Stream<Candidate> steps(Line line, Names names) {
        return RunId.parse(line.word(1).text()).map(names::steps).stream()
                .flatMap(it -> it.entrySet().stream())
                .map(it -> new Candidate(Integer.toString(it.getKey()), it.getValue()));
    }

    /** Secret inputs are not offered: they are never taken as text. */
    private static Stream<Candidate> inputs(Line line, int at, String begun, Names names) {
        var given = new HashSet<String>();
        for (int i = 2; i < line.size(); i++) {
            if (i != at) given.add(name(line.word(i).text()));
        }
        var free =
                names.inputs(line.word(1).text()).stream()
                        .filter(it -> !it.secret() && !given.contains(it.name()));
        return begun.indexOf('=') < 0
                ? free.map(it -> new Candidate(it.name() + "=", it.description()))
                : free.filter(it -> it.name().equals(name(begun))).flatMap(Completion::values);
    }

    private static Stream<Candidate> values(Input input) {
        var values =
                input.type() == Input.Type.BOOLEAN ? List.of("true", "false") : input.choices();
        return values.stream().map(it -> new Candidate(input.name() + "=" + Line.quote(it), ""));
    }

    private static String name(String keyValue) {
        int equals = keyValue.indexOf('=');
        return equals < 0 ? keyValue : keyValue.substring(0, equals);
    }
}
