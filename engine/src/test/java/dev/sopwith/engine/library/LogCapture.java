package dev.sopwith.engine.library;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What one class logs, instead of on the console. */
final class LogCapture extends Handler implements AutoCloseable {
    private final Logger logger; // a field: the log manager forgets loggers that nobody holds
    private final List<String> texts = new CopyOnWriteArrayList<>();

    LogCapture(Class<?> of) {
        logger = Logger.getLogger(of.getName());
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    List<String> texts() {
        return texts;
    }

    @Override
    public void publish(LogRecord record) {
        texts.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
