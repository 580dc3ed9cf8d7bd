package dev.sopwith.cli;

import dev.sopwith.engine.sop.DiagnosticCode;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;

/**
 * What the program finds around it: where it writes, where it stands and what time it is. Tests
 * hand in their own.
 *
 * @param folder the one that relative paths on the command line begin at
 * @param debug whether a bug shows its stack trace
 * @param pages the page that explains a code, as Markdown
 */
record Surroundings(
        Screen out,
        Screen err,
        Path folder,
        InstantSource clock,
        boolean debug,
        Function<DiagnosticCode, String> pages) {

    /** Those of this process. Output is UTF-8 in every locale: the files are UTF-8 too. */
    static Surroundings ofProcess() {
        var environment = System.getenv();
        int columns = Integer.getInteger("sopwith.columns", 0);
        return new Surroundings(
                new Screen(utf8(FileDescriptor.out), columns, isColoured(columns, environment)),
                new Screen(utf8(FileDescriptor.err), columns, false),
                Path.of(""),
                Clock.systemUTC(),
                "1".equals(environment.get("SOPWITH_DEBUG")),
                DiagnosticCode::page);
    }

    /**
     * The launcher counts columns only when the output is a terminal (no-color.org for the rest).
     */
    private static boolean isColoured(int columns, Map<String, String> environment) {
        return columns > 0
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }

    private static Writer utf8(FileDescriptor descriptor) {
        return new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8);
    }

    /**
     * Says that a command was not understood or names something that is not there.
     *
     * @return the exit code for that
     */
    int refuse(String problem, String whatToDo) {
        err.line("sopwith: " + problem);
        if (!whatToDo.isEmpty()) err.line("  " + whatToDo);
        return Exit.WRONG_USE;
    }
}
