package dev.sopwith.app;

import dev.sopwith.engine.store.StoreException;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Once the store has stopped, everything in the service that asks it fails, while the one line that
 * matters is what stopped it. Each reason is logged once, as a line: where in the program it was
 * met helps nobody to make room on a disk.
 *
 * <p>Threading: from any thread.
 */
final class StoreLogs implements Filter {
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /** From now on, whoever logs. */
    static void shorten() {
        var filter = new StoreLogs();
        for (Handler it : Logger.getLogger("").getHandlers()) it.setFilter(filter);
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        var reason = reason(record.getThrown());
        if (reason.isEmpty()) return true;
        record.setMessage(record.getMessage() + ": " + reason.get());
        record.setThrown(null);
        return said.add(reason.get());
    }

    private static Optional<String> reason(@Nullable Throwable thrown) {
        for (@Nullable Throwable it = thrown; it != null; it = it.getCause()) {
            if (it instanceof StoreException) return Optional.ofNullable(it.getMessage());
        }
        return Optional.empty();
    }
}
