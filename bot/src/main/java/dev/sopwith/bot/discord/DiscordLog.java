package dev.sopwith.bot.discord;

import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Keeps what people write out of the log: JDA logs whole payloads that it cannot read, with typed
 * codes and secrets in them, and its exceptions quote them as well.
 *
 * <p>Threading: safe from any thread.
 */
final class DiscordLog {
    private static final Pattern PAYLOAD = Pattern.compile("(?s)\\b([A-Z][A-Z_]+) -> .*");
    private static final String COMPLAINT = "Got an unexpected";

    /** A field: the log manager forgets loggers that nobody holds, and their filters. */
    private static final Logger GATEWAY =
            Logger.getLogger("net.dv8tion.jda.internal.requests.WebSocketClient");

    static {
        GATEWAY.setFilter(DiscordLog::isToBeLogged);
    }

    private DiscordLog() {}

    /** From here on it holds, in all of this program. */
    static void guard() {
        // The class is loaded now, which is all.
    }

    /** Always, but without the payload. */
    private static boolean isToBeLogged(LogRecord record) {
        var text = String.valueOf(record.getMessage());
        if (!text.startsWith(COMPLAINT)) return true;
        var type = PAYLOAD.matcher(text);
        record.setMessage(
                "JDA cannot read a %s; what it says is not logged"
                        .formatted(type.find() ? type.group(1) : "payload"));
        record.setParameters(null);
        record.setThrown(null);
        return true;
    }

    /** What went wrong, without the words of the exception: it may quote what somebody wrote. */
    static String where(Throwable why) {
        var frames = why.getStackTrace();
        return why.getClass().getSimpleName() + (frames.length == 0 ? "" : " at " + frames[0]);
    }
}
