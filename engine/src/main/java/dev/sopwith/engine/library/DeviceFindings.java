package dev.sopwith.engine.library;

import static dev.sopwith.engine.sop.DiagnosticCode.BROKER_NOT_NAMED;
import static dev.sopwith.engine.sop.DiagnosticCode.BROKER_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.SIGNAL_UNKNOWN;
import static dev.sopwith.engine.sop.DiagnosticCode.SIGNAL_WRONG_WAY;

import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Quoted;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.reading.Findings;
import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.GpioBlock;
import dev.sopwith.engine.sop.MqttBlock;
import dev.sopwith.engine.sop.Position;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Trigger;

import org.tomlj.Toml;
import org.tomlj.TomlTable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brokers, boards and signals that a SOP names and the roster does not have. Where the roster has
 * no brokers at all, or no boards, nothing is said about those: the SOP may be written for another
 * place too, and the status of the service says that nothing is heard.
 *
 * <p>Threading: stateless.
 */
public final class DeviceFindings {
    private final IngressSettings settings;
    private final SopSet.Loaded sop;
    private final Findings manifest;
    private final Findings procedure;

    private DeviceFindings(IngressSettings settings, SopSet.Loaded sop, String shownFolder) {
        this.settings = settings;
        this.sop = sop;
        this.manifest = new Findings(shownFolder + "/" + SopReader.MANIFEST);
        this.procedure = new Findings(shownFolder + "/" + SopReader.PROCEDURE);
    }

    /**
     * Findings about the triggers and the steps of a SOP, in reading order.
     *
     * @param shownFolder how its folder is named, such as {@code sops/deploy-prod}
     */
    public static List<Diagnostic> of(
            IngressSettings settings, SopSet.Loaded sop, String shownFolder) {
        var it = new DeviceFindings(settings, sop, shownFolder);
        it.triggers();
        it.sop.sop().steps().forEach(step -> step.block().ifPresent(it::block));
        var all = new ArrayList<Diagnostic>(it.manifest.inReadingOrder());
        all.addAll(it.procedure.inReadingOrder());
        return all;
    }

    private void triggers() {
        var all = sop.sop().triggers();
        for (int i = 0; i < all.size(); i++) {
            int index = i;
            switch (all.get(i)) {
                case Trigger.Mqtt it -> broker(it.broker(), manifest, at(index, "broker"));
                case Trigger.Peripheral it ->
                        signal(
                                it.board(),
                                it.signal(),
                                false,
                                manifest,
                                at(index, "board"),
                                at(index, "signal"));
                default -> {
                    // It names no device.
                }
            }
        }
    }

    private void block(Step.Block block) {
        var at = new Position(block.line(), 1);
        switch (block.tool()) {
            case MQTT -> {
                if (MqttBlock.parse(block.text()) instanceof Parsed.Ok<MqttBlock>(var it)) {
                    broker(it.broker(), procedure, at);
                }
            }
            case GPIO -> {
                if (GpioBlock.parse(block.text()) instanceof Parsed.Ok<GpioBlock>(var it)) {
                    for (var action : it.actions()) {
                        signal(action.board(), action.signal(), true, procedure, at, at);
                    }
                }
            }
            default -> {
                // It uses no device.
            }
        }
    }

    private void broker(Optional<String> named, Findings findings, Position at) {
        var known = List.copyOf(settings.brokers().keySet());
        if (named.isPresent() && !known.contains(named.get())) {
            findings.add(
                    BROKER_UNKNOWN,
                    at,
                    "the roster has no broker " + Quoted.of(named.get()),
                    known.isEmpty()
                            ? "add it under ingress: mqtt, or leave it out"
                            : Words.meant(named.get(), known));
        }
        if (named.isEmpty() && known.size() > 1) {
            findings.add(
                    BROKER_NOT_NAMED,
                    at,
                    "the roster has %d brokers, and this means %s"
                            .formatted(known.size(), Quoted.of(known.getFirst())),
                    "name the one that is meant: " + String.join(", ", known));
        }
    }

    /**
     * @param isSet whether it is a step that sets it, and no trigger that hears it
     */
    private void signal(
            String board,
            String signal,
            boolean isSet,
            Findings findings,
            Position ofBoard,
            Position ofSignal) {
        if (settings.boards().isEmpty()) return;
        var known = settings.boards().get(board);
        if (known == null) {
            var boards = List.copyOf(settings.boards().keySet());
            findings.add(
                    SIGNAL_UNKNOWN,
                    ofBoard,
                    "the roster has no board " + Quoted.of(board),
                    Words.meant(board, boards));
        } else if (!known.signals().containsKey(signal)) {
            var signals = List.copyOf(known.signals().keySet());
            findings.add(
                    SIGNAL_UNKNOWN,
                    ofSignal,
                    "the board %s has no signal %s".formatted(board, Quoted.of(signal)),
                    signals.isEmpty()
                            ? "add it under signals of the board"
                            : Words.meant(signal, signals));
        } else if (known.signals().get(signal).isOutput() != isSet) {
            findings.add(
                    SIGNAL_WRONG_WAY,
                    ofSignal,
                    isSet
                            ? "%s/%s is an input, which no step can set".formatted(board, signal)
                            : "%s/%s is an output, which starts nothing".formatted(board, signal),
                    isSet
                            ? "write direction: out in the roster, if the service drives it"
                            : "remove direction: out in the roster, if it comes from outside");
        }
    }

    /** Where a key of a trigger stands, else the trigger itself. */
    private Position at(int trigger, String key) {
        var file = sop.files().file(SopReader.MANIFEST);
        if (file.isEmpty()) return Position.START;
        var text = new String(file.get().content(), StandardCharsets.UTF_8);
        var array = Toml.parse(text).getArray("triggers");
        if (array == null || trigger >= array.size()) return Position.START;
        TomlTable table = array.getTable(trigger);
        var at = table.inputPositionOf(key);
        if (at == null) at = table.inputPositionOf("type");
        return at == null ? Position.START : new Position(at.line(), at.column());
    }
}
