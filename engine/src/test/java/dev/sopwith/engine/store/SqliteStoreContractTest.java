package dev.sopwith.engine.store;

import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.security.SecureRandom;

final class SqliteStoreContractTest extends StoreContract {
    @TempDir Path temp;
    private int stores;

    @Override
    Store create() {
        stores++;
        return open();
    }

    @Override
    Store reopen(Store store) {
        store.close();
        return open();
    }

    private Store open() {
        return SqliteStore.open(
                temp.resolve("store" + stores),
                new SecureRandom(),
                stopped -> {
                    throw stopped;
                });
    }
}
