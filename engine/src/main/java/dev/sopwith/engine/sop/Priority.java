package dev.sopwith.engine.sop;

/** How urgent a SOP is; decides who goes first and how much approval is asked (FORMAT §5, §6). */
public enum Priority {
    LOW(0),
    NORMAL(1),
    HIGH(2),
    CRITICAL(3);

    private final int rank;

    Priority(int rank) {
        this.rank = rank;
    }

    /** A number that is stored and compared: higher goes first. Never changes. */
    public int rank() {
        return rank;
    }
}
