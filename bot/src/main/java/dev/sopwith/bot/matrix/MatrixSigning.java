package dev.sopwith.bot.matrix;

import dev.sopwith.bot.matrix.MatrixHealth.Signing;
import dev.sopwith.engine.secret.Secret;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Sees to it that others can tell this device as the account's own: clients begin to leave out
 * devices that nobody has signed.
 *
 * <p>Threading: {@link #begin} from any thread, and it does not block; what it begins is one at a
 * time.
 */
final class MatrixSigning {
    private static final System.Logger LOG = System.getLogger(MatrixSigning.class.getName());

    private final MatrixLogin login;
    private final MatrixHealth health;
    private final Optional<Consumer<String>> terminal;
    private final AtomicBoolean isBusy = new AtomicBoolean();

    /**
     * @param terminal shows lines to a person and keeps none; empty where nobody looks, or what is
     *     shown is kept
     */
    MatrixSigning(MatrixLogin login, MatrixHealth health, Optional<Consumer<String>> terminal) {
        this.login = login;
        this.health = health;
        this.terminal = terminal;
    }

    /** Looks, and does what is to be done, beside all else; again when that did not get through. */
    void begin(MatrixBridge bridge) {
        if (!isBusy.compareAndSet(false, true)) return;
        var _ =
                Thread.ofVirtual()
                        .name("matrix-signing")
                        .start(
                                () -> {
                                    settle(bridge);
                                    isBusy.set(false);
                                });
    }

    private void settle(MatrixBridge bridge) {
        try {
            health.signing(settled(bridge));
        } catch (MatrixFailure e) {
            LOG.log(
                    e.isPassing() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "matrix {0}: cross-signing was not looked at: {1}",
                    bridge.getUserId(),
                    e.getMessage());
        }
    }

    private Signing settled(MatrixBridge bridge) {
        var state = Wait.on(bridge.signing());
        if (state.equals("signed")) return Signing.SIGNED;
        if (state.equals("none")) return terminal.map(it -> begun(bridge, it)).orElse(Signing.NONE);
        return login.recoveryKey().map(it -> restored(bridge, it)).orElse(Signing.UNSIGNED);
    }

    private Signing restored(MatrixBridge bridge, Secret key) {
        try {
            Wait.on(bridge.restoreSigning(key.reveal()));
            return Signing.SIGNED;
        } catch (MatrixFailure e) {
            if (e.isPassing()) throw e;
            // The message could repeat the key.
            return Signing.WRONG_KEY;
        }
    }

    /** The key is shown once, to a person, and kept nowhere. */
    private Signing begun(MatrixBridge bridge, Consumer<String> shown) {
        var key = Wait.on(bridge.bootstrapSigning(login.password().map(Secret::reveal)));
        shown.accept("recovery key of %s, shown this once:".formatted(bridge.getUserId()));
        shown.accept("    " + key);
        shown.accept("keep it, and give it to a new installation as MATRIX_RECOVERY_KEY");
        return Signing.SIGNED;
    }
}
