package dev.sopwith.cli;

import dev.sopwith.bot.command.Completion;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.secret.Secret;

import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Chat in a terminal: a line is edited at the bottom, whatever comes is printed above it.
 *
 * <p>Threading: one thread reads lines; another may print.
 */
final class ChatTerminal {
    private static final int HISTORY_MAX = 1_000;
    private static final int DESCRIPTION_MAX = 60;

    private final Terminal terminal;
    private final LineReader reader;
    private final boolean colour;
    private final AtomicReference<Optional<Partner>> dialogue =
            new AtomicReference<>(Optional.empty());

    /** Takes what is typed. */
    interface Partner {
        /** The run in whose thread the person speaks. */
        Optional<RunId> thread();

        /** Whether the person has asked to leave. */
        boolean isOver();

        /** Takes one line, as it was typed. */
        void said(String typed) throws InterruptedException;

        /** How a half-typed line may go on. */
        Completion complete(String typed);
    }

    /**
     * @param history file of what was typed before; none when it cannot be kept
     */
    ChatTerminal(Terminal terminal, Optional<Path> history, boolean colour) {
        this.terminal = terminal;
        this.colour = colour;
        // The service takes quotes and backslashes apart, so to the editor they are letters.
        var parser = new DefaultParser().quoteChars(new char[0]).escapeChars(new char[0]);
        var builder =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("sopwith")
                        .parser(parser)
                        .completer((_, line, found) -> complete(line, found))
                        .variable(LineReader.HISTORY_SIZE, HISTORY_MAX)
                        .variable(LineReader.BELL_STYLE, "none")
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                        .option(LineReader.Option.AUTO_FRESH_LINE, true);
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        this.reader = builder.build();
    }

    /** Talks until the person leaves. */
    void talk(Partner with) {
        dialogue.set(Optional.of(with));
        var own = Thread.currentThread();
        terminal.handle(Terminal.Signal.INT, _ -> own.interrupt());
        while (!with.isOver()) {
            try {
                var prompt =
                        with.thread().map(it -> "sopwith[%s]> ".formatted(it)).orElse("sopwith> ");
                with.said(reader.readLine(prompt));
            } catch (UserInterruptException _) {
                // Ctrl-C drops the line that was begun.
            } catch (InterruptedException _) {
                show(List.of(ChatRoom.note("given up")));
            } catch (EndOfFileException _) {
                return;
            }
        }
    }

    /** How wide it is now; 0 where that is not known. */
    int columns() {
        return terminal.getColumns();
    }

    /** Prints lines above whatever is being typed. */
    void show(List<String> lines) {
        var text = Screen.drawn(Fold.lines(lines, columns()), colour);
        reader.printAbove(AttributedString.fromAnsi(text.stripTrailing(), terminal));
    }

    /** Asks for a secret; what is typed is not shown and not kept. */
    Optional<Secret> secret(String name) {
        try {
            reader.setVariable(LineReader.DISABLE_HISTORY, true);
            var typed = reader.readLine(name + " (not shown): ", '\0');
            return Optional.of(typed).filter(it -> !it.isEmpty()).map(Secret::of);
        } catch (UserInterruptException | EndOfFileException _) {
            return Optional.empty();
        } finally {
            reader.setVariable(LineReader.DISABLE_HISTORY, false);
        }
    }

    private void complete(ParsedLine line, List<Candidate> found) {
        var text = line.line().substring(0, line.cursor());
        var asking = dialogue.get();
        if (asking.isEmpty()) return;
        var completion = asking.get().complete(text);
        int begun = text.length() - line.wordCursor();
        for (var one : completion.candidates()) {
            // The editor replaces its own word, which may begin before ours: with the slash.
            var before = begun < completion.from() ? text.substring(begun, completion.from()) : "";
            boolean isWhole = !one.text().endsWith("=");
            var about = Glyph.visible(one.description());
            if (about.length() > DESCRIPTION_MAX) about = about.substring(0, DESCRIPTION_MAX);
            var shown = Glyph.visible(one.text());
            found.add(
                    new Candidate(
                            before + one.text(),
                            shown,
                            null,
                            about.isEmpty() ? null : about,
                            null,
                            null,
                            isWhole));
        }
    }
}
