package dev.sopwith.cli;

import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * Lines that fill a whole terminal and are always as they are now.
 *
 * <p>Threading: one looks, one hears keys, the caller's draws.
 */
final class BoardScreen {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration GLANCE = Duration.ofMillis(100);

    /** Also Ctrl-C, Ctrl-D, and the end of the input. */
    private static final List<Integer> QUIT = List.of((int) 'q', (int) 'Q', 3, 4, -1);

    private final UnaryOperator<List<String>> look;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param look the lines as they are now, from those of the look before
     */
    BoardScreen(UnaryOperator<List<String>> look) {
        this.look = look;
    }

    /** Shows it until the person leaves. */
    void show() throws IOException, InterruptedException {
        try (var terminal = Terminals.open()) {
            show(terminal);
        }
    }

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
                now.set(look.apply(now.get()));
            } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            // Nobody looks any more.
        }
    }

    /** Draws whenever there is something else to see, or another size to see it in. */
    private void draw(Terminal terminal, AtomicReference<List<String>> now)
            throws InterruptedException {
        var display = new Display(terminal, true);
        boolean colour = Terminals.isColoured(terminal);
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
