package dev.sopwith.bench.synapse;

import java.io.IOException;

/** A homeserver answered, and not well. */
public final class MatrixRefusal extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    MatrixRefusal(String what, int status, String code, String answer) {
        super("%s -> %d %s".formatted(what, status, answer));
        this.status = status;
        this.code = code;
    }

    public int status() {
        return status;
    }

    /** Such as {@code M_LIMIT_EXCEEDED}; empty when the answer had none. */
    public String code() {
        return code;
    }
}
