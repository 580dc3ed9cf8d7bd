package dev.sopwith.engine.store;

import java.io.Serial;
import java.nio.file.Path;

/** The store cannot be opened, has stopped or is closed. The message says what to do about it. */
public class StoreException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * The file holds what the database cannot have written, or cannot be read. Only a backup brings
     * back what is lost.
     */
    public static final class Damaged extends StoreException {
        @Serial private static final long serialVersionUID = 1;

        /**
         * @param finding what was found in it, and where
         */
        public Damaged(Path file, String finding, Throwable cause) {
            super(
                    "%s is damaged, and only a backup brings back what is lost: %s"
                            .formatted(file, finding),
                    cause);
        }

        private Damaged(String message, Damaged cause) {
            super(message, cause);
        }

        /** Why a store that met this has stopped. */
        Damaged asStop() {
            return new Damaged(
                    "the store stopped, as nothing it says can be relied on: %s; keep a copy of that folder, and restore a backup into a new one"
                            .formatted(getMessage()),
                    this);
        }
    }

    /** Another service uses the folder. */
    public static final class InUse extends StoreException {
        @Serial private static final long serialVersionUID = 1;

        public InUse(String message) {
            super(message);
        }
    }
}
