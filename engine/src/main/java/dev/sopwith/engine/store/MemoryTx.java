package dev.sopwith.engine.store;

/** The tables of an {@link InMemoryStore} and what the work at hand did to them. */
final class MemoryTx implements Tx {
    private final UndoLog undo = new UndoLog();
    private final Conflict conflict = new Conflict();
    private final MemoryTrail trail;
    private final MemoryRuns runs;
    private final MemorySnapshots snapshots = new MemorySnapshots(undo);
    private final MemoryDeliveries deliveries = new MemoryDeliveries(undo, conflict);
    private final MemoryGates gates = new MemoryGates(undo, conflict);
    private final MemoryChat chat = new MemoryChat(undo);
    private final MemoryNode node;

    MemoryTx(Salt salt) {
        runs = new MemoryRuns(undo, salt);
        trail = new MemoryTrail(undo, salt, runs);
        runs.chainTo(trail);
        node = new MemoryNode(undo, salt.epoch());
    }

    void keep() {
        conflict.check();
        undo.keep();
    }

    void takeBack() {
        conflict.clear();
        undo.takeBack();
    }

    @Override
    public int erase(long before, int rowsMax) {
        return trail.erase(before, rowsMax)
                + runs.erase(before, rowsMax)
                + deliveries.erase(before, rowsMax)
                + chat.erase(before, rowsMax);
    }

    @Override
    public Runs.Writable runs() {
        return runs;
    }

    @Override
    public Snapshots.Writable snapshots() {
        return snapshots;
    }

    @Override
    public Deliveries.Writable deliveries() {
        return deliveries;
    }

    @Override
    public Gates.Writable gates() {
        return gates;
    }

    @Override
    public Chat.Writable chat() {
        return chat;
    }

    @Override
    public Trail.Writable trail() {
        return trail;
    }

    @Override
    public Node.Writable node() {
        return node;
    }
}
