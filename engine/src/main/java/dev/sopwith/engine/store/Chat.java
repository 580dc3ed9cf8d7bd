package dev.sopwith.engine.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What was heard from and shown in the chat networks, so that nothing is heard or shown twice. */
public interface Chat {
    Optional<PostRow> post(String connector, String key);

    /** The post that the network calls so; to find what people answer or put a mark on. */
    Optional<PostRow> postOfMessage(String connector, String messageId);

    /** The posts of a connector that are still kept up to date, by key. */
    List<PostRow> openPosts(String connector);

    boolean heard(String connector, String eventId);

    /** Our copy of how far a connector has read. */
    Optional<String> position(String connector);

    /**
     * One message in one room.
     *
     * @param key one message for each, for ever
     * @param messageId the network's own; empty until the network confirmed it
     * @param shown digest of what the message shows
     * @param closed it will not change again
     * @param text of posts that follow from no state: answers and one-time posts
     * @param expiresAt from then on it need not be sent any more
     * @param at of the last change
     */
    record PostRow(
            String connector,
            String key,
            String room,
            Optional<String> messageId,
            Optional<String> shown,
            boolean closed,
            Optional<String> text,
            OptionalLong expiresAt,
            long at) {}

    /** What a work may do to chat. */
    interface Writable extends Chat {
        /** Writes the post, in place of what its key had before. */
        void put(PostRow row);

        void remove(String connector, String key);

        /**
         * Notes that an event was heard.
         *
         * @return false, and nothing is written, when it was heard before; retention forgets
         */
        boolean hear(String connector, String eventId, long at);

        void position(String connector, String position, long at);
    }
}
