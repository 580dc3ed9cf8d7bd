package dev.sopwith.cli;

import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Optional;

/**
 * The terminal of this process. No command has one in a signature: at every start picocli looks at
 * all methods of all commands, which would load JLine for a command that only prints a line.
 */
final class Terminals {
    private Terminals() {}

    /** Whether there is a person on both ends. */
    static boolean isThere() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    /** The terminal of this process, in the characters that it says it can show. */
    static Terminal open() throws IOException {
        var encoding = Charset.forName(System.getProperty("native.encoding", "UTF-8"));
        return TerminalBuilder.builder().name("sopwith").system(true).encoding(encoding).build();
    }

    /** The ways of no-color.org. */
    static boolean isColoured(Terminal terminal) {
        var none = Optional.ofNullable(System.getenv("NO_COLOR")).filter(it -> !it.isEmpty());
        return none.isEmpty() && !terminal.getType().startsWith(Terminal.TYPE_DUMB);
    }
}
