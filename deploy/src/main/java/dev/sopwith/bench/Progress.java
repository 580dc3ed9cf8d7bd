package dev.sopwith.bench;

import java.io.PrintWriter;

/** Says on the error output what is being done: a bench runs for minutes. */
final class Progress {
    private final PrintWriter err;

    Progress(PrintWriter err) {
        this.err = err;
    }

    void say(String what) {
        err.print("bench: " + what + " ...\n");
        err.flush();
    }
}
