package dev.sopwith.cli;

import dev.sopwith.boards.BoardDesk;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.library.RosterFile;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.hardware.gpio.BoardSurvey;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code sopwith hardware}: boards and their pins. */
@Command(name = "hardware", description = "List, watch and set the pins of boards.")
final class HardwareCommand {
    private HardwareCommand() {}

    static CommandLine commands(Surroundings here) {
        return new CommandLine(new HardwareCommand())
                .addSubcommand(new Listing(here))
                .addSubcommand(new Watching(here))
                .addSubcommand(new Setting(here));
    }

    /** {@code sopwith hardware list}: of the service that holds the lines, else of the machine. */
    @Command(
            name = "list",
            description = "List the signals of the roster's boards, and how they are.",
            footer = {
                "",
                "Without a service it looks at the roster and at the machine's chips, and holds nothing."
            },
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":listed",
                Exit.FINDINGS + ":refused, or the roster has errors",
                Exit.WRONG_USE + ":wrong use",
                Exit.NO_SERVICE + ":the service ended before it answered",
                Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
            })
    private static final class Listing implements Callable<Integer> {
        private final Surroundings here;

        @Mixin private StateDir stateDir = new StateDir();
        @Mixin private RosterPath rosterPath = new RosterPath();

        @Option(names = "--json", description = "Write the answer as JSON.")
        private boolean json;

        Listing(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            return isServed()
                    ? VerbCommand.ask(here, stateDir, List.of(BoardDesk.WORD, "list"), json)
                    : ofMachine();
        }

        private boolean isServed() {
            try (var _ = LocalClient.connect(stateDir.socket(here))) {
                return true;
            } catch (LocalClient.Silent | LocalClient.Refused _) {
                return true; // it is there, and says so itself
            } catch (IOException _) {
                return false;
            }
        }

        private int ofMachine() {
            var place = rosterPath.find(here, stateDir.sops());
            Optional<Roster> roster = Optional.of(Roster.NONE);
            if (place.isPresent()) {
                var read = RosterFile.read(place.get().path(), place.get().shown());
                roster = read.roster();
                if (roster.isEmpty()) {
                    Findings.show(here.err(), read.diagnostics(), Sources.NONE);
                    return Exit.FINDINGS;
                }
            }
            show(BoardSurvey.of(roster.map(Roster::ingress).orElse(IngressSettings.NONE).boards()));
            return Exit.OK;
        }

        private void show(BoardSurvey seen) {
            if (json) {
                here.out().raw(json(seen) + "\n");
                return;
            }
            here.err()
                    .line(
                            "no service runs here (%s), so this is what the machine shows"
                                    .formatted(stateDir.in(here)));
            if (seen.signals().isEmpty()) {
                here.out().line("the roster has no boards (ingress.boards)");
            } else {
                lines(BoardDesk.table(seen.signals()));
            }
            here.out().line("");
            if (seen.chips().isEmpty() && seen.problems().isEmpty()) {
                here.out().line("this machine has no GPIO chip");
            }
            var rows = new ArrayList<List<String>>();
            rows.add(List.of("DEVICE", "LABEL", "LINES", "HELD BY"));
            for (var it : seen.chips()) {
                rows.add(
                        List.of(
                                it.path(),
                                it.label(),
                                "" + it.lines(),
                                String.join(", ", it.users())));
            }
            if (rows.size() > 1) lines(rows);
            seen.problems().forEach(here.out()::line);
        }

        private void lines(List<List<String>> rows) {
            var table = new Table(rows.getFirst().toArray(String[]::new));
            rows.stream().skip(1).forEach(it -> table.row(it.toArray(String[]::new)));
            var columns = here.out().terminal();
            here.out().lines(columns.isEmpty() ? table.lines() : table.lines(columns.getAsInt()));
        }

        private static String json(BoardSurvey seen) {
            var data = JsonMapper.shared().createObjectNode().put("service", false);
            var signals = data.putArray("signals");
            seen.signals().forEach(it -> BoardDesk.fill(signals.addObject(), it));
            var chips = data.putArray("chips");
            for (var it : seen.chips()) {
                var chip = chips.addObject().put("device", it.path()).put("label", it.label());
                chip.put("lines", it.lines());
                it.users().forEach(chip.putArray("held_by")::add);
            }
            seen.problems().forEach(data.putArray("problems")::add);
            return data.toPrettyString();
        }
    }

    /** {@code sopwith hardware watch}. */
    @Command(
            name = "watch",
            description = "Show the changes of signals as they come, until Ctrl-C.",
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":as many as were asked for",
                Exit.FINDINGS + ":refused",
                Exit.WRONG_USE + ":wrong use, or there is no such board or signal",
                Exit.NO_SERVICE + ":no service runs here, or it ended",
                Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
            })
    private static final class Watching implements Callable<Integer> {
        private final Surroundings here;

        @Mixin private StateDir stateDir = new StateDir();

        @Parameters(
                arity = "0..1",
                paramLabel = "BOARD[/SIGNAL]",
                description = "Of what; all when it is left out.")
        private String topic = "";

        @Option(
                names = "--count",
                paramLabel = "N",
                description = "End after so many; 0 means never, and is the default.")
        private int count;

        @Option(names = "--json", description = "Write each change as a line of JSON.")
        private boolean json;

        Watching(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            var words = new ArrayList<String>(List.of(BoardDesk.WORD, "watch"));
            if (!topic.isEmpty()) words.add(topic);
            if (count != 0) words.addAll(List.of("--count", "" + count));
            if (json) words.add("--json");
            return VerbCommand.ask(here, stateDir, new Request(words, true), false);
        }
    }

    /** {@code sopwith hardware set}. */
    @Command(
            name = "set",
            description = "Set an output, or an input of a simulated chip, by hand.",
            footer = {
                "",
                "Only the service's own user and root may: no gate is asked. It is on the trail."
            },
            exitCodeListHeading = Exit.HEADING,
            exitCodeList = {
                Exit.OK + ":set",
                Exit.FINDINGS + ":refused, or it is not there or in use",
                Exit.WRONG_USE + ":wrong use, no such signal, or one that cannot be set",
                Exit.NO_SERVICE + ":no service runs here, or it ended before it answered",
                Exit.TEMPORARY + ":the service is there and says nothing for 30 s"
            })
    private static final class Setting implements Callable<Integer> {
        private final Surroundings here;

        @Mixin private StateDir stateDir = new StateDir();

        @Parameters(index = "0", paramLabel = "BOARD/SIGNAL", description = "Which one.")
        private String topic = "";

        @Parameters(index = "1", paramLabel = "on|off", description = "To what.")
        private String to = "";

        @Option(names = "--json", description = "Write the answer as JSON.")
        private boolean json;

        Setting(Surroundings here) {
            this.here = here;
        }

        @Override
        public Integer call() {
            var words = List.of(BoardDesk.WORD, "set", topic, to);
            return VerbCommand.ask(here, stateDir, words, json);
        }
    }
}
