package dev.sopwith.hardware.gpio;

import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.roster.IngressSettings.Signal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What there is to see of boards and chips without holding anything: where no service runs.
 *
 * @param signals of the roster's boards
 * @param chips of the machine
 * @param problems of chips that cannot be looked at, each in one line
 */
public record BoardSurvey(List<Boards.Row> signals, List<Seen> chips, List<String> problems) {
    public BoardSurvey {
        signals = List.copyOf(signals);
        chips = List.copyOf(chips);
        problems = List.copyOf(problems);
    }

    /**
     * A chip.
     *
     * @param users who hold lines of it
     */
    public record Seen(String path, String label, int lines, List<String> users) {
        public Seen {
            users = List.copyOf(users);
        }
    }

    /** Looks now. */
    public static BoardSurvey of(SequencedMap<String, Board> boards) {
        try (var kernel = new KernelChips()) {
            var seen = kernel.survey();
            var signals = new ArrayList<Boards.Row>();
            boards.forEach(
                    (name, board) ->
                            board.signals()
                                    .forEach(
                                            (signal, it) ->
                                                    signals.add(
                                                            row(kernel, name, board, signal, it))));
            var problems = new ArrayList<String>(seen.problems());
            var chips = new ArrayList<Seen>();
            for (var it : seen.chips()) {
                try {
                    var users =
                            KernelChips.lines(it).stream()
                                    .map(ChipDevice.Line::user)
                                    .filter(user -> !user.isEmpty())
                                    .distinct()
                                    .toList();
                    chips.add(new Seen(it.path(), it.label(), it.lines(), users));
                } catch (IOException e) {
                    problems.add(String.valueOf(e.getMessage()));
                }
            }
            return new BoardSurvey(signals, chips, problems);
        }
    }

    private static Boards.Row row(
            KernelChips kernel, String name, Board board, String signal, Signal settings) {
        var at = "";
        String state;
        if (SimulatedChips.isMeant(board.chip())) {
            state = "simulated by the service";
        } else {
            try {
                var chip = kernel.find(board.chip());
                at = chip.path();
                var line = KernelChips.lines(chip).get(KernelChip.number(chip, settings.line()));
                state = line.user().isEmpty() ? "free" : "held by " + line.user();
            } catch (Unusable | IOException e) {
                state = String.valueOf(e.getMessage());
            }
        }
        return new Boards.Row(
                name,
                board.chip(),
                at,
                signal,
                settings.line(),
                settings.isOutput(),
                Optional.empty(),
                state,
                0);
    }
}
