package dev.sopwith.bot.command;

import dev.sopwith.bot.command.Command.Target;
import dev.sopwith.bot.command.CommandParser.Unclear;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.run.RunCommand;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.Codes;
import dev.sopwith.engine.trigger.Source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** What follows one verb, taken word by word. Belongs to one message. */
final class Arguments {
    static final String FROM = "from";
    static final String FULL = "full";
    static final String OK = "ok";
    static final String TEST = "test";

    /** Where deliveries come from that nobody asked for. */
    static final List<Source> SOURCES =
            List.of(Source.WEBHOOK, Source.MQTT, Source.CRON, Source.PERIPHERAL);

    /** More candidates than this are no help. */
    private static final int CANDIDATES_MAX = 5;

    private static final Pattern STEP = Pattern.compile("[1-9][0-9]{0,3}");

    private final Verb verb;
    private final Line line;
    private final Setting setting;
    private final Names names;
    private final CommandParser parser;
    private int next = 1;

    Arguments(Verb verb, Line line, Setting setting, Names names, CommandParser parser) {
        this.verb = verb;
        this.line = line;
        this.setting = setting;
        this.names = names;
        this.parser = parser;
    }

    Command command() throws Unclear {
        var command =
                switch (verb) {
                    case RUN -> new Command.Run(sop(), inputs());
                    case PLAN -> new Command.Plan(sop(), inputs());
                    case LIST -> new Command.ListSops();
                    case SHOW -> new Command.Show(sop());
                    case RUNS -> new Command.Runs();
                    case STATUS -> new Command.Status(givenRun().or(setting::run));
                    case LOG -> log();
                    case PENDING -> new Command.Pending();
                    case APPROVE -> new Command.Approve(code(), text());
                    case DENY -> new Command.Deny(target(), text());
                    case UNVOTE -> new Command.Unvote(target());
                    case DONE -> reply(RunCommand.Answer.DONE);
                    case FAILED -> reply(RunCommand.Answer.FAILED);
                    case SKIP -> reply(RunCommand.Answer.SKIP);
                    case RETRY -> new Command.Retry(run(), text());
                    case RESUME -> new Command.Resume(run());
                    case ABORT -> new Command.Abort(run(), text());
                    case RERUN -> new Command.Rerun(run(), from());
                    case CANCEL -> new Command.Cancel(run(), text());
                    case WHY -> new Command.Why(word("the name of a SOP"));
                    case TRIGGER -> testTrigger();
                    case PAUSE -> new Command.Pause(sop());
                    case UNPAUSE -> new Command.Unpause(word("the name of a SOP"));
                    case FREEZE -> new Command.Freeze(text());
                    case UNFREEZE -> new Command.Unfreeze();
                    case CLOCK -> clock();
                    case BACKUP -> new Command.Backup(word("a new file"));
                    case WHOAMI -> new Command.Whoami();
                    case LINK -> new Command.Link(optionalWord());
                    case HELP -> help();
                };
        end();
        return command;
    }

    static boolean isStep(String word) {
        return STEP.matcher(word).matches();
    }

    // Words

    private Optional<Line.Word> peek() {
        return next < line.size() ? Optional.of(line.word(next)) : Optional.empty();
    }

    private Optional<String> optionalWord() throws Unclear {
        var word = peek();
        if (word.isEmpty()) return Optional.empty();
        if (word.get().isOpen()) {
            throw Unclear.wrong(
                    "the quotation that begins with %s has no end"
                            .formatted(CommandParser.shown(word.get().text())));
        }
        next++;
        return Optional.of(word.get().text());
    }

    private String word(String what) throws Unclear {
        return optionalWord().orElseThrow(() -> missing(what));
    }

    private Unclear missing(String what) {
        return Unclear.wrong("%s takes %s: %s".formatted(verb.word(), what, verb.usage()));
    }

    /** The rest, as it stands; among people nobody's words become a note. */
    private String text() throws Unclear {
        var text = line.from(next);
        if (!text.isEmpty() && !setting.isAddressed()) throw new Unclear(new Reading.Talk());
        next = line.size();
        return text;
    }

    private void end() throws Unclear {
        var word = peek();
        if (word.isEmpty()) return;
        var shown = CommandParser.shown(word.get().text());
        if (verb.parameters().isEmpty()) {
            throw Unclear.wrong(verb.word() + " takes no words after it");
        }
        if (next == 1 && verb.takes(Parameter.Kind.RUN_ID)) throw noRun(word.get().text());
        throw Unclear.wrong("%s is too much: %s".formatted(shown, verb.usage()));
    }

