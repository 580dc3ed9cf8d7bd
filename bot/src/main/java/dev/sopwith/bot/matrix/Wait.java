package dev.sopwith.bot.matrix;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what the bridge has begun: what blocks, blocks one virtual thread. */
final class Wait {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private Wait() {}

    /**
     * @throws MatrixFailure when it failed, or takes too long
     */
    static <T> T on(CompletableFuture<T> begun) {
        return on(begun, PATIENCE);
    }

    /**
     * @throws MatrixFailure when it failed, or takes longer than this
     */
    static <T> T on(CompletableFuture<T> begun, Duration patience) {
        try {
            return begun.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException _) {
            throw new MatrixFailure(MatrixFailure.Kind.UNREACHABLE, "the connection was closed");
        } catch (TimeoutException _) {
            begun.cancel(true);
            throw new MatrixFailure(MatrixFailure.Kind.UNREACHABLE, "no answer in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MatrixFailure(MatrixFailure.Kind.UNREACHABLE, "interrupted");
        }
    }

    static MatrixFailure failure(Throwable e) {
        if (e instanceof CompletionException && e.getCause() != null) return failure(e.getCause());
        if (e instanceof MatrixFailure failure) return failure;
        return new MatrixFailure(MatrixFailure.Kind.REFUSED, String.valueOf(e.getMessage()));
    }
}
