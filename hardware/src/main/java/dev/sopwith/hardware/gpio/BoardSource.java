package dev.sopwith.hardware.gpio;

import com.pi4j.Pi4J;
import com.pi4j.context.Context;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.Edge;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.TriggerSource;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The signals of one board start SOPs, and are there to be set. Holds the lines for as long as the
 * chip is there, and comes back when it does. Each line is had or not by itself.
 *
 * <p>Threading: as {@link TriggerSource} says; one thread holds the lines, one takes edges in.
 */
final class BoardSource implements TriggerSource {
    private static final System.Logger LOG = System.getLogger(BoardSource.class.getName());

    private static final String NOT_STARTED = "not started";
    private static final String LOOKING = "looking for its chip";
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final String board;
    private final Board settings;
    private final ChipDriver driver;
    private final Supplier<SopSet> sops;
    private final Consumer<Change> watchers;
    private final InstantSource clock;
    private final EdgeIntake intake;
    private final SequencedMap<String, Pin> pins = new LinkedHashMap<>();
    private final Semaphore wake = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();

    private volatile boolean isClosing;
    private volatile boolean isLost;
    private volatile String state = NOT_STARTED;
    private volatile boolean isOpen;
    private volatile Optional<Wanted> wanted = Optional.empty();
    private volatile String shownAt = "";
    private Optional<ChipDriver.OpenChip> chip = Optional.empty(); // the keeper's alone
    private Optional<Context> context = Optional.empty(); // the keeper's alone

    /** What the SOPs ask of the signals of this board. */
    private record Wanted(
            SopSet sops, Map<String, Set<Edge>> edges, Map<String, TreeSet<Duration>> debounces) {}

    BoardSource(
            String board,
            Board settings,
            ChipDriver driver,
            Intake intake,
            Supplier<SopSet> sops,
            Consumer<Change> watchers,
            InstantSource clock) {
        this.board = board;
        this.settings = settings;
        this.driver = driver;
        this.sops = sops;
        this.watchers = watchers;
        this.clock = clock;
        this.intake = new EdgeIntake(board, intake, clock);
        settings.signals().forEach((name, it) -> pins.put(name, new Pin(board, name, it)));
    }

    @Override
    public String name() {
        return "gpio " + board;
    }

    String board() {
        return board;
    }

    Board settings() {
        return settings;
    }

    SequencedMap<String, Pin> pins() {
        return Collections.unmodifiableSequencedMap(pins);
    }

    /** {@return why its chip is away; empty while it is there} */
    String whyAway() {
        return isOpen ? "" : state;
    }

    /** {@return where its chip is; empty while it is away} */
    String shownAt() {
        return isOpen ? shownAt : "";
    }

    @Override
    public void start() {
        state = LOOKING;
        threads.add(Thread.ofVirtual().name(name()).start(this::keep));
        threads.add(Thread.ofVirtual().name(name() + " intake").start(intake::run));
    }

    // The chip

    private void keep() {
        try {
            while (!isClosing) {
                try {
                    look();
                } catch (RuntimeException e) {
                    fail("cannot be used: " + e.getMessage());
                    LOG.log(System.Logger.Level.WARNING, name() + ": " + e, e);
                }
                if (wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) wake.drainPermits();
            }
        } catch (InterruptedException _) {
            // The service ends.
        } finally {
            letGo();
        }
    }

    private void look() {
        if (isLost && isOpen) {
            letGo();
            fail(
                    "its chip %s is gone; it is used again when it is back"
                            .formatted(settings.chip()));
        }
        if (!isOpen) open();
        if (isOpen) {
            hold();
            debounce();
        }
    }

