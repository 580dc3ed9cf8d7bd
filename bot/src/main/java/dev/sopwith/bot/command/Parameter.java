package dev.sopwith.bot.command;

/**
 * One thing that follows a verb.
 *
 * @param optional whether it may be left out; inside a run's thread its run always may
 */
public record Parameter(Kind kind, boolean optional) {

    /** What it is. */
    public enum Kind {
        /** A SOP that is there. */
        SOP("NAME"),
        /** A SOP that is or was there. */
        PAST_SOP("NAME"),
        INPUTS("key=value ..."),
        RUN_ID("RUN"),
        STEP("STEP"),
        FROM_STEP("from STEP"),
        /** The word {@code full}: all of it. */
        FULL("full"),
        /** The one-time code of a gate. */
        CODE("CODE"),
        CODE_OR_RUN("CODE|RUN"),
        /** The rest of the message, as it stands. */
        NOTE("note"),
        /** The rest of the message, as it stands. */
        REASON("reason"),
        /** A verb. */
        VERB("VERB"),
        /** The word {@code ok}. */
        OK("ok"),
        /** The code that the other account was shown. */
        LINK_CODE("CODE"),
        /** The word {@code test}. */
        TEST("test"),
        /** Where a delivery comes from. */
        SOURCE("webhook|mqtt|cron|peripheral"),
        /** What a delivery is about, in the words of its source. */
        TOPIC("TOPIC"),
        /** The rest of the message, as it stands. */
        PAYLOAD("payload"),
        FILE("FILE");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** How usage calls it. */
        public String label() {
            return label;
        }

        boolean isText() {
            return this == NOTE || this == REASON || this == PAYLOAD;
        }
    }

    static Parameter required(Kind kind) {
        return new Parameter(kind, false);
    }

    static Parameter optional(Kind kind) {
        return new Parameter(kind, true);
    }

    @Override
    public String toString() {
        return optional ? "[" + kind.label() + "]" : kind.label();
    }
}
