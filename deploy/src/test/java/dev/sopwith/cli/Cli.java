package dev.sopwith.cli;

import static java.util.stream.Collectors.joining;

import dev.sopwith.engine.sop.DiagnosticCode;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Calls the program the way a terminal does: words in; exit code, output and errors out.
 *
 * <p>Threading: one thread.
 */
final class Cli {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final Path folder;
    private InstantSource clock = InstantSource.fixed(NOW);
    private Function<DiagnosticCode, String> pages = Cli::page;
    private int columns;
    private boolean colour;
    private boolean debug;
    private Optional<String> loss = Optional.empty();

    /** What one call gave. */
    record Answer(int exit, String out, String err) {}

    Cli(Path folder) {
        this.folder = folder;
    }

    Cli inColour() {
        columns = 80;
        colour = true;
        return this;
    }

    Cli debugging() {
        debug = true;
        return this;
    }

    /** Nothing written to the output arrives from now on. */
    Cli losing(String why) {
        loss = Optional.of(why);
        return this;
    }

    Cli columns(int other) {
        columns = other;
        return this;
    }

    Cli withRealPages() {
        pages = DiagnosticCode::page;
        return this;
    }

    Cli at(InstantSource other) {
        clock = other;
        return this;
    }

    Cli file(String path, String... lines) {
        try {
            var file = folder.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, List.of(lines).stream().collect(joining("\n", "", "\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Answer run(String... words) {
        var out = new StringWriter();
        var err = new StringWriter();
        var here =
                new Surroundings(
                        new Screen(loss.<Writer>map(Cli::lost).orElse(out), columns, colour),
                        new Screen(err, columns, false),
                        folder,
                        clock,
                        debug,
                        pages);
        return new Answer(Main.run(here, words), out.toString(), err.toString());
    }

    private static Writer lost(String why) {
        return new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException(why);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    private static String page(DiagnosticCode code) {
        return """
        # %s

        *error*

        About %s. And more of it.

        ## Example

        ```toml
        [sop]
          two = "blanks"
        ```
        """
                .formatted(code.id(), code.id());
    }
}
