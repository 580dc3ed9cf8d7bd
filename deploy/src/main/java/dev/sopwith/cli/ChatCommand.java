package dev.sopwith.cli;

import dev.sopwith.bot.local.Request;
import dev.sopwith.engine.run.RunId;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/** {@code sopwith chat}: talks to the service, and hears what happens. */
@Command(
        name = "chat",
        description = "Talk to the service, and hear what happens.",
        footer = {
            "",
            "In a terminal: history, completion with TAB, messages above what you type; it waits while",
            "the service is gone. Else: one line of standard input after the other, answers to standard",
            "output, and the exit code of the last line that was not done."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK + ":left, or all lines done",
            Exit.FINDINGS + ":a line was refused",
            Exit.WRONG_USE + ":a line was not understood, or wrong use",
            Exit.NO_SERVICE + ":no service runs here (from a pipe)",
            Exit.TEMPORARY + ":the service is there and says nothing for 30 s (from a pipe)"
        })
final class ChatCommand implements Callable<Integer> {
    private final Surroundings here;

    @Mixin private StateDir stateDir = new StateDir();

    @Option(names = "--listen", description = "Only show what happens, line by line.")
    private boolean listens;

    ChatCommand(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (listens) return listen();
        return Terminals.isThere() ? talk() : readLines();
    }

    private ChatRoom room(Consumer<List<String>> show) {
        return new ChatRoom(stateDir.socket(here), "./sopwith up" + stateDir.asOption(), show);
    }

    private int talk() throws IOException {
        try (var terminal = Terminals.open()) {
            var chat = new ChatTerminal(terminal, history(), Terminals.isColoured(terminal));
            try (var room = room(chat::show)) {
                room.open();
                chat.talk(
                        new ChatDialogue(
                                stateDir.socket(here),
                                room,
                                chat::show,
                                chat::columns,
                                chat::secret));
            }
        }
        return Exit.OK;
    }

    private Optional<Path> history() {
        try {
            return Optional.of(UserFolder.file(System.getenv(), "history"));
        } catch (IOException | UnsupportedOperationException e) {
            here.err().line("sopwith: what you type is not kept for the next time: " + e);
            var _ = here.err().flush();
            return Optional.empty();
        }
    }

    private int listen() throws IOException, InterruptedException {
        if (!Terminals.isThere()) return listen(() -> 0);
        try (var terminal = Terminals.open()) {
            return listen(terminal::getColumns);
        }
    }

    /**
     * @param columns of the terminal as it is now; 0 where there is none
     */
    private int listen(IntSupplier columns) throws InterruptedException {
        try (var room =
                room(
                        lines -> {
                            here.out().lines(Fold.lines(lines, columns.getAsInt()));
                            if (here.out().flush().isPresent()) System.exit(Exit.OUTPUT_LOST);
                        })) {
            here.out().line(ChatRoom.note("what happens is shown here"));
            var _ = here.out().flush();
            room.open();
            room.join();
        }
        return Exit.OK;
    }

    /** For scripts: what cannot be done is said at once, and nothing is waited for. */
    private int readLines() throws IOException {
        int last = Exit.OK;
        var thread = Optional.<RunId>empty();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var typed = in.readLine(); typed != null; typed = in.readLine()) {
            var line = typed.strip();
            if (line.startsWith("/")) line = line.substring(1);
            if (line.isEmpty() || line.startsWith("#")) continue;
            var word = line.toLowerCase(Locale.ROOT);
            if (word.equals("quit") || word.equals("exit")) break;
            if (word.equals("main") || word.startsWith("thread ")) {
                thread =
                        word.equals("main")
                                ? Optional.empty()
                                : RunId.parse(line.substring(7).strip());
                if (word.equals("main") || thread.isPresent()) continue;
                last = here.refuse("\"%s\" names no run".formatted(line), "Write: /thread R-12");
                continue;
            }
            int exit = VerbCommand.ask(here, stateDir, Request.line(line, thread), false);
            var _ = here.out().flush();
            var _ = here.err().flush();
            if (exit != Exit.OK) last = exit;
            if (exit == Exit.NO_SERVICE) break;
        }
        return last;
    }
}
