package dev.sopwith.engine.store;

/** All tables over one connection: the writer's, or a reader's that is never given out as a Tx. */
final class SqliteTx implements Tx {
    private final SqliteTrail trail;
    private final SqliteRuns runs;
    private final SqliteSnapshots snapshots;
    private final SqliteDeliveries deliveries;
    private final SqliteGates gates;
    private final SqliteChat chat;
    private final SqliteNode node;

    SqliteTx(Sql sql, Salt salt) {
        trail = new SqliteTrail(sql, salt);
        runs = new SqliteRuns(sql, trail);
        snapshots = new SqliteSnapshots(sql);
        deliveries = new SqliteDeliveries(sql);
        gates = new SqliteGates(sql);
        chat = new SqliteChat(sql);
        node = new SqliteNode(sql);
    }

    @Override
    public int erase(long before, int rowsMax) {
        return trail.erase(before, rowsMax)
                + runs.erase(before, rowsMax)
                + deliveries.erase(before, rowsMax)
                + chat.erase(before, rowsMax);
    }

    @Override
    public SqliteRuns runs() {
        return runs;
    }

    @Override
    public SqliteSnapshots snapshots() {
        return snapshots;
    }

    @Override
    public SqliteDeliveries deliveries() {
        return deliveries;
    }

    @Override
    public SqliteGates gates() {
        return gates;
    }

    @Override
    public SqliteChat chat() {
        return chat;
    }

    @Override
    public SqliteTrail trail() {
        return trail;
    }

    @Override
    public SqliteNode node() {
        return node;
    }
}
