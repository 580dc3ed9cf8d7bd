package dev.sopwith.bot.room;

import dev.sopwith.engine.store.Chat.PostRow;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One post on its way to the network: what the store knows of it before, while it may be under way,
 * and once the network has answered. Pure.
 *
 * @param before the row as it is
 * @param during the row while nobody knows what the room shows; the same where nothing is sent
 * @param shown what was known of the message, and under which key it goes out
 * @param after what the room shows once the network has taken it
 */
record Errand(
        Wanted wanted,
        Act act,
        Optional<PostRow> before,
        Optional<PostRow> during,
        Shown shown,
        Shown after) {

    /** What is done about it. */
    enum Act {
        /** Nothing: the room shows it. */
        NONE,
        /** The row goes: nobody needs to read it any more. */
        DROP,
        /** The room shows it; only the row has to say that it is over. */
        KEEP,
        EDIT,
        SEND
    }

    /**
     * @param row what the store knows of the message
     * @param name of the connector
     * @param room its room
     */
    static Errand of(Wanted wanted, Optional<PostRow> row, String name, String room, Instant now) {
        var shown = Shown.of(row.flatMap(PostRow::shown));
        return switch (wanted.standing(row, now)) {
            case RIGHT -> new Errand(wanted, Act.NONE, row, row, shown, shown);
            case EXPIRED -> new Errand(wanted, Act.DROP, row, row, shown, shown);
            case OFF ->
                    row.filter(it -> it.messageId().isPresent())
                            .map(it -> edit(wanted, it, shown, now))
                            .orElseGet(() -> send(wanted, row, shown, name, room, now));
        };
    }

    private static Errand edit(Wanted wanted, PostRow row, Shown shown, Instant now) {
        var before = Optional.of(row);
        if (wanted.isShown(row)) return new Errand(wanted, Act.KEEP, before, before, shown, shown);
        // Until the answer is there the room may show this or what was there before.
        var during = with(row, row.messageId(), shown.unsure(), now.toEpochMilli());
        var after = shown.with(wanted.digest());
        return new Errand(wanted, Act.EDIT, before, Optional.of(during), shown, after);
    }

    private static Errand send(
            Wanted wanted,
            Optional<PostRow> before,
            Shown shown,
            String name,
            String room,
            Instant now) {
        var row = before.orElseGet(() -> fresh(wanted, name, room, now));
        boolean wasTried = shown.digest().isPresent();
        var after = wasTried && !wanted.isShown(row) ? shown.unsure() : shown.with(wanted.digest());
        long since = wasTried ? row.at() : now.toEpochMilli();
        var during = with(row, Optional.empty(), after, since);
        return new Errand(wanted, Act.SEND, before, Optional.of(during), shown, after);
    }

    private static PostRow fresh(Wanted wanted, String name, String room, Instant now) {
        return new PostRow(
                name,
                wanted.key(),
                room,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                wanted.expiresAt()
                        .map(Instant::toEpochMilli)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                now.toEpochMilli());
    }

    /** Whether the network has to be asked, after the store was told. */
    boolean goesOut() {
        return act == Act.EDIT || act == Act.SEND;
    }

    /** Whether it may have been sent before, and without an answer. */
    boolean wasTried() {
        return act == Act.SEND && shown.digest().isPresent();
    }

    /** The row while it is under way; only where something goes out. */
    PostRow row() {
        return during.orElseThrow();
    }

    /** The room shows it now; an answer that came late may have been to an earlier document. */
    PostRow settled(Optional<String> id, long at) {
        boolean isRight = after.digest().filter(wanted.digest()::equals).isPresent();
        boolean isOver = wanted.isOnce() || (wanted.isClosed() && isRight);
        var row = row();
        return new PostRow(
                row.connector(),
                row.key(),
                row.room(),
                id,
                Optional.of(after.text()),
                isOver,
                isOver ? Optional.empty() : row.text(),
                row.expiresAt(),
                at);
    }

    /** Somebody has deleted it: another copy of it is to be sent. */
    PostRow gone(long at) {
        return with(row(), Optional.empty(), shown.again(), at);
    }

    private static PostRow with(PostRow row, Optional<String> id, Shown shown, long at) {
        return new PostRow(
                row.connector(),
                row.key(),
                row.room(),
                id,
                Optional.of(shown.text()),
                false,
                row.text(),
                row.expiresAt(),
                at);
    }
}
