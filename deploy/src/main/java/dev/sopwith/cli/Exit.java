package dev.sopwith.cli;

/**
 * The exit codes. Which of them a command has stands in its own {@code exitCodeList}; {@code
 * docs/exit-codes.md} is printed from those by a test.
 */
final class Exit {
    /** Before the exit codes in the help of a command. */
    static final String HEADING = "%nExit codes:%n";

    static final int OK = 0;

    /** The command did its work and what it looked at has errors. */
    static final int FINDINGS = 1;

    /** The command was not understood, or names something that is not there: nothing was done. */
    static final int WRONG_USE = 2;

    /** No service runs here, or it ended before it answered. */
    static final int NO_SERVICE = 3;

    /** Another service runs on this folder, so this one did not start. */
    static final int IN_USE = 4;

    /**
     * Java or Maven is missing, or the build failed: from the launcher, before this program runs.
     */
    static final int BUILD = 69;

    /** A bug in Sopwith. */
    static final int BUG = 70;

    /** Not all of the output arrived: a full disk, a closed pipe. */
    static final int OUTPUT_LOST = 74;

    /**
     * It may go another time: the store of the service stopped, so that what was answered is kept
     * and nothing more is; or the service is there and does not answer.
     */
    static final int TEMPORARY = 75;

    private Exit() {}
}
