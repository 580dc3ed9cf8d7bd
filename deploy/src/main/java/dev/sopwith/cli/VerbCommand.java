package dev.sopwith.cli;

import dev.sopwith.bot.command.Verb;
import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.bot.local.Verbs;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One verb of the running service: sends the words, shows the answer. The service understands them;
 * here nothing is known but how they are called.
 */
@Command(
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":done",
            Exit.FINDINGS + ":refused",
            Exit.WRONG_USE + ":wrong use: not understood, or it names what is not there",
            Exit.NO_SERVICE + ":no service runs here, or it ended before it answered",
            Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
        })
class VerbCommand implements Callable<Integer> {
    /** Verbs that have a command of their own here, or none: {@code --help} is there already. */
    private static final Set<Verb> OTHERWISE = Set.of(Verb.BACKUP, Verb.HELP, Verb.TRIGGER);

    private final Surroundings here;
    private final String verb;

    @Mixin private StateDir stateDir = new StateDir();

    @Parameters(arity = "0..*", paramLabel = "WORD", hidden = true)
    private List<String> words = List.of();

    @Option(names = "--json", description = "Write the answer as JSON.")
    private boolean json;

    private VerbCommand(Surroundings here, String verb) {
        this.here = here;
        this.verb = verb;
    }

    /** All of them. */
    static void addTo(CommandLine main, Surroundings here) {
        for (var verb : Verb.values()) {
            if (!Verbs.OFFERED.contains(verb) || OTHERWISE.contains(verb)) continue;
            var command =
                    switch (verb) {
                        case RUN -> new Run(here);
                        case STATUS -> new Status(here);
                        default -> new VerbCommand(here, verb.word());
                    };
            main.addSubcommand(named(new CommandLine(command), verb));
        }
    }

    private static CommandLine named(CommandLine command, Verb verb) {
        var spec = command.getCommandSpec().name(verb.word());
        spec.usageMessage()
                .description(verb.description())
                .customSynopsis("sopwith " + verb.usage() + " [OPTIONS]");
        return command;
    }

    @Override
    public Integer call() {
        var all = new ArrayList<String>();
        all.add(verb);
        all.addAll(rest());
        return ask(here, stateDir, new Request(all, untilEnd()), json);
    }

    /** What is asked behind the verb: the words as they were given. */
    List<String> rest() {
        return words;
    }

    /** Whether to stay until the run has ended. */
    boolean untilEnd() {
        return false;
    }

