package dev.sopwith.bot.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the clients of the socket follow: messages by rising numbers, so that whoever comes back
 * gets what they have not seen; and what people say into it.
 *
 * <p>Threading: safe from any thread; nothing here blocks for long.
 */
public interface Room {
    /** There is none: whoever subscribes is told so. */
    Room NONE =
            new Room() {
                @Override
                public Optional<Followed> follow(Caller by, Place since, Runnable bell) {
                    return Optional.empty();
                }

                @Override
                public void opened(Path socket) {}

                @Override
                public void closed() {}
            };

    /**
     * How far somebody has seen.
     *
     * @param epoch of the numbers; those of another epoch mean nothing
     * @param seq of the last message seen; negative asks for the last few
     */
    record Place(String epoch, long seq) {
        /** Where those begin who have seen nothing yet. */
        public static final Place NEW = new Place("", -1);
    }

    /**
     * Somebody follows, and sees what they may see.
     *
     * @return none when nobody can, because the room has closed
     * @param bell is rung whenever there may be more to see
     */
    Optional<Followed> follow(Caller by, Place since, Runnable bell);

    /**
     * What somebody has not seen.
     *
     * @param frames oldest first; the newest state of each message alone
     * @param upTo how far they have seen with it: what is between is not for them
     */
    record News(List<Frame> frames, long upTo) {
        public News {
            frames = List.copyOf(frames);
        }

        /** How far the last of the frames is, or where it began. */
        long shown(long since) {
            return frames.isEmpty() ? since : frames.getLast().seq();
        }
    }

    /** The socket listens. */
    void opened(Path socket);

    /** The socket does not listen any more. */
    void closed();

    /** One who follows, until this is closed. */
    interface Followed extends AutoCloseable {
        /** From where on they follow. */
        Place from();

        /** Whether something between what they saw and {@link #from} is not kept any more. */
        boolean missed();

        /** Everything after this. */
        News after(long seq);

        /** Whether the room has closed: there will be nothing more. */
        boolean isOver();

        /** They have shown everything up to this. */
        void shown(long seq);

        /**
         * They say something.
         *
         * @param told hears when it is taken for good, or why it never will be
         */
        void say(Said said, Told told);

        @Override
        void close();
    }

    /**
     * Something that somebody says.
     *
     * @param id of their own: the same line never has another
     * @param thread the message in whose thread it is said
     */
    record Said(Caller by, String id, String text, Optional<String> thread) {}

    /** Hears what became of it; called once, by any thread. */
    @FunctionalInterface
    interface Told {
        /**
         * It was taken, or never will be.
         *
         * @param refusal why it was not taken; empty when it was
         */
        void hear(Optional<String> refusal);
    }
}
