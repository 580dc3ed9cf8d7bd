package dev.sopwith.engine.roster;

import static dev.sopwith.engine.sop.DiagnosticCode.BOARD_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.SIGNAL_WRONG_WAY;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.roster.IngressSettings.Signal;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.GpioBlock;
import dev.sopwith.engine.sop.GpioBlock.Action;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.sop.Trigger;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Boards and signals that a SOP names beside those of the roster. They are warnings: a SOP that
 * also starts otherwise, or whose other steps matter more, still runs where the board is missing,
 * and fails at that step.
 *
 * <p>Threading: immutable.
 */
final class BoardChecks {
    private final SequencedMap<String, Board> boards;

    BoardChecks(SequencedMap<String, Board> boards) {
        this.boards = boards;
    }

    /** Findings about a SOP: first its triggers, then its steps. */
    List<Diagnostic> check(Sop sop, String shownFolder) {
        var triggers = new Findings(shownFolder + "/SOP.toml");
        var told = new HashSet<String>();
        for (var trigger : sop.triggers()) {
            if (trigger instanceof Trigger.Peripheral it && told.add(it.topic())) {
                check(
                        new Name(it.board(), it.signal()),
                        false,
                        finding -> finding.add(triggers, Position.START));
            }
        }
        var steps = new Findings(shownFolder + "/SOP.md");
        for (var step : sop.steps()) {
            step.block().filter(it -> it.tool() == Tool.GPIO).ifPresent(it -> check(it, steps));
        }
        var all = new ArrayList<Diagnostic>(triggers.inReadingOrder());
        all.addAll(steps.inReadingOrder());
        return all;
    }

    private void check(Step.Block block, Findings findings) {
        if (!(GpioBlock.parse(block.text()) instanceof Parsed.Ok<GpioBlock>(var gpio))) return;
        var told = new HashSet<Name>();
        for (var action : gpio.actions()) {
            var name =
                    switch (action) {
                        case Action.Set it -> new Name(it.board(), it.signal());
                        case Action.Pulse it -> new Name(it.board(), it.signal());
                    };
            if (!told.add(name)) continue;
            var at = new Position(block.line(), block.column());
            check(name, true, finding -> finding.add(findings, at));
        }
    }

    private record Name(String board, String signal) {
        @Override
        public String toString() {
            return board + "/" + signal;
        }
    }

    private record Found(DiagnosticCode code, String message, String fix) {
        void add(Findings findings, Position at) {
            findings.add(code, at, message, fix);
        }
    }

    private void check(Name name, boolean isSet, Consumer<Found> found) {
        problem(name, isSet).ifPresent(found);
    }

    private Optional<Found> problem(Name name, boolean isSet) {
        var board = boards.get(name.board());
        if (board == null) {
            var known = List.copyOf(boards.keySet());
            return Optional.of(
                    new Found(
                            BOARD_UNKNOWN,
                            "the roster has no board %s".formatted(Quoted.of(name.board())),
                            known.isEmpty()
                                    ? "add it under ingress.boards"
                                    : Words.meant(name.board(), known)));
        }
        var signal = board.signals().get(name.signal());
        if (signal == null) {
            var known = List.copyOf(board.signals().keySet());
            return Optional.of(
                    new Found(
                            BOARD_UNKNOWN,
                            "the board %s has no signal %s"
                                    .formatted(name.board(), Quoted.of(name.signal())),
                            known.isEmpty()
                                    ? "add it under ingress.boards." + name.board()
                                    : Words.meant(name.signal(), known)));
        }
        return wrongWay(name, signal, isSet);
    }

    private static Optional<Found> wrongWay(Name name, Signal signal, boolean isSet) {
        if (signal.isOutput() == isSet) return Optional.empty();
        return Optional.of(
                isSet
                        ? new Found(
                                SIGNAL_WRONG_WAY,
                                name + " is an input, which no step can set",
                                "write direction: out in the roster, if the service drives it")
                        : new Found(
                                SIGNAL_WRONG_WAY,
                                name + " is an output, which starts nothing",
                                "remove direction: out in the roster, if it comes from outside"));
    }
}
