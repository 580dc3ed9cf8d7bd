package dev.sopwith.engine.store;

import static dev.sopwith.engine.store.Rows.NOON;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.store.Runs.Phase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a store in a file promises beyond {@link StoreContract}. */
@Timeout(60)
final class SqliteStoreTest {
    @TempDir Path temp;

    // Commits and queries

    @Test
    void a_query_neither_waits_for_a_work_nor_sees_what_is_not_committed() throws Exception {
        var written = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        try (var store = open()) {
            var work =
                    CompletableFuture.supplyAsync(
                            () ->
                                    store.commit(
                                            tx -> {
                                                long number = StoreContract.start(tx, "deploy");
                                                written.countDown();
                                                await(asked);
                                                return number;
                                            }));
            await(written);
            assertThat(active(store)).isZero();
            asked.countDown();
            assertThat(work.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(active(store)).isEqualTo(1);
        }
    }

    @Test
    void works_that_wait_together_are_one_transaction_and_fail_alone() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var store = open()) {
            var all = new ArrayList<CompletableFuture<Long>>();
            all.add(
                    CompletableFuture.supplyAsync(
                            () ->
                                    store.commit(
                                            _ -> {
                                                begun.countDown();
                                                await(go);
                                                return 0L;
                                            })));
            await(begun);
            for (int i = 0; i < 20; i++) {
                boolean fails = i % 2 == 1;
                all.add(
                        CompletableFuture.supplyAsync(
                                () -> store.commit(tx -> start(tx, fails)),
                                Thread::startVirtualThread));
            }
            go.countDown();
            int failed = 0;
            for (var each : all) failed += each.handle((_, e) -> e == null ? 0 : 1).join();
            assertThat(failed).isEqualTo(10);
            assertThat(active(store)).isEqualTo(10);
            assertThat(new Audit(store).verify().finding()).isEmpty();
        }
    }

    private static long start(Tx tx, boolean fails) {
        long number = StoreContract.start(tx, "deploy");
        if (fails) throw new IllegalArgumentException("a bug");
        return number;
    }

    @Test
    void who_keeps_what_a_work_or_query_was_given_is_refused() {
        try (var store = open()) {
            var tx = store.<Tx>commit(it -> it);
            var reads = store.<Reads>read(it -> it);
            assertThatThrownBy(() -> tx.node().epoch()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> reads.node().epoch())
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void the_writer_syncs_every_commit() throws SQLException {
        open().close();
        try (var connection = Sqlite.writer(file())) {
            assertThat(Sqlite.pragma(connection, "synchronous")).isEqualTo("2");
            assertThat(Sqlite.pragma(connection, "journal_mode")).isEqualTo("wal");
        }
    }

    @Test
    void a_snapshot_that_was_changed_in_the_file_is_not_given_out() throws SQLException {
        try (var store = open()) {
            store.write(tx -> tx.snapshots().keep(Rows.FILES));
        }
        sql("update snapshots set files = substr(files, 1, length(files) - 1) || x'00'");
        try (var store = open()) {
            assertThatThrownBy(() -> store.read(it -> it.snapshots().find(Rows.FILES.digest())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was changed in the store");
        }
    }

    // The folder

    @Test
    void only_the_owner_may_enter_and_read() throws IOException {
        try (var store = open()) {
            store.write(tx -> tx.node().set("frozen", "x"));
            assertThat(rights(folder())).isEqualTo("rwx------");
            try (var files = Files.list(folder())) {
                assertThat(files).allSatisfy(it -> assertThat(rights(it)).isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void a_folder_that_others_may_enter_is_refused() throws IOException {
        Files.createDirectory(folder());
        Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-x---"));
        assertRefused("is open to others (rwxr-x---)", "chmod 700");
    }

    @Test
    void a_second_store_in_this_process_is_refused_and_the_first_keeps_its_lock() {
        try (var first = open()) {
            assertRefused("in use by this process");
            assertRefused("in use by this process");
            assertThatCode(() -> first.write(tx -> tx.node().set("frozen", "x")))
                    .doesNotThrowAnyException();
        }
        open().close();
    }

    @Test
    void a_store_that_is_closed_twice_does_not_give_away_the_next_ones_lock() {
        var first = open();
        first.close();
        try (var _ = open()) {
            first.close();
            assertRefused("in use by this process");
        }
    }

    // Files that are not what they should be

    @Test
    void an_empty_file_is_not_taken_for_a_new_store() throws IOException {
        open().close();
        Files.write(file(), new byte[0]);
        assertRefused("is damaged: it is cut short");
    }

    @Test
    void a_file_that_was_cut_short_is_refused() throws IOException {
        open().close();
        try (var opened = new RandomAccessFile(file().toFile(), "rw")) {
            opened.setLength(opened.length() / 2);
        }
        assertRefused("malformed");
    }

    @Test
    void damage_that_a_query_meets_stops_the_store_and_says_what_to_do() throws Exception {
        fillAndDamage();
        var heard = new CompletableFuture<StoreException>();
        try (var store = SqliteStore.open(folder(), new SecureRandom(), heard::complete)) {
            store.commit(tx -> StoreContract.start(tx, "deploy")); // it meets no damage by itself
            assertThatThrownBy(() -> readAll(store))
                    .isInstanceOf(StoreException.Damaged.class)
                    .hasMessageContaining(file() + " is damaged, and only a backup");
            assertThat(heard.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(StoreException.Damaged.class)
                    .hasMessageContaining("the store stopped")
                    .hasMessageContaining(file() + " is damaged")
                    .hasMessageContaining("restore a backup");
            assertThatThrownBy(() -> store.commit(tx -> StoreContract.start(tx, "deploy")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is damaged");
            assertThatThrownBy(() -> active(store))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is damaged");
        }
    }

    @Test
    void damage_that_is_met_when_who_asked_does_not_say_so_stops_the_store_too() throws Exception {
        fillAndDamage();
        var heard = new CompletableFuture<StoreException>();
        try (var store = SqliteStore.open(folder(), new SecureRandom(), heard::complete)) {
            store.read(
                    reads -> {
                        assertThatThrownBy(() -> readAll(reads)).isInstanceOf(StoreException.class);
                        return true;
                    });
            assertThat(heard.get(30, TimeUnit.SECONDS)).hasMessageContaining("is damaged");
        }
    }

    @Test
    void damage_that_a_work_meets_is_called_so_too() throws Exception {
        fillAndDamage();
        var heard = new CompletableFuture<StoreException>();
        try (var store = SqliteStore.open(folder(), new SecureRandom(), heard::complete)) {
            assertThatThrownBy(() -> store.commit(SqliteStoreTest::readAll))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("restore a backup");
            assertThat(heard.get(30, TimeUnit.SECONDS)).isInstanceOf(StoreException.Damaged.class);
        }
    }

    @Test
    void damage_that_a_backup_meets_stops_the_store() throws Exception {
        fillAndDamage();
        var heard = new CompletableFuture<StoreException>();
        var copy = temp.resolve("copy.db");
        try (var store = SqliteStore.open(folder(), new SecureRandom(), heard::complete)) {
            assertThatThrownBy(() -> store.backup(copy))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("no backup was made");
            assertThat(heard.get(30, TimeUnit.SECONDS)).hasMessageContaining("is damaged");
        }
        assertThat(copy).doesNotExist();
    }

    @Test
    void a_page_that_leads_nowhere_is_damage_and_no_full_disk() throws Exception {
        fillAndDamage((byte) 0xFF);
        var heard = new CompletableFuture<StoreException>();
        try (var store = SqliteStore.open(folder(), new SecureRandom(), heard::complete)) {
            assertThatThrownBy(() -> store.backup(temp.resolve("copy.db")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("no backup was made: " + file() + " is damaged")
                    .hasMessageNotContaining("full");
            assertThat(heard.get(30, TimeUnit.SECONDS)).isInstanceOf(StoreException.Damaged.class);
        }
    }

    /** A store whose bodies of the trail lie on pages that were overwritten. */
    private void fillAndDamage() throws IOException {
        fillAndDamage((byte) 0);
    }

    private void fillAndDamage(byte with) throws IOException {
        try (var store = open()) {
            for (int i = 0; i < 20; i++) {
                var text = "\"" + "x".repeat(100_000) + "\"";
                store.commit(tx -> tx.trail().append(NOON, "note", text));
            }
        }
        int page = 4096;
        var bytes = Files.readAllBytes(file());
        for (int at = 0; at < bytes.length; at += page) {
            // Leaves and inner pages begin with their kind, those that only go on do not.
            boolean goesOn = bytes[at + page - 1] == 'x' && bytes[at + page / 2] == 'x';
            if (goesOn) Arrays.fill(bytes, at, at + page, with);
        }
        Files.write(file(), bytes);
    }

    private static Object readAll(SqliteStore store) {
        return store.<Object>read(SqliteStoreTest::readAll);
    }

    private static Object readAll(Reads reads) {
        return reads.trail().after(0, 100);
    }

    @Test
    void another_programs_file_is_left_alone() throws Exception {
        open().close();
        Files.writeString(file(), "not a database, but long enough to be one. ".repeat(9));
        assertRefused("was not made by Sopwith");
        Files.delete(file());
        sql("create table other (x integer)");
        assertRefused("was not made by Sopwith");
    }

    @Test
    void a_store_from_a_newer_version_is_refused() throws SQLException {
        open().close();
        sql("insert into migrations values (5, '005-later.sql', 'x')");
        assertRefused("newer version of Sopwith", "005-later.sql", "ends at 004-due.sql");
    }

    @Test
    void a_store_with_another_text_of_a_migration_is_refused() throws SQLException {
        open().close();
        sql("update migrations set checksum = 'x'");
        assertRefused("another text of 001-tables.sql");
    }

    @Test
    void a_log_without_its_database_is_not_read_into_a_new_one() throws IOException {
        open().close();
        Files.delete(file());
        Files.createFile(folder().resolve("sopwith.db-wal"));
        assertRefused("sopwith.db-wal is there but sopwith.db is not");
    }

    @Test
    void a_first_start_that_was_cut_short_leaves_nothing_in_the_way() throws IOException {
        open().close();
        Files.move(file(), folder().resolve("sopwith.db.new"));
        Files.writeString(folder().resolve("sopwith.db.new-wal"), "half");
        open().close();
        assertThat(file()).exists();
        assertThat(folder().resolve("sopwith.db.new")).doesNotExist();
    }

    // Backup and restore

    @Test
    void a_backup_is_made_while_the_store_is_in_use() throws Exception {
        var backup = temp.resolve("a 'b'?.db");
        try (var store = open()) {
            var busy =
                    CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < 200; i++) {
                                    store.commit(tx -> StoreContract.start(tx, "deploy"));
                                }
                            });
            store.commit(tx -> StoreContract.start(tx, "deploy"));
            store.backup(backup);
            busy.get(50, TimeUnit.SECONDS);
            assertThat(rights(backup)).isEqualTo("rw-------");
            assertThatThrownBy(() -> store.backup(backup))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("exists and is not overwritten");
            assertThatThrownBy(() -> store.backup(temp.resolve("no/such/folder.db")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("no backup was made");
        }
        try (var view = SqliteStore.view(backup)) {
            assertThat(new Audit(view).verify().finding()).isEmpty();
            assertThat(active(view)).isPositive();
        }
        try (var files = Files.list(temp)) {
            assertThat(files.filter(it -> it.toString().contains("partial"))).isEmpty();
        }
    }

    @Test
    void a_restored_store_is_another_one_with_the_same_record() {
        var backup = temp.resolve("backup.db");
        String epoch;
        Trail.Head head;
        try (var store = open()) {
            for (int i = 0; i < 3; i++) store.commit(tx -> StoreContract.start(tx, "deploy"));
            epoch = store.read(it -> it.node().epoch());
            head = store.read(it -> it.trail().head());
            store.backup(backup);
        }
        var elsewhere = temp.resolve("elsewhere");
        SqliteStore.restore(backup, elsewhere, new SecureRandom(), NOON);
        try (var store = open(elsewhere)) {
            assertThat(store.<String>read(it -> it.node().epoch())).isNotEqualTo(epoch);
            assertThat(store.read(it -> it.node().restoredAt()).getAsLong()).isEqualTo(NOON);
            assertThat(store.<Long>commit(tx -> StoreContract.start(tx, "deploy")))
                    .isEqualTo(1_004);
            assertThat(store.<Long>commit(tx -> StoreContract.start(tx, "deploy")))
                    .isEqualTo(1_005);
            assertThat(new Audit(store).verify(head).finding()).isEmpty();
            var restored = store.read(it -> it.trail().ofKind(Trail.RESTORE)).getFirst();
            assertThat(restored.link().prev()).isEqualTo(head.hash());
            assertThat(restored.body().orElseThrow().text()).contains(epoch);
        }
    }

    @Test
    void a_restore_overwrites_nothing_and_takes_no_damaged_backup() throws IOException {
        var backup = temp.resolve("backup.db");
        try (var store = open()) {
            store.backup(backup);
        }
        assertThatThrownBy(() -> SqliteStore.restore(backup, folder(), new SecureRandom(), NOON))
                .hasMessageContaining("exists and is not overwritten");
        try (var opened = new RandomAccessFile(backup.toFile(), "rw")) {
            opened.setLength(opened.length() / 2);
        }
        var elsewhere = temp.resolve("elsewhere");
        assertThatThrownBy(() -> SqliteStore.restore(backup, elsewhere, new SecureRandom(), NOON))
                .isInstanceOf(StoreException.class);
        assertThat(elsewhere.resolve("sopwith.db")).doesNotExist();
    }

    @Test
    void of_a_backup_with_an_overwritten_page_it_is_said_that_it_is_damaged() throws IOException {
        var backup = temp.resolve("backup.db");
        try (var store = open()) {
            for (int i = 0; i < 60; i++) store.commit(tx -> StoreContract.start(tx, "deploy"));
            store.backup(backup);
        }
        var whole = Files.readAllBytes(backup);
        int page = 4096;
        int refused = 0;
        for (int at = 0; at < whole.length; at += page) {
            var damaged = whole.clone();
            Arrays.fill(damaged, Math.max(at, 100), at + page, (byte) 0xFF);
            Files.write(backup, damaged);
            var elsewhere = temp.resolve("elsewhere" + at);
            var name = "page " + at / page;
            try {
                SqliteStore.restore(backup, elsewhere, new SecureRandom(), NOON);
            } catch (StoreException e) {
                refused++;
                assertThat(e).as(name).hasMessageContaining(backup + " is damaged");
                assertThat(e.getMessage()).as(name).doesNotContain("disk is full");
                assertThat(elsewhere.resolve("sopwith.db")).as(name).doesNotExist();
            }
        }
        assertThat(refused).as("of " + whole.length / page + " pages").isPositive();
    }

    // Speed

    @Test
    void questions_of_admission_are_answered_by_an_index() throws SQLException {
        open().close();
        for (var query :
                List.of(
                        "select count(*) from runs where phase = 'parked' and phase <> 'ended'",
                        "select * from runs where lock = 'x' and phase <> 'ended'",
                        "select number from runs where due <= 5 order by due, number",
                        "select number from runs where phase <> 'ended' order by +number",
                        "select max(ended_at) from runs where sop = 'x' and outcome = 'y'",
                        "select * from deliveries where outcome is null order by priority desc, id",
                        "select * from deliveries where dedupe_key = 'x' and received_at > 1"
                                + " order by id desc limit 1",
                        "select * from deliveries where sop = 'x' order by id desc limit 5")) {
            try (var connection = Sqlite.reader(file());
                    var statement = connection.createStatement();
                    var plan = statement.executeQuery("explain query plan " + query)) {
                assertThat(plan.getString("detail")).as(query).contains("INDEX");
            }
        }
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(words);
    }

    private Path folder() {
        return temp.resolve("store");
    }

    private Path file() {
        return folder().resolve("sopwith.db");
    }

    private SqliteStore open() {
        return open(folder());
    }

    private static SqliteStore open(Path folder) {
        return SqliteStore.open(
                folder,
                new SecureRandom(),
                stopped -> {
                    throw stopped;
                });
    }

    private void sql(String text) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            Sqlite.run(connection, text);
        }
    }

    private static int active(StoreView store) {
        return store.read(it -> it.runs().count("deploy", Phase.EXECUTING));
    }

    private static String rights(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