    private void open() {
        isLost = false;
        try {
            var found = driver.open(settings.chip(), this::lost);
            var made =
                    Pi4J.newContextBuilder()
                            .add(found.inputs(), found.outputs())
                            .noAutoDetect()
                            .disableShutdownHook()
                            .build();
            chip = Optional.of(found);
            context = Optional.of(made);
            shownAt = found.shown();
            isOpen = true;
            state = "";
            LOG.log(System.Logger.Level.INFO, "{0}: at {1}", name(), found.shown());
        } catch (Unusable e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    private void lost() {
        isLost = true;
        wake.release();
    }

    private void fail(String why) {
        if (!why.equals(state)) LOG.log(System.Logger.Level.WARNING, "{0}: {1}", name(), why);
        state = why;
    }

    private void hold() {
        var numbers = new HashMap<Integer, String>();
        var missing = pins.values().stream().filter(it -> !it.isHeld()).toList();
        if (missing.isEmpty()) return;
        for (var pin : pins.values()) {
            try {
                int number = chip.orElseThrow().number(pin.settings().line());
                var other = numbers.putIfAbsent(number, pin.name());
                if (other != null) {
                    pin.failed("it is the same line as " + other);
                } else if (!pin.isHeld()) {
                    pin.take(context.orElseThrow(), number, it -> heard(pin, it));
                }
            } catch (Unusable e) {
                pin.failed(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Of several triggers the longest time holds: what bounces must not start anything. */
    private void debounce() {
        var times = wanted().debounces();
        for (var pin : pins.values()) {
            if (pin.settings().isOutput() || !pin.isHeld()) continue;
            var asked = times.get(pin.name());
            try {
                pin.debounce(asked == null ? Duration.ZERO : asked.last());
            } catch (Unusable e) {
                pin.failed(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Outputs that still can be set are left as the roster says. */
    private void letGo() {
        isOpen = false;
        chip = Optional.empty();
        pins.values().forEach(Pin::release);
        context.ifPresent(
                it -> {
                    try {
                        it.shutdown();
                    } catch (RuntimeException e) {
                        LOG.log(System.Logger.Level.WARNING, name() + ": " + e.getMessage());
                    }
                });
        context = Optional.empty();
    }

    // Edges

    private Wanted wanted() {
        var now = sops.get();
        var known = wanted;
        if (known.isPresent() && known.get().sops() == now) return known.get();
        var edges = new HashMap<String, Set<Edge>>();
        var times = new HashMap<String, TreeSet<Duration>>();
        for (var loaded : now.runnable()) {
            for (var trigger : loaded.sop().triggers()) {
                if (!(trigger instanceof Trigger.Peripheral it) || !it.board().equals(board)) {
                    continue;
                }
                var both = EnumSet.of(Edge.RISING, Edge.FALLING);
                edges.computeIfAbsent(it.signal(), _ -> new HashSet<>())
                        .addAll(it.edge() == Edge.BOTH ? both : Set.of(it.edge()));
                times.computeIfAbsent(it.signal(), _ -> new TreeSet<>()).add(it.debounce());
            }
        }
        var found = new Wanted(now, edges, times);
        wanted = Optional.of(found);
        return found;
    }

    private void heard(Pin pin, EdgeEvent event) {
        boolean isOn = pin.isOn(event.state());
        long ago = Math.max(0, System.nanoTime() - event.nanos());
        var at = clock.instant().minusNanos(ago);
        var change = new Change(board, pin.name(), isOn, at, event.sequence(), event.missed());
        if (event.missed() > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: {1} edges came and went before they could be read",
                    pin.topic(),
                    event.missed());
        }
        watchers.accept(change);
        var asked = wanted().edges().getOrDefault(pin.name(), Set.of());
        if (asked.contains(isOn ? Edge.RISING : Edge.FALLING)) intake.heard(change);
    }

    // How it is

    @Override
    public Health health() {
        if (!isOpen) {
            return new Health(false, intake.last(), "%s: %s".formatted(settings.chip(), state));
        }
        var parts = new ArrayList<String>();
        intake.trouble().ifPresent(parts::add);
        boolean isWhole = true;
        var hears = new ArrayList<String>();
        var sets = new ArrayList<String>();
        for (var pin : pins.values()) {
            if (!pin.isHeld()) {
                var why = pin.problem().isEmpty() ? "about to be held" : pin.problem();
                parts.add("%s: %s".formatted(pin.name(), why));
                isWhole = false;
            } else {
                (pin.settings().isOutput() ? sets : hears).add(pin.name());
            }
            if (pin.missed() > 0) {
                parts.add("%s: %,d edges lost".formatted(pin.name(), pin.missed()));
            }
        }
        if (intake.dropped() > 0) parts.add("%,d edges found no room".formatted(intake.dropped()));
        if (!hears.isEmpty()) parts.add("hears " + String.join(", ", hears));
        if (!sets.isEmpty()) parts.add("sets " + String.join(", ", sets));
        return new Health(
                isWhole && intake.trouble().isEmpty(),
                intake.last(),
                "%s (%s): %s".formatted(settings.chip(), shownAt, String.join("; ", parts)));
    }

    /** What keeps it from being of use; each in one line. */
    List<String> notes() {
        var notes = new ArrayList<String>();
        if (isAway()) notes.add("%s: %s".formatted(name(), state));
        for (var pin : pins.values()) {
            var times = wanted().debounces().get(pin.name());
            if (times == null || times.size() < 2) continue;
            notes.add(
                    "%s: triggers ask for a debounce_ms of %d and of %d; %d holds for all"
                            .formatted(
                                    pin.topic(),
                                    times.first().toMillis(),
                                    times.last().toMillis(),
                                    times.last().toMillis()));
        }
        return notes;
    }

    /** It was looked for, and is not there. */
    private boolean isAway() {
        return !isOpen && !state.equals(NOT_STARTED) && !state.equals(LOOKING);
    }

    /**
     * Leaves outputs as the roster says, when nobody uses them any more; then edges are taken in.
     */
    @Override
    public void close() {
        if (isClosing) return;
        isClosing = true;
        for (var pin : pins.values()) settle(pin);
        wake.release();
        try {
            if (!threads.isEmpty()) threads.getFirst().join();
            intake.close();
            for (var it : threads) it.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever pulses it has been told that the service ends. */
    private void settle(Pin pin) {
        if (!pin.settings().isOutput()) return;
        try {
            if (pin.use("the end of the service", SETTLE)) pin.leave();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