    private Command clock() throws Unclear {
        if (!word("the word ok").equalsIgnoreCase(OK)) throw missing("the word ok");
        return new Command.ClockOk();
    }

    private Command testTrigger() throws Unclear {
        if (!word("the word test").equalsIgnoreCase(TEST)) throw missing("the word test");
        var word = word("a source");
        var source =
                SOURCES.stream()
                        .filter(it -> it.name().equalsIgnoreCase(word))
                        .findFirst()
                        .orElseThrow(() -> noSource(word));
        return new Command.TestTrigger(source, word("what it is about"), text());
    }

    private static Unclear noSource(String word) {
        var names = SOURCES.stream().map(it -> it.name().toLowerCase(Locale.ROOT)).toList();
        return Unclear.wrong(
                "nothing comes from %s; %s"
                        .formatted(CommandParser.shown(word), Words.meant(word, names)));
    }

    private Command help() throws Unclear {
        var word = optionalWord();
        if (word.isEmpty()) return new Command.Help(Optional.empty());
        var about = parser.verb(word.get());
        if (about.isEmpty()) throw new Unclear(parser.unknown(word.get(), ""));
        return new Command.Help(about);
    }

    // SOPs

    private String sop() throws Unclear {
        var name = word("the name of a SOP");
        var all = names.sops();
        if (all.isEmpty() || all.contains(name)) return name;
        var near = all.stream().filter(it -> Words.plain(it).contains(Words.plain(name))).toList();
        var no = "there is no SOP " + CommandParser.shown(name);
        if (near.size() > 1 && near.size() <= CANDIDATES_MAX) {
            throw Unclear.ask(no, near.stream().map(it -> with(it, next)).toList());
        }
        if (near.size() == 1)
            throw Unclear.wrong(no + "; did you mean \"" + near.getFirst() + "\"?");
        if (all.size() <= CANDIDATES_MAX) {
            throw Unclear.wrong(no + "; " + Words.meant(name, all));
        }
        throw Unclear.wrong(
                no
                        + Words.suggestion(name, all)
                                .map(it -> "; did you mean \"" + it + "\"?")
                                .orElse("; there are " + all.size() + " others"));
    }

    private Map<String, String> inputs() throws Unclear {
        var inputs = new LinkedHashMap<String, String>();
        for (var word = optionalWord(); word.isPresent(); word = optionalWord()) {
            int equals = word.get().indexOf('=');
            if (equals < 1) {
                throw Unclear.wrong(
                        "%s is no key=value; write it without blanks, or the value in quotes"
                                .formatted(CommandParser.shown(word.get())));
            }
            var name = word.get().substring(0, equals);
            if (inputs.putIfAbsent(name, word.get().substring(equals + 1)) != null) {
                throw Unclear.wrong(CommandParser.shown(name) + " is given twice");
            }
        }
        return inputs;
    }

    // Runs

    private RunId run() throws Unclear {
        var run = givenRun().or(setting::run);
        if (run.isPresent()) return run.get();
        if (peek().isPresent()) throw noRun(peek().get().text());
        var candidates = names.runs(verb);
        if (candidates.isEmpty() || candidates.size() > CANDIDATES_MAX) throw missing("a run");
        throw Unclear.ask(
                verb.word() + " takes a run",
                candidates.stream().map(it -> with(it.toString(), next)).toList());
    }

    private static Unclear noRun(String word) {
        return Unclear.wrong(CommandParser.shown(word) + " is no run; runs are called R-12 or 12");
    }

    /**
     * The run that the next word names. In a thread a bare number may as well be a step, or the
     * first word of a note: before anything is done to another run than the thread's, that is
     * asked.
     */
    private Optional<RunId> givenRun() throws Unclear {
        var word = peek();
        if (word.isEmpty() || word.get().isQuoted()) return Optional.empty();
        var run = RunId.parse(word.get().text());
        if (run.isEmpty()) return Optional.empty();
        var here = setting.run();
        boolean isNumber = Character.isDigit(word.get().text().charAt(0));
        if (isNumber
                && here.isPresent()
                && !here.equals(run)
                && verb.effect() != Verb.Effect.LOOKS) {
            throw Unclear.ask(
                    "this is the thread of " + here.get(),
                    List.of(with(run.get().toString(), next + 1), here(here.get(), word.get())));
        }
        next++;
        return run;
    }

