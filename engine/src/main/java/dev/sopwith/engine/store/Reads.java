package dev.sopwith.engine.store;

/**
 * What a store holds, as it was at one moment.
 *
 * <p>Threading: valid only inside the query or work that was given it, and only on its thread.
 */
public interface Reads {
    Runs runs();

    Snapshots snapshots();

    Deliveries deliveries();

    Gates gates();

    Chat chat();

    Trail trail();

    Node node();
}