    /** {@code sopwith run}: the only verb that may wait. */
    @Command(
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":started; with --wait: completed",
                Exit.FINDINGS + ":not started; with --wait: not completed",
                Exit.WRONG_USE + ":wrong use: not understood, or it names what is not there",
                Exit.NO_SERVICE + ":no service runs here, or it ended before it answered",
                Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
            })
    private static final class Run extends VerbCommand {
        @Option(
                names = "--wait",
                description = "Wait for the end of the run, and say what happens.")
        private boolean untilEnd;

        Run(Surroundings here) {
            super(here, Verb.RUN.word());
        }

        @Override
        boolean untilEnd() {
            return untilEnd;
        }
    }

    /** {@code sopwith status}: of the service's connectors too, which are no business of a room. */
    @Command(
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":shown",
                Exit.FINDINGS + ":refused",
                Exit.WRONG_USE + ":wrong use: not understood, or it names what is not there",
                Exit.NO_SERVICE + ":no service runs here, or it ended before it answered",
                Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
            })
    private static final class Status extends VerbCommand {
        @Option(
                names = "--connectors",
                description = "Show how each connector is: reachable, who it is there, last seen.")
        private boolean connectors;

        Status(Surroundings here) {
            super(here, Verb.STATUS.word());
        }

        @Override
        List<String> rest() {
            return connectors ? List.of("--connectors") : super.rest();
        }
    }

    /** Sends words to the service and shows what it answers. */
    static int ask(Surroundings here, StateDir stateDir, List<String> words, boolean json) {
        return ask(here, stateDir, new Request(words, false), json);
    }

    /** Asks the service and shows what it answers. */
    static int ask(Surroundings here, StateDir stateDir, Request request, boolean json) {
        try (var client = LocalClient.connect(stateDir.socket(here), it -> worry(here, it))) {
            if (json) {
                var output = new StringBuilder();
                var answer = client.ask(request, said -> tell(here, said), output::append);
                if (!output.isEmpty()) answer.data().put("output", output.toString());
                return show(here, answer, true);
            }
            var isPrinted = new AtomicBoolean();
            var answer =
                    client.ask(
                            request,
                            said -> tell(here, said),
                            part -> {
                                isPrinted.set(true);
                                print(here, part);
                                var _ = here.out().flush(); // the next part may come much later
                            });
            if (!isPrinted.get()) return show(here, answer, false);
            var _ = here.out().flush();
            answer.lines().forEach(it -> tell(here, it)); // a file gets the output alone
            return exit(answer);
        } catch (LocalClient.Silent e) {
            return silent(here, stateDir, e);
        } catch (LocalClient.Refused e) {
            here.err().line("sopwith: " + e.getMessage());
            return Exit.FINDINGS;
        } catch (IOException e) {
            return noService(here, stateDir, e);
        }
    }

    /** Exactly as it was printed, unless it could act on a terminal. */
    private static void print(Surroundings here, String part) {
        if (here.out().terminal().isEmpty()) here.out().raw(part);
        else here.out().text(part);
    }

    private static void worry(Surroundings here, String said) {
        tell(here, "sopwith: " + said);
    }

    /** Said while somebody waits, from whatever thread. */
    private static void tell(Surroundings here, String said) {
        synchronized (here.err()) {
            here.err().line(said);
            var _ = here.err().flush();
        }
    }

    private static int silent(Surroundings here, StateDir stateDir, LocalClient.Silent silent) {
        here.err().line("sopwith: " + silent.getMessage() + "; not waited for any longer");
        here.err()
                .line(
                        silent.wasAsked()
                                ? "  What was asked may still be done: when it answers again, see"
                                        + " ./sopwith runs"
                                        + stateDir.asOption()
                                : "  It was asked nothing, so nothing is done. Ask again when it"
                                        + " answers, or end it and start it: ./sopwith up"
                                        + stateDir.asOption());
        return Exit.TEMPORARY;
    }

    private static int noService(Surroundings here, StateDir stateDir, IOException e) {
        boolean isOthers = String.valueOf(e.getMessage()).contains("Permission denied");
        if (isOthers) {
            here.err()
                    .line(
                            "sopwith: %s is another user's; ask as the user whose service it is, or as root"
                                    .formatted(stateDir.in(here)));
            return Exit.FINDINGS;
        }
        boolean hungUp = String.valueOf(e.getMessage()).contains("hung up");
        here.err()
                .line(
                        hungUp
                                ? "sopwith: the service ended before it answered; what was asked"
                                        + " may have been done: ./sopwith status"
                                : "sopwith: no service runs here (%s); start it: ./sopwith up%s"
                                        .formatted(stateDir.in(here), stateDir.asOption()));
        return Exit.NO_SERVICE;
    }

    private static int show(Surroundings here, Answer answer, boolean json) {
        boolean ok = answer.status() == Answer.Status.OK;
        if (json && ok) {
            here.out().raw(answer.data().toPrettyString() + "\n");
        } else if (json) {
            var data = answer.data().deepCopy();
            data.put("error", String.join("\n", answer.lines()));
            here.out().raw(data.toPrettyString() + "\n");
        } else {
            var screen = ok || !answer.table().isEmpty() ? here.out() : here.err();
            showLines(screen, ok ? "" : "sopwith: ", answer);
        }
        return exit(answer);
    }

    private static int exit(Answer answer) {
        return switch (answer.status()) {
            case OK -> Exit.OK;
            case NO -> Exit.FINDINGS;
            case WRONG -> Exit.WRONG_USE;
        };
    }

    private static void showLines(Screen screen, String prefix, Answer answer) {
        screen.lines(lines(prefix, answer, screen.terminal()));
    }

    /** An answer as people read it. */
    static List<String> lines(String prefix, Answer answer) {
        return lines(prefix, answer, OptionalInt.empty());
    }

    /**
     * An answer as people read it.
     *
     * @param columns that it has to fit into
     */
    static List<String> lines(String prefix, Answer answer, OptionalInt columns) {
        var lines = new ArrayList<String>();
        for (var line : answer.lines()) {
            var whole = (lines.isEmpty() ? prefix : prefix.isEmpty() ? "" : "  ") + line;
            if (columns.isEmpty() || isExact(line)) lines.add(whole);
            else lines.addAll(wrapped(whole, columns.getAsInt()));
        }
        if (answer.table().isEmpty()) return lines;
        var rows = answer.table();
        var table = new Table(rows.getFirst().toArray(String[]::new));
        rows.stream().skip(1).forEach(row -> table.row(row.toArray(String[]::new)));
        lines.addAll(columns.isEmpty() ? table.lines() : table.lines(columns.getAsInt()));
        return lines;
    }

    /** What is run or was printed is shown as it is, every blank of it. */
    private static boolean isExact(String line) {
        return line.stripLeading().startsWith("|");
    }

    private static List<String> wrapped(String line, int columns) {
        var indent = line.substring(0, line.length() - line.stripLeading().length());
        if (Glyph.width(line) <= columns) return List.of(line);
        return Prose.wrap(line, indent, indent + "  ", columns);
    }
}
