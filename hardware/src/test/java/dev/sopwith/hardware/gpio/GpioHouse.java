package dev.sopwith.hardware.gpio;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.roster.IngressSettings.Pull;
import dev.sopwith.engine.roster.IngressSettings.Signal;
import dev.sopwith.engine.sop.SopFiles;
import dev.sopwith.engine.sop.Step;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.Await;
import dev.sopwith.engine.step.StepKey;
import dev.sopwith.engine.step.StepOrder;
import dev.sopwith.engine.store.StoreException;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Outcome.Kind;
import dev.sopwith.engine.trigger.TriggerSource.Health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Boards with SOPs in a folder, and an intake that remembers and can fail. */
final class GpioHouse implements Intake, AutoCloseable {
    static final String CHIP = "sim:hall";
    static final Signal BUTTON = in("BUTTON", Pull.NONE, false);
    static final Signal LAMP = out("LAMP", false, false);

    private final Path folder;
    private final SequencedMap<String, Board> settings = new LinkedHashMap<>();
    private volatile SopSet sops;
    private Optional<Boards> boards = Optional.empty();

    /** What was taken in, in order. */
    final List<Arrival> taken = Collections.synchronizedList(new ArrayList<>());

    /** How often the store still fails. */
    final AtomicInteger outages = new AtomicInteger();

    /** How often the queue is still found full. */
    final AtomicInteger full = new AtomicInteger();

    GpioHouse(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.sops = load();
    }

    static Signal in(String line, Pull pull, boolean isActiveLow) {
        return new Signal(line, pull, false, isActiveLow, false);
    }

    static Signal out(String line, boolean isActiveLow, boolean isOnWhenSafe) {
        return new Signal(line, Pull.NONE, true, isActiveLow, isOnWhenSafe);
    }

    GpioHouse board(String name, String chip, Map<String, Signal> signals) {
        settings.put(name, new Board(chip, new LinkedHashMap<>(signals)));
        return this;
    }

    /** The board hall, with a button and a lamp on a simulated chip. */
    GpioHouse hall() {
        return board("hall", CHIP, Map.of("button", BUTTON, "lamp", LAMP));
    }

    /** A SOP that hears this signal of hall; {@code more} are further keys of the trigger. */
    GpioHouse sop(String name, String signal, String more) throws IOException {
        var sop = Files.createDirectories(folder.resolve(name));
        Files.writeString(
                sop.resolve("SOP.toml"),
                """
                [sop]
                name = "%s"
                description = "d"

                [[triggers]]
                type = "peripheral"
                board = "hall"
                signal = "%s"
                %s
                """
                        .formatted(name, signal, more));
        Files.writeString(sop.resolve("SOP.md"), "## Steps\n\n1. **Go** — home.\n");
        sops = load();
        return this;
    }

    private SopSet load() {
        return SopSet.load(folder, "sops", InstantSource.system());
    }

    GpioHouse start() {
        var made = new Boards(settings, this, () -> sops, InstantSource.system());
        boards = Optional.of(made);
        made.start();
        return this;
    }

    GpioHouse hearing() {
        for (int i = 0; i < settings.size(); i++) {
            int board = i;
            Await.until("it hears", () -> health(board).hears());
        }
        return this;
    }

    Boards boards() {
        return boards.orElseThrow();
    }

    SimulatedChip chip() {
        return boards().simulated(CHIP);
    }

    Health health(int board) {
        return boards().sources().get(board).health();
    }

    String detail() {
        return health(0).detail();
    }

    static StepOrder order(String text, Duration timeout) {
        return new StepOrder(
                new StepKey("e1", 12, 3, 1, 1),
                "lamp",
                "1",
                new Step.Block("gpio", Tool.GPIO, text, 1, 1),
                Optional.empty(),
                new SopFiles(Map.of()),
                Map.of(),
                List.of(),
                new byte[0],
                Map.of(),
                List.of(),
                timeout,
                Map.of(),
                Optional.empty());
    }

    @Override
    public List<Outcome> deliver(Arrival arrival) {
        return deliverAll(List.of(arrival)).getFirst();
    }

    @Override
    public List<List<Outcome>> deliverAll(List<Arrival> arrivals) {
        if (outages.getAndUpdate(it -> Math.max(0, it - 1)) > 0) {
            throw new StoreException("the disk is away");
        }
        var outcomes = new ArrayList<List<Outcome>>();
        for (var it : arrivals) {
            if (full.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                outcomes.add(List.of(Outcome.of("x", Kind.QUEUE_FULL, "10 wait")));
                continue;
            }
            taken.add(it);
            outcomes.add(List.of(Outcome.of("x", Kind.STARTED, "R-1")));
        }
        return outcomes;
    }

    /** The values of the edges that were taken in, in order. */
    List<String> values() {
        return List.copyOf(taken).stream()
                .map(it -> it.delivery().payload().text().replaceAll(".*\"value\":(.).*", "$1"))
                .toList();
    }

    @Override
    public void close() {
        boards.ifPresent(Boards::close);
        boards = Optional.empty();
    }
}
