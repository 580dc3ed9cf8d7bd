package dev.sopwith.engine.store;

import java.security.SecureRandom;

final class InMemoryStoreTest extends StoreContract {
    @Override
    Store create() {
        return new InMemoryStore(new SecureRandom());
    }

    @Override
    Store reopen(Store store) {
        store.close();
        return ((InMemoryStore) store).reopened();
    }
}
