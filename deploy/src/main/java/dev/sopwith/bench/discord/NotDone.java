package dev.sopwith.bench.discord;

/** What a person's client does not let them do, or what did not happen in time. */
public final class NotDone extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotDone(String why) {
        super(why);
    }

    NotDone(String why, Throwable cause) {
        super(why, cause);
    }
}
