package dev.sopwith.cli;

import dev.sopwith.bot.words.English;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code sopwith help COMMAND...}: the same as {@code sopwith COMMAND... --help}. */
@Command(
        name = "help",
        description = "Show the help of a command.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK + ":shown", Exit.WRONG_USE + ":there is no such command"})
final class HelpCommand implements Callable<Integer> {
    private final Surroundings here;

    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "The command, such as: sop validate")
    private List<String> words = List.of();

    HelpCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        var command = Main.commands(here);
        for (var word : words) {
            var found = command.getSubcommands().get(word);
            if (found == null) return refuse(command, word);
            command = found;
        }
        here.out().raw(command.getUsageMessage());
        return Exit.OK;
    }

    private int refuse(CommandLine command, String word) {
        var known = command.getSubcommands().keySet();
        return here.refuse(
                "there is no command " + word,
                English.didYouMean(word, known) + "See all: ./sopwith help");
    }
}
