package dev.sopwith.bot.room;

/** The marks that people decide with, and that they are shown to decide with. */
public final class Marks {
    public static final String YES = "✅";
    public static final String NO = "❌";

    private Marks() {}

    /** Whether somebody decides with it. */
    public static boolean isVote(String mark) {
        return mark.equals(YES) || mark.equals(NO);
    }
}
