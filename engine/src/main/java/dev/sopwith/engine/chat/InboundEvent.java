package dev.sopwith.engine.chat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Something that somebody did in a room: never this service itself, and never a bot. */
public sealed interface InboundEvent {
    /** The network's own id; the same event never has another. */
    String eventId();

    String room();

    /**
     * The account, such as {@code matrix:@alice:example.org}: what the network vouches for, and
     * never a name that people give themselves.
     */
    String sender();

    /** When it happened, as the network says. */
    Instant at();

    /**
     * Somebody wrote.
     *
     * @param replyTo the message it answers
     * @param isAddressed whether it is certainly for this service: by prefix, mention or reply to
     *     it
     * @param text without that prefix or mention
     * @param isProven whether it is certainly the sender's own, whoever runs the server: encrypted,
     *     by a device that they have signed
     */
    record Message(
            String eventId,
            String room,
            Optional<String> threadId,
            Optional<String> replyTo,
            String sender,
            boolean isAddressed,
            String text,
            Instant at,
            boolean isProven)
            implements InboundEvent {
        /** One that the server vouches for, and nobody else. */
        public Message(
                String eventId,
                String room,
                Optional<String> threadId,
                Optional<String> replyTo,
                String sender,
                boolean isAddressed,
                String text,
                Instant at) {
            this(eventId, room, threadId, replyTo, sender, isAddressed, text, at, false);
        }
    }

    /**
     * Somebody changed what they wrote: what it says now is not acted on.
     *
     * @param isAddressed whether what it says now is for this service
     */
    record Edited(String eventId, String room, String sender, boolean isAddressed, Instant at)
            implements InboundEvent {}

    /**
     * Somebody wrote, and no key for it came in time: what it says stays unknown, also when a key
     * comes later. Told of an account once in a while only.
     */
    record Unreadable(String eventId, String room, String sender, Instant at)
            implements InboundEvent {}

    /** Somebody put a mark on a message of ours; variants of one mark are one mark. */
    record Reaction(
            String eventId, String room, String messageId, String sender, String mark, Instant at)
            implements InboundEvent {}

    /** Somebody took such a mark back. */
    record ReactionRemoved(
            String eventId, String room, String messageId, String sender, String mark, Instant at)
            implements InboundEvent {}

    /**
     * Somebody pressed a control.
     *
     * @param control its id
     */
    record Button(
            String eventId,
            String room,
            String messageId,
            String sender,
            String control,
            Instant at)
            implements InboundEvent {}

    /**
     * Somebody filled in what a control asked for.
     *
     * @param fields what they wrote, by name
     */
    record Modal(
            String eventId,
            String room,
            String messageId,
            String sender,
            String control,
            Map<String, String> fields,
            Instant at)
            implements InboundEvent {
        public Modal {
            fields = Map.copyOf(fields);
        }
    }

    /**
     * Somebody filled in what a command of theirs still needed.
     *
     * @param text the command as far as it was written
     * @param fields what it lacked, by name; may hold secrets, and nobody else has read it
     */
    record Form(
            String eventId,
            String room,
            Optional<String> threadId,
            String sender,
            String text,
            Map<String, String> fields,
            Instant at)
            implements InboundEvent {
        public Form {
            fields = Map.copyOf(fields);
        }

        /** Without what was filled in. */
        @Override
        public String toString() {
            return "Form[%s, %s, %s, %s]".formatted(eventId, sender, text, fields.keySet());
        }
    }
}