    /** The command about the thread's run that somebody may have meant who wrote a number. */
    private String here(RunId run, Line.Word number) {
        if (verb.takes(Parameter.Kind.FROM_STEP)) {
            return "%s %s from %s".formatted(verb.word(), run, number.text());
        }
        boolean hasText = verb.parameters().stream().anyMatch(it -> it.kind().isText());
        if (!hasText || next + 1 == line.size()) return verb.word() + " " + run;
        return "%s %s %s".formatted(verb.word(), run, Line.quoteAlways(line.from(next)));
    }

    /** The verb with this word, and what the message says from the given word on. */
    private String with(String word, int rest) {
        var behind = line.from(rest);
        return "%s %s%s".formatted(verb.word(), word, behind.isEmpty() ? "" : " " + behind);
    }

    private Command log() throws Unclear {
        var run = isStepHere() ? setting.run().orElseThrow() : run();
        var step = peek().isEmpty() || isFull(peek().get()) ? OptionalInt.empty() : step();
        if (peek().filter(Arguments::isFull).isEmpty()) return new Command.Log(run, step);
        if (step.isEmpty()) throw missing("the number of a step before full");
        next++;
        return new Command.Log(run, step, true);
    }

    /** In a thread a number alone is a step: its run is known. */
    private boolean isStepHere() {
        var word = peek();
        if (setting.run().isEmpty() || word.isEmpty() || !isStep(word.get().text())) return false;
        int behind = line.size() - next - 1;
        return behind == 0 || (behind == 1 && isFull(line.word(next + 1)));
    }

    private static boolean isFull(Line.Word word) {
        return word.text().equalsIgnoreCase(FULL);
    }

    private OptionalInt step() throws Unclear {
        var word = optionalWord();
        if (word.isEmpty()) return OptionalInt.empty();
        if (!isStep(word.get())) {
            throw Unclear.wrong("a step is a number, not " + CommandParser.shown(word.get()));
        }
        return OptionalInt.of(Integer.parseInt(word.get()));
    }

    private OptionalInt from() throws Unclear {
        if (peek().isEmpty() || !peek().get().text().equalsIgnoreCase(FROM)) {
            return OptionalInt.empty();
        }
        next++;
        var step = step();
        if (step.isEmpty()) throw missing("the number of a step after from");
        return step;
    }

    private Command reply(RunCommand.Answer answer) throws Unclear {
        var run = givenRun().or(setting::run);
        if (run.isEmpty()) {
            var waiting = names.runs(verb);
            if (waiting.size() > 1) {
                var few = waiting.subList(0, Math.min(waiting.size(), CANDIDATES_MAX));
                throw Unclear.ask(
                        waiting.size() + " runs wait for people",
                        few.stream().map(it -> with(it.toString(), next)).toList());
            }
            run = waiting.stream().findFirst();
        }
        return new Command.Reply(answer, run, text());
    }

    // Gates

    private String code() throws Unclear {
        if (setting.code().isPresent()) return givenCode().orElse(setting.code().get());
        var word = word("the code of a gate");
        if (!Codes.isCode(word) && RunId.parse(word).isPresent()) {
            throw Unclear.wrong(
                    "a yes names the code of its gate, not the run; see the codes: pending");
        }
        return plain(word);
    }

    private Target target() throws Unclear {
        var given = givenCode();
        if (given.isPresent()) return new Target.Code(given.get());
        if (setting.code().isPresent()) return new Target.Code(setting.code().get());
        var run = givenRun();
        if (run.isPresent()) return new Target.OfRun(run.get());
        if (setting.run().isEmpty()) return new Target.Code(plain(word("a code or a run")));
        var here = setting.run().get();
        if (peek().isEmpty() || !Codes.isCode(peek().get().text())) return new Target.OfRun(here);
        if (next + 1 == line.size()) return new Target.Code(plain(word("a code")));
        // Either a code with a slip in it, or the first word of a reason.
        throw Unclear.ask(
                "no open gate has the code " + peek().get().text(),
                List.of(with(here.toString(), next)));
    }

    /** The next word, if it is the code of an open gate. */
    private Optional<String> givenCode() {
        var code =
                peek().map(it -> plain(it.text())).filter(it -> isOfPrompt(it) || names.isOpen(it));
        if (code.isPresent()) next++;
        return code;
    }

    private boolean isOfPrompt(String code) {
        return setting.code().filter(code::equals).isPresent();
    }

    private static String plain(String code) {
        return code.toLowerCase(Locale.ROOT);
    }
}
