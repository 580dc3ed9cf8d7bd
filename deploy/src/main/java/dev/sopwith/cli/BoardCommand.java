package dev.sopwith.cli;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.bot.local.Request;

import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** {@code sopwith board}: what goes on and what waits, as it is at the moment. */
@Command(
        name = "board",
        description = "Show runs, open gates and the queue, live.",
        footer = {
            "",
            "q quits. Exit codes: 0 fine; with --once: 1 refused; 3 no service; 75 it does not answer."
        })
final class BoardCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration GLANCE = Duration.ofMillis(100);

    /** Also Ctrl-C, Ctrl-D, and the end of the input. */
    private static final List<Integer> QUIT = List.of((int) 'q', (int) 'Q', 3, 4, -1);

    private final Surroundings here;
    private final CountDownLatch closed = new CountDownLatch(1);

    @Mixin private StateDir stateDir = new StateDir();

    @Option(names = "--once", description = "Print it once, in plain lines.")
    private boolean once;

    BoardCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (once || !ChatCommand.isTerminal()) return printOnce();
        try (var terminal = ChatCommand.terminal()) {
            show(terminal);
        }
        return Exit.OK;
    }

    private int printOnce() {
        try {
            here.out().lines(look());
            return Exit.OK;
        } catch (LocalClient.Refused e) {
            here.err().line("sopwith: " + e.getMessage());
            return Exit.FINDINGS;
        } catch (LocalClient.Silent e) {
            here.err().line("sopwith: " + e.getMessage());
            return Exit.TEMPORARY;
        } catch (IOException e) {
            here.err()
                    .line(
                            "sopwith: no service runs here (%s); start it: ./sopwith up%s"
                                    .formatted(stateDir.in(here), stateDir.asOption()));
            return Exit.NO_SERVICE;
        }
    }

    // What there is to see

    private List<String> look() throws IOException, LocalClient.Refused {
        try (var client = LocalClient.connect(stateDir.socket(here))) {
            return lines(ask(client, "status"), ask(client, "pending"));
        }
    }

    private static Answer ask(LocalClient client, String word)
            throws IOException, LocalClient.Refused {
        return client.ask(new Request(List.of(word), false), _ -> {});
    }

    /** Nothing in it grows by itself, such as an age: it changes only when something happens. */
    static List<String> lines(Answer status, Answer pending) {
        var lines = new ArrayList<String>();
        var runs = status.data().path("runs").values();
        var waiting = pending.data().path("pending").values();
        for (var line : status.lines()) {
            if (!runs.isEmpty() || !line.equals("nothing goes on")) lines.add(Ink.YELLOW.of(line));
        }
        if (!lines.isEmpty()) lines.add("");
        lines.add(Ink.BLUE.of("WAITS FOR PEOPLE: " + waiting.size()));
        for (var row : pending.table().stream().skip(1).toList()) {
            // What to say stands first on its line: it must be there in the narrowest terminal.
            lines.add(
                    "%s %s, step %s, %s".formatted(row.get(0), row.get(1), row.get(2), row.get(3)));
            lines.add("    " + Ink.BOLD.of(row.get(4)));
        }
        lines.add("");
        lines.add(Ink.BLUE.of("GOES ON: " + runs.size()));
        for (var run : runs) {
            lines.add(
                    "%s %s: %s, since %s"
                            .formatted(
                                    run.path("run").asString(""),
                                    run.path("sop").asString(""),
                                    run.path("text").asString(""),
                                    time(run.path("started_at").asString(""))));
        }
        lines.add("");
        lines.add(Ink.BLUE.of("QUEUE: " + status.data().path("queued").asInt(0)));
        return lines;
    }

    private static String time(String instant) {
        try {
            return Instant.parse(instant).truncatedTo(ChronoUnit.SECONDS).toString();
        } catch (DateTimeParseException _) {
            return instant;
        }
    }

    // The full screen

    private void show(Terminal terminal) throws InterruptedException {
        var now = new AtomicReference<List<String>>(List.of("looking ..."));
        var looking = Thread.ofVirtual().name("board").start(() -> lookAlways(now));
        var before = terminal.enterRawMode();
        Thread.ofPlatform().daemon().name("board-keys").start(this::listenToKeys);
        terminal.handle(Terminal.Signal.INT, _ -> closed.countDown());
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        try {
            draw(terminal, now);
        } finally {
            closed.countDown();
            looking.interrupt();
            terminal.puts(Capability.cursor_normal);
            terminal.puts(Capability.exit_ca_mode);
            terminal.flush();
            terminal.setAttributes(before);
        }
    }

    private void lookAlways(AtomicReference<List<String>> now) {
        try {
            do {
                now.set(lookOnce(now.get()));
            } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            // Nobody looks any more.
        }
    }

    private List<String> lookOnce(List<String> before) {
        var gone =
                Ink.RED.of(
                        "service gone, waiting ... (start it: ./sopwith up%s)"
                                .formatted(stateDir.asOption()));
        try {
            return look();
        } catch (LocalClient.Refused e) {
            return List.of(Ink.RED.of(String.valueOf(e.getMessage())));
        } catch (LocalClient.Silent e) {
            return headed(Ink.RED.of(String.valueOf(e.getMessage())), before);
        } catch (IOException _) {
            return headed(gone, before);
        }
    }

    /** What was seen last, under why it is not seen now. */
    private static List<String> headed(String why, List<String> before) {
        if (!before.isEmpty() && before.getFirst().equals(why)) return before;
        var lines = new ArrayList<String>();
        lines.add(why);
        lines.add("");
        lines.addAll(before);
        return lines;
    }

    /** Draws whenever there is something else to see, or another size to see it in. */
    private void draw(Terminal terminal, AtomicReference<List<String>> now)
            throws InterruptedException {
        var display = new Display(terminal, true);
        boolean colour = ChatCommand.isColoured(terminal);
        var drawn = List.<AttributedString>of();
        int rows = 0;
        int columns = 0;
        while (closed.getCount() > 0) {
            var size = terminal.getSize();
            int height = Math.max(size.getRows(), 2);
            int width = Math.max(size.getColumns(), 10);
            if (height != rows || width != columns) {
                rows = height;
                columns = width;
                drawn = List.of();
                display.clear();
                display.resize(Size.of(columns, rows));
            }
            var wanted = page(now.get(), rows, columns, colour, terminal);
            if (!wanted.equals(drawn)) {
                display.update(wanted, 0);
                drawn = wanted;
            }
            if (closed.await(GLANCE.toMillis(), TimeUnit.MILLISECONDS)) return;
        }
    }

    /**
     * Reads what is typed as it comes: a read that gives up after a moment now and then loses a
     * key.
     */
    private void listenToKeys() {
        try {
            while (QUIT.indexOf(System.in.read()) < 0) {
                // Nothing else means anything.
            }
        } catch (IOException _) {
            // The terminal has gone, and with it whoever looked.
        }
        closed.countDown();
    }

    private static List<AttributedString> page(
            List<String> lines, int rows, int columns, boolean colour, Terminal terminal) {
        var page = new ArrayList<String>();
        page.add(Ink.BOLD.of("Sopwith") + Ink.FAINT.of("  q quits"));
        page.add("");
        page.addAll(lines);
        if (page.size() > rows) {
            int more = page.size() - rows + 1;
            page.subList(rows - 1, page.size()).clear();
            page.add(Ink.FAINT.of("... %d more lines".formatted(more)));
        }
        var cut = new ArrayList<AttributedString>();
        for (var line : page) {
            var text = Screen.drawn(List.of(line), colour).stripTrailing();
            cut.add(AttributedString.fromAnsi(text, terminal).columnSubSequence(0, columns));
        }
        return cut;
    }
}
