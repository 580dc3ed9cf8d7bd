package dev.sopwith.engine.store;

import dev.sopwith.engine.sop.SopFiles;

import java.util.Optional;

/** Snapshots in SQL. */
final class SqliteSnapshots implements Snapshots.Writable {
    private final Sql sql;

    SqliteSnapshots(Sql sql) {
        this.sql = sql;
    }

    @Override
    public void keep(SopFiles files) {
        boolean kept =
                sql.first(
                                "select 1 from snapshots where digest = ?",
                                row -> row.getInt(1),
                                files.digest())
                        .isPresent();
        if (kept) return; // the usual case, and ten megabytes need not be written out for it
        sql.update(
                "insert into snapshots (digest, files) values (?, ?)",
                files.digest(),
                SnapshotBytes.of(files));
    }

    @Override
    public Optional<SopFiles> find(String digest) {
        return sql.first(
                        "select files from snapshots where digest = ?",
                        row -> row.getBytes(1),
                        digest)
                .map(bytes -> SnapshotBytes.read(bytes, digest));
    }
}
