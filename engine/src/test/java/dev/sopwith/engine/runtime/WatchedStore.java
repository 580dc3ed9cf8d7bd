package dev.sopwith.engine.runtime;

import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Store;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A store that is looked at after every commit, before anybody hears of it.
 *
 * <p>Threading: safe from any thread; commits take place one after the other. What a look finds is
 * kept for the test, because the thread that committed may be nobody's.
 */
final class WatchedStore implements Store {
    private final Store disk;
    private final Consumer<Reads> look;
    private Optional<AssertionError> found = Optional.empty(); // guarded by this

    WatchedStore(Store disk, Consumer<Reads> look) {
        this.disk = disk;
        this.look = look;
    }

    @Override
    public synchronized <T> T commit(Work<T> work) {
        T answer = disk.commit(work);
        try {
            disk.read(
                    reads -> {
                        look.accept(reads);
                        return true;
                    });
        } catch (AssertionError e) {
            found = found.or(() -> Optional.of(e));
        }
        return answer;
    }

    /** Throws the first thing that a look has found. */
    synchronized void throwFound() {
        if (found.isPresent()) throw found.get();
    }

    @Override
    public <T> T read(Query<T> query) {
        return disk.read(query);
    }

    @Override
    public void close() {
        disk.close();
    }
}
