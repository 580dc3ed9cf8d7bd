package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Control;

import java.util.Optional;

/**
 * What stands behind a button or a modal: the id of the control and what it asks for. All of it is
 * in the id, so that a button works after every restart. Pure.
 *
 * @param subject of a control its id, of a form the command as far as it was written
 */
record ControlIds(Kind kind, String subject) {
    /** What Discord takes. */
    static final int LENGTH_MAX = 100;

    private static final String VERSION = "s1";

    enum Kind {
        /** A press is all. */
        PRESS('p'),
        /** A press asks for a reason first. */
        REASON('r'),
        /** A press asks for the code first. */
        CODE('c'),
        /** A command lacks something. */
        FORM('f');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    static ControlIds of(Control control) {
        var kind =
                switch (control.ask()) {
                    case NOTHING -> Kind.PRESS;
                    case REASON -> Kind.REASON;
                    case CODE -> Kind.CODE;
                };
        return new ControlIds(kind, control.id());
    }

    /** A form for this command; none when the command is too long to be kept in an id. */
    static Optional<ControlIds> form(String command) {
        var ids = new ControlIds(Kind.FORM, command);
        return ids.text().length() <= LENGTH_MAX ? Optional.of(ids) : Optional.empty();
    }

    /** Reads what {@link #text} wrote; none of what is not ours. */
    static Optional<ControlIds> parse(String text) {
        var parts = text.split(":", 3);
        if (parts.length < 3 || !parts[0].equals(VERSION) || parts[1].length() != 1) {
            return Optional.empty();
        }
        for (var kind : Kind.values()) {
            if (kind.letter == parts[1].charAt(0)) {
                return Optional.of(new ControlIds(kind, parts[2]));
            }
        }
        return Optional.empty();
    }

    Ask ask() {
        return switch (kind) {
            case PRESS, FORM -> Ask.NOTHING;
            case REASON -> Ask.REASON;
            case CODE -> Ask.CODE;
        };
    }

    String text() {
        return VERSION + ":" + kind.letter + ":" + subject;
    }
}
