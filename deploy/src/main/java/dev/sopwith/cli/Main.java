package dev.sopwith.cli;

import dev.sopwith.bench.BenchCommand;
import dev.sopwith.bot.words.English;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;

/** The program: reads the words of the command line and calls one command. */
@Command(
        name = "sopwith",
        description = "Runs standard operating procedures from chat.",
        versionProvider = Version.class,
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":fine",
            Exit.FINDINGS + ":findings, refused, or not completed",
            Exit.WRONG_USE + ":wrong use, or it names what is not there",
            Exit.NO_SERVICE + ":no service runs here",
            Exit.IN_USE + ":another service runs on the folder",
            Exit.BUILD + ":Java or Maven missing, or the build failed (said by the launcher)",
            Exit.BUG + ":a bug in Sopwith (SOPWITH_DEBUG=1 shows where)",
            Exit.OUTPUT_LOST + ":the output could not be written",
            Exit.TEMPORARY
                    + ":the store of the service stopped, or the service says nothing for 30 s"
        },
        footer = {"", "Begin with: ./sopwith sop new NAME"})
public final class Main {
    private static final int USAGE_WIDTH = 96;

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(Surroundings.ofProcess(), args));
    }

    /** Runs one command; its output is flushed. Half a report must not look like a whole one. */
    static int run(Surroundings here, String... args) {
        try {
            int exit = commands(here).execute(args);
            return here.out().flush().map(why -> tellLoss(here, why)).orElse(exit);
        } finally {
            here.out().flush();
            here.err().flush();
        }
    }

    /** Who closed the pipe, as {@code head} does, has seen enough and need not be told. */
    private static int tellLoss(Surroundings here, IOException why) {
        var reason = String.valueOf(why.getMessage());
        if (!reason.contains("Broken pipe")) {
            here.err().line("sopwith: the output could not be written: " + reason);
        }
        return Exit.OUTPUT_LOST;
    }

    /** All commands: one line each. */
    static CommandLine commands(Surroundings here) {
        var main =
                new CommandLine(new Main())
                        .addSubcommand(
                                new CommandLine(new SopCommand())
                                        .addSubcommand(new ValidateCommand(here))
                                        .addSubcommand(new ListCommand(here))
                                        .addSubcommand(new ScheduleCommand(here))
                                        .addSubcommand(new ShowCommand(here))
                                        .addSubcommand(new ExplainCommand(here))
                                        .addSubcommand(new NewCommand(here)))
                        .addSubcommand(
                                BenchCommand.commands(here.out().writer(), here.err().writer()))
                        .addSubcommand(new DemoCommand(here))
                        .addSubcommand(new UpCommand(here))
                        .addSubcommand(new ChatCommand(here))
                        .addSubcommand(new BoardCommand(here))
                        .addSubcommand(new TmuxCommand(here))
                        .addSubcommand(new BackupCommand(here))
                        .addSubcommand(new RestoreCommand(here))
                        .addSubcommand(AuditCommand.commands(here))
                        .addSubcommand(TriggerCommand.commands(here))
                        .addSubcommand(HardwareCommand.commands(here))
                        .addSubcommand(ConfigCommand.commands(here))
                        .addSubcommand(new CompletionCommand(here))
                        .addSubcommand(new HelpCommand(here));
        VerbCommand.addTo(main, here);
        main.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-V", "--version")
                                .versionHelp(true)
                                .description("Show the version.")
                                .build());
        addHelp(main);
        return main.setOut(here.out().writer())
                .setErr(here.err().writer())
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setUsageHelpWidth(USAGE_WIDTH)
                .setParameterExceptionHandler((wrong, _) -> refuse(here, wrong))
                .setExecutionExceptionHandler((bug, _, _) -> report(here, bug));
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Show this help.")
                                .build());
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    private static int refuse(Surroundings here, ParameterException wrong) {
        var command = wrong.getCommandLine();
        var name = command.getCommandSpec().qualifiedName();
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            var word = unmatched.getUnmatched().getFirst();
            return here.refuse(whatIsUnknown(command, word), meant(command, word, name));
        }
        if (!command.getSubcommands().isEmpty()) {
            here.err().raw(command.getUsageMessage());
            return Exit.WRONG_USE;
        }
        return here.refuse(String.valueOf(wrong.getMessage()), "See: ./" + name + " --help");
    }

    private static String whatIsUnknown(CommandLine command, String word) {
        if (word.startsWith("-")) return "there is no option " + word;
        if (command.getSubcommands().isEmpty()) return "\"" + word + "\" is one word too many";
        return "there is no command " + word;
    }

    private static String meant(CommandLine command, String word, String name) {
        var known =
                word.startsWith("-")
                        ? command.getCommandSpec().optionsMap().keySet()
                        : command.getSubcommands().keySet();
        return English.didYouMean(word, known) + "See: ./" + name + " --help";
    }

    private static int report(Surroundings here, Exception bug) {
        here.err().line("sopwith: this is a bug in Sopwith: " + bug);
        if (here.debug()) stackTrace(bug).forEach(here.err()::line);
        else here.err().line("  Please report it, with what SOPWITH_DEBUG=1 shows.");
        return Exit.BUG;
    }

    private static Stream<String> stackTrace(Throwable bug) {
        var frames = Arrays.stream(bug.getStackTrace()).map(frame -> "    at " + frame);
        var cause = bug.getCause();
        return cause == null
                ? frames
                : Stream.concat(
                        frames, Stream.concat(Stream.of("caused by: " + cause), stackTrace(cause)));
    }
}
