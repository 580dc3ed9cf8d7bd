package dev.sopwith.engine.store;

import java.io.Serial;

/** The store cannot be opened, has stopped or is closed. The message says what to do about it. */
public class StoreException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Another service uses the folder. */
    public static final class InUse extends StoreException {
        @Serial private static final long serialVersionUID = 1;

        public InUse(String message) {
            super(message);
        }
    }
}
