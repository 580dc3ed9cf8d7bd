package dev.sopwith.app;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Libraries that tell of each of their steps: what is not worth a warning is not worth a line. */
final class LibraryLogs {
    // Held, for the system forgets a logger that nobody holds, and its level with it.
    private static final List<Logger> LOGGERS =
            List.of(
                    Logger.getLogger("com.zaxxer.hikari"),
                    Logger.getLogger("org.jetbrains.exposed"),
                    Logger.getLogger("Exposed"),
                    Logger.getLogger("com.pi4j"));

    /** On a machine that is no Raspberry Pi it takes that for an error. */
    private static final Logger BOARD_INFO = Logger.getLogger("com.pi4j.boardinfo");

    /** Complains once a message of what is said once by whoever uses it. */
    private static final Logger MESSAGES =
            Logger.getLogger("com.hivemq.client.internal.mqtt.handler.publish.incoming");

    private LibraryLogs() {}

    /** From now on they only warn. */
    static void quiet() {
        LOGGERS.forEach(it -> it.setLevel(Level.WARNING));
        MESSAGES.setLevel(Level.OFF);
        BOARD_INFO.setLevel(Level.OFF);
    }
}
