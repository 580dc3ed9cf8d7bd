package dev.sopwith.engine.store;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The one writer of a store: takes all works that wait, runs them in one transaction, commits, and
 * only then answers. That one sync of the disk serves all of them is where the speed comes from.
 *
 * <p>Threading: {@link #commit} from any thread; the connection belongs to the writer's thread. The
 * queue is as long as there are callers, because each waits.
 *
 * <p>After a failure of the database, or one of the file that a query met, it stops for ever: all
 * who wait fail, then the listener hears of it.
 */
final class CommitQueue implements AutoCloseable {
    private static final int BATCH_MAX = 1024;

    private final Sql sql;
    private final SqliteTx tx;
    private final Consumer<StoreException> onStop;
    private final BlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
    private final Job<Boolean> end = new Job<>(_ -> true);
    private final Thread thread;
    private final CompletableFuture<Boolean> gone = new CompletableFuture<>();
    private final AtomicReference<@Nullable StoreException> broken = new AtomicReference<>();
    private @Nullable StoreException refusal; // guarded by queue

    CommitQueue(Sql sql, SqliteTx tx, Consumer<StoreException> onStop) {
        this.sql = sql;
        this.tx = tx;
        this.onStop = onStop;
        this.thread = Thread.ofPlatform().name("store").daemon().unstarted(this::live);
    }

    void start() {
        thread.start();
    }

    <T> T commit(Store.Work<T> work) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("a work must not commit: it would wait for itself");
        }
        var job = new Job<>(work);
        add(job);
        return job.await();
    }

    /** Refuses further works, and returns when those that wait are done and the writer is gone. */
    @Override
    public void close() {
        synchronized (queue) {
            if (refusal == null) {
                refusal = new StoreException("the store is closed");
                queue.add(end);
            }
        }
        boolean isListener = Thread.currentThread() == thread; // which may close what has stopped
        if (!isListener) gone.join();
    }

    /**
     * Stops as after a failure of its own, because a query met one of the file or its disk: what is
     * decided from now on would rest on what can be read.
     */
    void stop(StoreException found) {
        if (!broken.compareAndSet(null, found)) return;
        synchronized (queue) {
            if (refusal == null) queue.add(new Job<>(_ -> true)); // wakes the writer
        }
    }

    /** Throws when nothing can be asked of the store any more. */
    void requireOpen() {
        synchronized (queue) {
            if (refusal != null) throw new StoreException(text(refusal), refusal);
        }
    }

    private void add(Job<?> job) {
        synchronized (queue) {
            requireOpen();
            queue.add(job);
        }
    }

    private void live() {
        try {
            writeUntilClosed();
        } finally {
            gone.complete(true);
        }
    }

    private void writeUntilClosed() {
        sql.take();
        var batch = new ArrayList<Job<?>>();
        boolean open = true;
        while (open) {
            batch.clear();
            try {
                batch.add(queue.take());
                queue.drainTo(batch, BATCH_MAX - 1);
                write(batch);
            } catch (InterruptedException | RuntimeException | Error e) {
                stop(batch, e);
                return;
            }
            open = !batch.contains(end);
            batch.forEach(Job::answer);
        }
        sql.giveBack();
    }

    private void write(List<Job<?>> batch) {
        var found = broken.get();
        if (found != null) throw found;
        sql.update("begin immediate");
        for (var job : batch) {
            write(job);
            sql.failure().ifPresent(CommitQueue::fail);
        }
        sql.update("commit");
    }

    /** Runs one work; if it fails, only what it wrote is taken back. */
    private void write(Job<?> job) {
        sql.update("savepoint work");
        try {
            job.run(tx);
            sql.conflict().check();
        } catch (VirtualMachineError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            sql.failure().ifPresent(CommitQueue::fail);
            job.failed(e);
            sql.conflict().clear();
            tx.trail().forgetHead();
            sql.update("rollback to work");
        }
        sql.update("release work");
    }

    private static void fail(StoreException failure) {
        throw failure;
    }

    private void stop(List<Job<?>> batch, Throwable cause) {
        var stopped =
                cause instanceof StoreException.Damaged found
                        ? found.asStop()
                        : new StoreException(
                                "the store stopped, as it cannot know what its disk holds: "
                                        + cause.getMessage()
                                        + "; make sure that the disk has room and works, then start again",
                                cause);
        synchronized (queue) {
            refusal = stopped;
            queue.drainTo(batch);
        }
        for (var job : batch) job.doubt(stopped);
        onStop.accept(stopped);
    }

    private static String text(Throwable e) {
        return String.valueOf(e.getMessage());
    }

    /** A work and the caller who waits for it. */
    private static final class Job<T> {
        private final Store.Work<T> work;
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private @Nullable T answer; // the writer's
        private @Nullable Throwable failure; // the writer's

        Job(Store.Work<T> work) {
            this.work = work;
        }

        void run(Tx tx) {
            answer = work.run(tx);
        }

        void failed(Throwable failure) {
            this.failure = failure;
        }

        @SuppressWarnings("NullAway") // a work that answered null says so itself
        void answer() {
            if (failure == null) done.complete(answer);
            else done.completeExceptionally(failure);
        }

        void doubt(StoreException stopped) {
            done.completeExceptionally(new StoreException(text(stopped), stopped));
        }

        T await() {
            try {
                return done.join();
            } catch (CompletionException e) {
                switch (e.getCause()) {
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    case null, default -> throw e;
                }
            }
        }
    }
}
