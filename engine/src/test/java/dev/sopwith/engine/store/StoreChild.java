package dev.sopwith.engine.store;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process of its own that uses a store: {@code FOLDER SUBMITTERS BODY_BYTES [STARTS]}. It writes
 * a line for every run whose start was answered, {@code A} and the number in ten digits, and goes
 * on until it is killed, has made so many starts, or the store stops; then {@code STOPPED}, how
 * often the listener heard of it, and how many of its submitters did.
 */
final class StoreChild {
    private StoreChild() {}

    public static void main(String[] args) throws InterruptedException {
        var heard = new AtomicInteger();
        var store =
                SqliteStore.open(
                        Path.of(args[0]), new SecureRandom(), _ -> heard.incrementAndGet());
        say("READY");
        int submitters = Integer.parseInt(args[1]);
        var left = new AtomicLong(args.length > 3 ? Long.parseLong(args[3]) : Long.MAX_VALUE);
        var failed = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < submitters; i++) {
            threads.add(
                    Thread.startVirtualThread(
                            () -> submit(store, Integer.parseInt(args[2]), left, failed)));
        }
        for (var thread : threads) thread.join();
        // Submitters are answered first: the listener may hear of it a moment after them.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (failed.get() > 0 && heard.get() == 0 && System.nanoTime() < end) Thread.onSpinWait();
        say("STOPPED %d %d".formatted(heard.get(), failed.get()));
        Runtime.getRuntime().halt(0); // no orderly end: that is not what is tested
    }

    private static void submit(Store store, int bodyBytes, AtomicLong left, AtomicInteger failed) {
        try {
            while (left.getAndDecrement() > 0) {
                long number = store.commit(tx -> start(tx, bodyBytes));
                say("A%010d".formatted(number));
            }
        } catch (StoreException _) {
            failed.incrementAndGet();
        }
    }

    private static long start(Tx tx, int bodyBytes) {
        long number = StoreContract.start(tx, "deploy");
        var body = "x".repeat(ThreadLocalRandom.current().nextInt(bodyBytes + 1));
        tx.trail().append(Rows.NOON, "note", number, "{\"x\":\"" + body + "\"}");
        return number;
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
