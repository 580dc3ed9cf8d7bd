package dev.sopwith.hardware.gpio;

import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.TriggerSource;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All boards of a roster, as they were when the service started.
 *
 * <p>Threading: one thread starts and closes it; all else from any thread.
 */
public final class Boards implements AutoCloseable {
    private static final Duration SET_PATIENCE = Duration.ofSeconds(2);

    private final KernelChips kernel = new KernelChips();
    private final SimulatedChips simulated = new SimulatedChips();
    private final SequencedMap<String, BoardSource> boards = new LinkedHashMap<>();
    private final List<Consumer<Change>> watchers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> ending = new CompletableFuture<>();
    private final InstantSource clock;

    /**
     * Nothing is held before {@link #start}.
     *
     * @param settings by name, in the order of the roster
     * @param sops as they are now
     */
    public Boards(
            SequencedMap<String, Board> settings,
            Intake intake,
            Supplier<SopSet> sops,
            InstantSource clock) {
        this.clock = clock;
        settings.forEach(
                (name, it) ->
                        boards.put(
                                name,
                                new BoardSource(
                                        name,
                                        it,
                                        SimulatedChips.isMeant(it.chip()) ? simulated : kernel,
                                        intake,
                                        sops,
                                        this::tell,
                                        clock)));
    }

    /** What the signals start, each board with how it is. */
    public List<TriggerSource> sources() {
        return List.copyOf(boards.values());
    }

    /** What does gpio steps. */
    public GpioRunner runner() {
        return new GpioRunner(this);
    }

    public void start() {
        boards.values().forEach(BoardSource::start);
    }

    /** What keeps boards from being of use; each in one line. */
    public List<String> notes() {
        var notes = new ArrayList<String>();
        boards.values().forEach(it -> notes.addAll(it.notes()));
        return notes;
    }

    // Who looks

    /**
     * A signal as it is now.
     *
     * @param chip of its board, as in the roster
     * @param at where the chip is; empty while it is away
     * @param line as in the roster
     * @param isOn empty while it is not held
     * @param state in words: what it does, who uses it, or why it is not there
     * @param missed edges that came and went before they could be read
     */
    public record Row(
            String board,
            String chip,
            String at,
            String signal,
            String line,
            boolean isOutput,
            Optional<Boolean> isOn,
            String state,
            long missed) {}

    /** All signals, in the order of the roster. */
    public List<Row> rows() {
        var rows = new ArrayList<Row>();
        for (var board : boards.values()) {
            for (var pin : board.pins().values()) {
                rows.add(
                        new Row(
                                board.board(),
                                board.settings().chip(),
                                board.shownAt(),
                                pin.name(),
                                pin.settings().line(),
                                pin.settings().isOutput(),
                                pin.isOn(),
                                state(board, pin),
                                pin.missed()));
            }
        }
        return rows;
    }

    private static String state(BoardSource board, Pin pin) {
        if (!board.whyAway().isEmpty()) return board.whyAway();
        if (!pin.problem().isEmpty()) return pin.problem();
        if (!pin.isHeld()) return "about to be held";
        if (!pin.settings().isOutput()) return "heard";
        return pin.user().isEmpty()
                ? "set by steps, %s when the service ends"
                        .formatted(pin.settings().isOnWhenSafe() ? "on" : "off")
                : "used by " + pin.user();
    }

    /** Hears each change from now on, on a thread that must not wait; ends what it returns. */
    public Runnable watch(Consumer<Change> watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    private void tell(Change change) {
        for (var it : watchers) it.accept(change);
    }

    // Who sets

    /**
     * The signal of this name.
     *
     * @param topic {@code board/signal}
     * @throws Unusable when there is none; names the nearest
     */
    Pin find(String topic) throws Unusable {
        if (boards.isEmpty()) throw new Unusable("the roster has no boards (ingress.boards)");
        int slash = topic.indexOf('/');
        var name = slash < 0 ? topic : topic.substring(0, slash);
        var board = boards.get(name);
        if (board == null) {
            throw new Unusable(
                    "there is no board %s; %s"
                            .formatted(name, Words.meant(name, List.copyOf(boards.keySet()))));
        }
        var signal = slash < 0 ? "" : topic.substring(slash + 1);
        var pin = board.pins().get(signal);
        if (pin == null) {
            var known = board.pins().keySet().stream().map(it -> name + "/" + it).toList();
            throw new Unusable(
                    "%s has no signal %s; %s"
                            .formatted(
                                    name,
                                    signal.isEmpty() ? "without a name" : signal,
                                    Words.suggestion(signal, board.pins().keySet())
                                            .map(it -> "did you mean %s/%s?".formatted(name, it))
                                            .orElse("known: " + String.join(", ", known))));
        }
        return pin;
    }

    /** Why there is no such board or signal; empty where there is one. */
    public Optional<String> problem(String topic) {
        if (boards.containsKey(topic)) return Optional.empty();
        try {
            find(topic);
            return Optional.empty();
        } catch (Unusable e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Why a signal is not there. */
    String why(Pin pin) {
        var board = boards.get(pin.board());
        return "%s is not there: %s"
                .formatted(pin.topic(), board == null ? "no such board" : state(board, pin));
    }

    /** Completes with why, when nothing may be set any more. */
    CompletableFuture<String> ending() {
        return ending;
    }

    /** Sets an output that the caller uses, and tells those who watch. */
    void set(Pin pin, boolean isOn) throws Unusable {
        pin.set(isOn);
        tell(new Change(pin.board(), pin.name(), isOn, clock.instant(), 0, 0));
    }

    /**
     * What {@link #set} would refuse, now.
     *
     * @throws Unusable when the signal cannot be set, and why
     */
    public void requireSettable(String topic) throws Unusable {
        var pin = find(topic);
        if (pin.settings().isOutput() || isSimulated(pin)) return;
        throw new Unusable(
                ("%s is an input: its level comes from outside (direction: out makes it an"
                                + " output; only of a simulated chip an input can be set)")
                        .formatted(topic));
    }

    private boolean isSimulated(Pin pin) {
        var board = boards.get(pin.board());
        return board != null && SimulatedChips.isMeant(board.settings().chip());
    }

    /**
     * Sets an output by hand, or drives the input of a simulated chip as a button would.
     *
     * @param who in words for others
     * @throws Unusable when it cannot be set now, and why
     */
    public void set(String topic, boolean isOn, String who) throws Unusable, InterruptedException {
        requireSettable(topic);
        var pin = find(topic);
        if (ending.isDone()) throw new Unusable(ending.join());
        if (!pin.settings().isOutput()) {
            boolean isHigh = isOn != pin.settings().isActiveLow();
            if (!pin.isHeld()) throw new Unusable("%s is not there yet".formatted(topic));
            var chip = boards.get(pin.board());
            if (chip != null) {
                simulated.chip(chip.settings().chip()).drive(pin.settings().line(), isHigh);
            }
            return;
        }
        if (!pin.use(who, SET_PATIENCE)) {
            throw new Unusable("%s is used by %s".formatted(topic, pin.user()));
        }
        try {
            set(pin, isOn);
        } finally {
            pin.leave();
        }
    }

    /** The simulated chip of this name. */
    SimulatedChip simulated(String chip) {
        return simulated.chip(chip);
    }

    /** Ends pulses, leaves outputs in their safe states and gives up all lines. */
    @Override
    public void close() {
        ending.complete("the service ends");
        boards.values().forEach(BoardSource::close);
        kernel.close();
        simulated.close();
    }
}
