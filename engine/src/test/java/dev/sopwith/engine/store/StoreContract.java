package dev.sopwith.engine.store;

import static dev.sopwith.engine.store.Rows.NOON;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sopwith.engine.store.Deliveries.DeliveryRow;
import dev.sopwith.engine.store.Gates.GateKey;
import dev.sopwith.engine.store.Node.ConfigRow;
import dev.sopwith.engine.store.Runs.EventRow;
import dev.sopwith.engine.store.Runs.NewEvent;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.store.Runs.RunRow;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What every store promises. */
@Timeout(60)
abstract class StoreContract {
    private static final GateKey GATE = new GateKey(1, 2, 1, 1);

    private Store store;

    /** A new store. */
    abstract Store create();

    /** The same store as it is after its process has gone. */
    abstract Store reopen(Store store);

    @BeforeEach
    void begin() {
        store = create();
    }

    @AfterEach
    void end() {
        store.close();
    }

    // Works

    @Test
    void a_work_answers_and_is_there_after_the_next_start() {
        long number = store.commit(tx -> start(tx, "deploy"));
        var before = Dump.of(store);
        store = reopen(store);
        assertThat(number).isEqualTo(1);
        assertThat(Dump.of(store)).isEqualTo(before).contains("deploy");
    }

    @Test
    void a_work_that_fails_leaves_nothing_anywhere() {
        store.write(StoreContract::writeEverywhere);
        var before = Dump.of(store);
        assertThatThrownBy(() -> store.write(StoreContract::writeEverywhereAndFail))
                .hasMessage("a bug");
        assertThat(Dump.of(store)).isEqualTo(before);
        store.write(StoreContract::writeEverywhere);
        assertThat(Dump.of(reopen(store))).isNotEqualTo(before);
    }

    @Test
    void a_work_sees_its_own_writes_and_earlier_ones() {
        store.write(tx -> start(tx, "deploy"));
        List<Long> seen =
                store.commit(
                        tx -> {
                            long own = start(tx, "deploy");
                            assertThat(tx.runs().count("deploy", Phase.EXECUTING)).isEqualTo(2);
                            return List.of(own, tx.runs().nextNumber());
                        });
        assertThat(seen).containsExactly(2L, 3L);
    }

    @Test
    void a_conflict_ends_the_work_even_when_it_is_caught() {
        store.write(tx -> tx.gates().put(Rows.gate(GATE, "ABC")));
        var before = Dump.of(store);
        assertThatThrownBy(
                        () ->
                                store.write(
                                        tx -> {
                                            start(tx, "deploy");
                                            var other = Rows.gate(new GateKey(9, 1, 1, 1), "ABC");
                                            assertThatThrownBy(() -> tx.gates().put(other));
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing of this work is kept");
        assertThat(Dump.of(store)).isEqualTo(before);
        assertThat(store.<Long>commit(tx -> start(tx, "deploy"))).isEqualTo(1);
    }

    @Test
    void a_work_must_not_commit() {
        assertThatThrownBy(() -> store.commit(_ -> store.commit(tx -> start(tx, "deploy"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must not commit");
    }

    @Test
    void a_closed_store_refuses() {
        store.close();
        assertThatThrownBy(() -> store.commit(tx -> start(tx, "deploy")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> Dump.of(store)).isInstanceOf(StoreException.class);
        store = reopen(store);
    }

    @Test
    void works_of_many_callers_run_one_after_the_other() {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                boolean fails = i % 10 == 9;
                callers.execute(() -> startUnless(fails));
            }
        }
        var numbers = store.read(it -> it.runs().active()).stream().map(RunRow::number).toList();
        assertThat(numbers)
                .hasSize(180)
                .isEqualTo(Stream.iterate(1L, n -> n + 1).limit(180).toList());
        assertThat(number(it -> it.trail().head().position())).isEqualTo(180);
    }

    private void startUnless(boolean fails) {
        if (fails) {
            assertThatThrownBy(() -> store.write(StoreContract::writeEverywhereAndFail))
                    .hasMessage("a bug");
        } else {
            store.write(tx -> start(tx, "deploy"));
        }
    }

    // Runs

    @Test
    void a_run_moves_on_only_from_the_version_that_was_decided_on() {
        var run = store.commit(tx -> tx.runs().find(start(tx, "deploy")).orElseThrow());
        assertThat(run.version()).isEqualTo(1);
        var two = List.of(new NewEvent(NOON, "A", "{}"), new NewEvent(NOON, "B", "{}"));
        assertThat(store.<Boolean>commit(tx -> tx.runs().append(Rows.parked(run), two))).isTrue();
        var before = Dump.of(store);
        assertThat(store.<Boolean>commit(tx -> tx.runs().append(run, two))).isFalse();
        assertThat(Dump.of(store)).isEqualTo(before);
        var now = store.read(it -> it.runs().find(1)).orElseThrow();
        assertThat(now.version()).isEqualTo(3);
        assertThat(now.phase()).isEqualTo(Phase.PARKED);
        assertThat(list(it -> it.runs().events(1)))
                .extracting(EventRow::seq, EventRow::type)
                .containsExactly(tuple(1, "RunStarted"), tuple(2, "A"), tuple(3, "B"));
    }

    @Test
    void a_run_begins_once_and_none_moves_that_is_not_there() {
        var run = Rows.run(1, "deploy");
        var absent = Rows.run(7, "deploy").withVersion(3);
        assertThat(store.<Boolean>commit(tx -> tx.runs().append(run, Rows.event("A")))).isTrue();
        assertThat(store.<Boolean>commit(tx -> tx.runs().append(run, Rows.event("A")))).isFalse();
        assertThat(store.<Boolean>commit(tx -> tx.runs().append(absent, Rows.event("A"))))
                .isFalse();
        assertThatThrownBy(() -> store.commit(tx -> tx.runs().append(run, List.of())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(one(it -> it.runs().find(7))).isEmpty();
    }

    @Test
    void runs_are_found_by_what_admission_asks() {
        store.write(
                tx -> {
                    add(tx, Rows.locked(Rows.run(1, "deploy"), "env:prod"));
                    add(tx, Rows.parked(Rows.locked(Rows.run(2, "deploy"), "env:dev")));
                    add(
                            tx,
                            Rows.ended(
                                    Rows.locked(Rows.run(3, "deploy"), "env:prod"),
                                    "completed",
                                    50));
                    add(tx, Rows.ended(Rows.run(4, "deploy"), "completed", 70));
                    add(tx, Rows.ended(Rows.run(5, "deploy"), "failed", 90));
                    add(tx, Rows.run(6, "backup"));
                });
        store.read(
                reads -> {
                    var runs = reads.runs();
                    assertThat(runs.count("deploy", Phase.EXECUTING)).isEqualTo(1);
                    assertThat(runs.count("deploy", Phase.PARKED)).isEqualTo(1);
                    assertThat(runs.count("deploy", Phase.ENDED)).isEqualTo(3);
                    assertThat(runs.count(Phase.EXECUTING)).isEqualTo(2);
                    assertThat(numbers(runs.holding("env:prod"))).containsExactly(1L);
                    assertThat(numbers(runs.active())).containsExactly(1L, 2L, 6L);
                    assertThat(numbers(runs.last(2))).containsExactly(6L, 5L);
                    assertThat(numbers(runs.last("deploy", 2))).containsExactly(5L, 4L);
                    assertThat(runs.lastEnd("deploy", "completed")).hasValue(70);
                    assertThat(runs.lastEnd("backup", "completed")).isEmpty();
                    assertThat(runs.nextNumber()).isEqualTo(7);
                    return true;
                });
    }

    @Test
    void runs_are_found_by_when_something_of_them_is_due() {
        store.write(
                tx -> {
                    add(tx, Rows.run(1, "deploy").withDue(OptionalLong.of(70)));
                    add(tx, Rows.parked(Rows.run(2, "deploy")).withDue(OptionalLong.of(50)));
                    add(tx, Rows.run(3, "deploy"));
                    add(tx, Rows.run(4, "backup").withDue(OptionalLong.of(50)));
                });
        store.read(
                reads -> {
                    assertThat(reads.runs().dueBy(49)).isEmpty();
                    assertThat(reads.runs().dueBy(50)).containsExactly(2L, 4L);
                    assertThat(reads.runs().dueBy(70)).containsExactly(2L, 4L, 1L);
                    assertThat(reads.runs().activeNumbers()).containsExactly(1L, 2L, 3L, 4L);
                    assertThat(numbers(reads.runs().in(Phase.EXECUTING)))
                            .containsExactly(1L, 3L, 4L);
                    return true;
                });
        store.write(
                tx -> {
                    tx.runs().putDue(3, OptionalLong.of(20));
                    tx.runs().putDue(4, OptionalLong.empty());
                    tx.runs().putDue(9, OptionalLong.of(1)); // nobody's
                    var first = tx.runs().find(1).orElseThrow();
                    tx.runs()
                            .append(
                                    Rows.ended(first.withDue(OptionalLong.empty()), "failed", 9),
                                    Rows.event("A"));
                });
        assertThat(store.<List<Long>>read(it -> it.runs().dueBy(99))).containsExactly(3L, 2L);
        assertThat(store.read(it -> it.runs().find(3).orElseThrow()).due()).hasValue(20);
    }

    @Test
    void runs_that_want_a_slot_again_come_by_priority_and_then_by_number() {
        store.write(
                tx -> {
                    add(tx, Rows.resuming(Rows.run(1, "deploy"), 1));
                    add(tx, Rows.resuming(Rows.run(2, "deploy"), 3));
                    add(tx, Rows.parked(Rows.run(3, "deploy")));
                    add(tx, Rows.resuming(Rows.run(4, "backup"), 3));
                });
        store.read(
                reads -> {
                    var heads = reads.runs().resumingHeads();
                    assertThat(numbers(heads)).as("one of each SOP").containsExactly(2L, 4L);
                    assertThat(reads.runs().resumingAfter(heads.get(0)).orElseThrow().number())
                            .isEqualTo(1);
                    assertThat(reads.runs().resumingAfter(heads.get(1))).isEmpty();
                    return true;
                });
    }

    @Test
    void a_line_is_what_waits_for_one_sop_and_one_lock_and_has_a_head() {
        store.write(
                tx -> {
                    tx.deliveries().add(Rows.delivery(1, "deploy"), "{}");
                    tx.deliveries().add(Rows.locked(Rows.delivery(2, "deploy"), "env:prod"), "{}");
                    tx.deliveries().add(Rows.delivery(3, "deploy"), "{}");
                    tx.deliveries().add(Rows.urgent(Rows.delivery(4, "deploy"), 3), "{}");
                    tx.deliveries().add(Rows.locked(Rows.delivery(5, "backup"), "env:prod"), "{}");
                    tx.deliveries().add(Rows.counted(6, "old", "dropped"), "{}");
                });
        store.read(
                reads -> {
                    var lines = reads.deliveries();
                    assertThat(lines.waitingSops()).containsExactly("backup", "deploy");
                    assertThat(lines.heads("deploy"))
                            .extracting(DeliveryRow::id)
                            .containsExactly(4L, 2L);
                    assertThat(lines.heads("old")).isEmpty();
                    assertThat(lines.head("deploy", Optional.of("env:prod")).orElseThrow().id())
                            .isEqualTo(2);
                    assertThat(lines.newest("deploy", Optional.empty()).orElseThrow().id())
                            .isEqualTo(4);
                    assertThat(lines.lineLength("deploy", Optional.empty())).isEqualTo(3);
                    assertThat(lines.lineLength("backup", Optional.empty())).isZero();
                    return true;
                });
        settle(4);
        assertThat(one(it -> it.deliveries().head("deploy", Optional.empty())).orElseThrow().id())
                .isEqualTo(1);
    }

    @Test
    void secrets_last_until_they_are_erased() {
        store.write(
                tx -> {
                    tx.runs().putSecret(1, "token", Rows.bytes("a"));
                    tx.runs().putSecret(1, "token", Rows.bytes("b"));
                    tx.runs().putSecret(2, "token", Rows.bytes("c"));
                });
        assertThat(store.<Map<String, byte[]>>read(it -> it.runs().secrets(1)))
                .containsOnlyKeys("token")
                .extractingByKey("token")
                .isEqualTo(Rows.bytes("b"));
        store.write(tx -> tx.runs().eraseSecrets(1));
        assertThat(store.<Map<String, byte[]>>read(it -> it.runs().secrets(1))).isEmpty();
        assertThat(store.<Map<String, byte[]>>read(it -> it.runs().secrets(2))).hasSize(1);
    }

    @Test
    void a_snapshot_comes_back_exactly() {
        store.write(tx -> tx.snapshots().keep(Rows.FILES));
        store.write(tx -> tx.snapshots().keep(Rows.FILES));
        store = reopen(store);
        var files = store.read(it -> it.snapshots().find(Rows.FILES.digest())).orElseThrow();
        assertThat(files.files().get("bin/run"))
                .satisfies(file -> assertThat(file.executable()).isTrue())
                .satisfies(file -> assertThat(file.content()).containsExactly(0, 1, -1));
        assertThat(files).isEqualTo(Rows.FILES);
        assertThat(one(it -> it.snapshots().find("0".repeat(64)))).isEmpty();
    }

    // Deliveries

    @Test
    void one_key_is_one_delivery_for_a_day() {
        long day = Deliveries.DEDUPE_MILLIS;
        assertThat(addKeyed(1, NOON)).isTrue();
        assertThat(addKeyed(2, NOON + day - 1)).isFalse();
        assertThat(one(it -> it.deliveries().holder("k1", NOON + day - 1)))
                .map(DeliveryRow::id)
                .hasValue(1L);
        assertThat(one(it -> it.deliveries().find(2))).isEmpty();
        assertThat(number(it -> it.deliveries().nextId())).isEqualTo(2);
        assertThat(addKeyed(2, NOON + day)).isTrue();
        assertThat(addKeyed(3, NOON)).as("the clock went back").isFalse();
    }

    private boolean addKeyed(long id, long at) {
        return store.commit(
                tx -> tx.deliveries().add(Rows.keyed(Rows.delivery(id, "deploy"), "k1", at), "{}"));
    }

    @Test
    void all_that_waits_for_a_sop_can_be_given_another_priority() {
        store.write(
                tx -> {
                    tx.deliveries().add(Rows.urgent(Rows.delivery(1, "deploy"), 1), "{}");
                    tx.deliveries().add(Rows.urgent(Rows.delivery(2, "backup"), 2), "{}");
                    tx.deliveries().add(Rows.urgent(Rows.delivery(3, "deploy"), 1), "{}");
                    tx.deliveries().settle(3, "dropped", "no slot", OptionalLong.empty());
                    tx.deliveries().add(Rows.urgent(Rows.delivery(4, "deploy"), 1), "{}");
                    tx.deliveries().rank("deploy", 3);
                });
        List<DeliveryRow> queue = store.read(it -> it.deliveries().queue());
        assertThat(queue).extracting(DeliveryRow::id).containsExactly(1L, 4L, 2L);
        assertThat(store.read(it -> it.deliveries().find(3)).orElseThrow().priority())
                .as("what is over stays as it was")
                .isEqualTo(1);
    }

    @Test
    void what_waits_is_served_by_priority_then_in_order_until_it_is_settled() {
        store.write(
                tx -> {
                    tx.deliveries().add(Rows.delivery(1, "deploy"), "{}");
                    tx.deliveries().add(Rows.urgent(Rows.delivery(2, "backup"), 3), "{}");
                    tx.deliveries().add(Rows.delivery(3, "deploy"), "{\"old\":1}");
                    tx.deliveries().add(Rows.urgent(Rows.delivery(4, "backup"), 3), "{}");
                });
        assertThat(queue()).containsExactly(2L, 4L, 1L, 3L);
        assertThat(replaceRequest(3)).isTrue();
        assertThat(settle(2)).isTrue();
        assertThat(settle(2)).as("settled before").isFalse();
        assertThat(replaceRequest(2)).as("does not wait").isFalse();
        assertThat(queue()).containsExactly(4L, 1L, 3L);
        assertThat(number(it -> it.deliveries().queueLength())).isEqualTo(3);
        assertThat(one(it -> it.deliveries().request(3))).hasValue("{\"new\":1}");
        assertThat(list(it -> it.deliveries().last("backup", 9)))
                .extracting(DeliveryRow::id, DeliveryRow::outcome, DeliveryRow::run)
                .containsExactly(
                        tuple(4L, Optional.empty(), OptionalLong.empty()),
                        tuple(2L, Optional.of("started"), OptionalLong.of(12)));
    }

    private boolean settle(long id) {
        return store.commit(
                tx -> tx.deliveries().settle(id, "started", "R-12", OptionalLong.of(12)));
    }

    private boolean replaceRequest(long id) {
        return store.commit(tx -> tx.deliveries().replaceRequest(id, "{\"new\":1}"));
    }

    private List<Long> queue() {
        return store.read(it -> it.deliveries().queue()).stream().map(DeliveryRow::id).toList();
    }

    @Test
    void what_is_only_counted_keeps_its_last_hundred_for_each_sop() {
        store.write(
                tx -> {
                    tx.deliveries().add(Rows.delivery(1, "deploy"), "{}");
                    for (int i = 0; i < 150; i++) {
                        count(tx, "deploy", i % 3 == 0 ? "condition false" : "retained");
                    }
                    count(tx, "backup", "retained");
                });
        store.read(
                reads -> {
                    var deliveries = reads.deliveries();
                    assertThat(deliveries.counts("deploy"))
                            .isEqualTo(Map.of("condition false", 50L, "retained", 100L));
                    assertThat(deliveries.last("deploy", 1_000)).hasSize(101);
                    assertThat(deliveries.find(51)).isEmpty();
                    assertThat(deliveries.request(51)).isEmpty();
                    assertThat(deliveries.find(52)).isPresent();
                    assertThat(deliveries.counts("backup")).isEqualTo(Map.of("retained", 1L));
                    assertThat(deliveries.queueLength()).isEqualTo(1);
                    assertThat(reads.trail().head()).isEqualTo(Trail.Head.START);
                    return true;
                });
    }

    private static void count(Tx tx, String sop, String outcome) {
        tx.deliveries().count(Rows.counted(tx.deliveries().nextId(), sop, outcome), "{}");
    }

    // Gates

    @Test
    void a_code_belongs_to_one_open_gate() {
        var second = new GateKey(1, 2, 1, 2);
        store.write(tx -> tx.gates().put(Rows.gate(GATE, "ABC")));
        assertThatThrownBy(() -> store.write(tx -> tx.gates().put(Rows.gate(second, "ABC"))))
                .isInstanceOf(IllegalStateException.class);
        store.write(
                tx -> {
                    tx.gates().put(Rows.closed(Rows.gate(GATE, "ABC")));
                    tx.gates().put(Rows.gate(second, "ABC"));
                });
        assertThat(one(it -> it.gates().openByCode("ABC"))).hasValue(Rows.gate(second, "ABC"));
        assertThat(one(it -> it.gates().lastByCode("ABC"))).hasValue(Rows.gate(second, "ABC"));
        assertThat(list(it -> it.gates().open())).containsExactly(Rows.gate(second, "ABC"));
        assertThat(list(it -> it.gates().ofRun(1))).hasSize(2);
        assertThat(list(it -> it.gates().ofRun(2))).isEmpty();
    }

    @Test
    void a_code_is_known_for_a_while_after_its_gate_has_closed() {
        var closed = Rows.closed(Rows.gate(GATE, "ABC"));
        store.write(tx -> tx.gates().put(closed));
        assertThat(one(it -> it.gates().openByCode("ABC"))).isEmpty();
        assertThat(one(it -> it.gates().lastByCode("ABC"))).hasValue(closed);
        assertThat(one(it -> it.gates().lastByCode("ABD"))).isEmpty();

        var near = new GateKey(GATE.run() + Gates.RUNS_LOOKED_AT - 1, 1, 1, 1);
        store.write(tx -> tx.gates().put(Rows.gate(near, "XYZ")));
        assertThat(one(it -> it.gates().lastByCode("ABC"))).hasValue(closed);
        var far = new GateKey(GATE.run() + Gates.RUNS_LOOKED_AT, 1, 1, 1);
        store.write(tx -> tx.gates().put(Rows.closed(Rows.gate(far, "UVW"))));
        assertThat(one(it -> it.gates().lastByCode("ABC"))).isEmpty();
    }

    @Test
    void a_person_has_one_vote_on_each_revision() {
        var second = new GateKey(1, 2, 1, 2);
        store.write(
                tx -> {
                    tx.gates().putVote(Rows.vote(GATE, "ben", "approve"));
                    tx.gates().putVote(Rows.vote(GATE, "ada", "approve"));
                    tx.gates().putVote(Rows.vote(GATE, "ada", "deny"));
                    tx.gates().putVote(Rows.vote(second, "ada", "approve"));
                    tx.gates().removeVote(GATE, "ben");
                });
        assertThat(list(it -> it.gates().votes(GATE)))
                .containsExactly(Rows.vote(GATE, "ada", "deny"));
        assertThat(list(it -> it.gates().votes(second))).hasSize(1);
    }

    // Chat

    @Test
    void an_event_is_heard_once_by_each_connector() {
        assertThat(hear("matrix")).isTrue();
        assertThat(hear("matrix")).isFalse();
        assertThat(hear("discord")).isTrue();
        store.write(tx -> tx.chat().position("matrix", "s1", NOON));
        store.write(tx -> tx.chat().position("matrix", "s2", NOON));
        assertThat(one(it -> it.chat().position("matrix"))).hasValue("s2");
        assertThat(one(it -> it.chat().position("discord"))).isEmpty();
    }

    private boolean hear(String connector) {
        return store.commit(tx -> tx.chat().hear(connector, "$1", NOON));
    }

    @Test
    void a_post_is_open_until_it_is_closed() {
        store.write(tx -> tx.chat().put(Rows.post("p1")));
        store.write(tx -> tx.chat().put(Rows.post("p2")));
        store.write(tx -> tx.chat().put(Rows.closed(Rows.post("p1"), NOON)));
        assertThat(list(it -> it.chat().openPosts("matrix"))).containsExactly(Rows.post("p2"));
        assertThat(one(it -> it.chat().post("matrix", "p1")))
                .hasValue(Rows.closed(Rows.post("p1"), NOON));
        store.write(tx -> tx.chat().remove("matrix", "p2"));
        assertThat(one(it -> it.chat().post("matrix", "p2"))).isEmpty();
    }

    @Test
    void a_post_is_found_by_what_its_network_calls_it() {
        var post = Rows.closed(Rows.post("p1"), NOON);
        store.write(tx -> tx.chat().put(post));
        store.write(tx -> tx.chat().put(Rows.post("p2")));
        assertThat(one(it -> it.chat().postOfMessage("matrix", "$id"))).hasValue(post);
        assertThat(one(it -> it.chat().postOfMessage("matrix", "$other"))).isEmpty();
        assertThat(one(it -> it.chat().postOfMessage("discord", "$id"))).isEmpty();
    }

    // Node

    @Test
    void the_epoch_stays_and_is_another_in_every_store() {
        var epoch = store.read(it -> it.node().epoch());
        assertThat(epoch).matches("[0-9a-f]{16}");
        store = reopen(store);
        assertThat(store.<String>read(it -> it.node().epoch())).isEqualTo(epoch);
        assertThat(store.<OptionalLong>read(it -> it.node().restoredAt())).isEmpty();
    }

    @Test
    void settings_and_configurations_are_remembered() {
        store.write(
                tx -> {
                    tx.node().set("frozen", "release");
                    tx.node().set("frozen", "incident");
                    tx.node().set("paused", "x");
                    tx.node().clear("paused");
                    tx.node().add(new ConfigRow(1, "r1", "s1", "start"));
                    tx.node().add(new ConfigRow(2, "r2", "s1", "ada"));
                });
        assertThat(one(it -> it.node().setting("frozen"))).hasValue("incident");
        assertThat(one(it -> it.node().setting("paused"))).isEmpty();
        assertThat(list(it -> it.node().configs(1)))
                .containsExactly(new ConfigRow(2, "r2", "s1", "ada"));
    }

    // Trail and retention

    @Test
    void every_event_and_every_fact_is_chained_in_order() {
        store.write(
                tx -> {
                    start(tx, "deploy");
                    tx.trail().append(NOON, "refusal", 1, "{\"why\":\"x\"}");
                    tx.trail().append(NOON, "config", "{}");
                });
        store = reopen(store);
        store.write(tx -> tx.trail().append(NOON + 1, "backup", "{}"));
        var entries = store.read(it -> it.trail().after(0, 10));
        var head = Trail.Head.START;
        for (var entry : entries) {
            var link = entry.link();
            assertThat(link.position()).isEqualTo(head.position() + 1);
            assertThat(link.prev()).isEqualTo(head.hash());
            assertThat(link.hash()).isEqualTo(link.computedHash());
            assertThat(entry.body().orElseThrow().hash()).isEqualTo(link.bodyHash());
            head = link.head();
        }
        assertThat(entries)
                .extracting(it -> it.link().kind())
                .containsExactly("RunStarted", "refusal", "config", "backup");
        assertThat(entries.getFirst().link().seq()).isEqualTo(OptionalInt.of(1));
        assertThat(entries.getFirst().event()).isPresent();
        assertThat(store.<Trail.Head>read(it -> it.trail().head())).isEqualTo(head);
        assertThat(list(it -> it.trail().ofRun(1))).hasSize(2);
        assertThat(list(it -> it.trail().ofKind("config"))).hasSize(1);
        assertThat(list(it -> it.trail().after(1, 2))).hasSize(2);
    }

    @Test
    void two_equal_bodies_do_not_have_equal_hashes() {
        store.write(tx -> tx.trail().append(NOON, "refusal", "{\"pin\":1234}"));
        store.write(tx -> tx.trail().append(NOON, "refusal", "{\"pin\":1234}"));
        assertThat(list(it -> it.trail().after(0, 2)))
                .extracting(it -> it.link().bodyHash())
                .doesNotHaveDuplicates();
    }

    @Test
    void retention_takes_bodies_and_payloads_and_never_a_link() {
        store.write(StoreContract::writeOldAndNew);
        int erased = store.retain(NOON, NOON + 9);
        assertThat(erased).isEqualTo(5);
        store = reopen(store);
        store.read(
                reads -> {
                    assertThat(reads.trail().after(0, 99))
                            .extracting(it -> it.link().kind() + " " + it.body().isPresent())
                            .containsExactly(
                                    "Old false",
                                    "Live true",
                                    "note false",
                                    "note true",
                                    "retention true");
                    assertThat(reads.runs().events(1))
                            .extracting(EventRow::json)
                            .containsOnly(Optional.empty());
                    assertThat(reads.runs().events(2).getFirst().json()).isPresent();
                    assertThat(reads.deliveries().request(1)).isEmpty();
                    assertThat(reads.deliveries().request(2)).as("waits").isPresent();
                    assertThat(reads.chat().heard("matrix", "$1")).isFalse();
                    assertThat(reads.chat().heard("matrix", "$2")).isTrue();
                    assertThat(reads.chat().post("matrix", "p1")).isEmpty();
                    assertThat(reads.chat().post("matrix", "p2")).as("open").isPresent();
                    return true;
                });
        var head = store.<Trail.Head>read(it -> it.trail().head());
        assertThat(store.retain(NOON, NOON + 10)).as("nothing is left to do").isZero();
        assertThat(store.<Trail.Head>read(it -> it.trail().head())).isEqualTo(head);
        assertThat(store.retain(NOON + 100, NOON + 100)).isGreaterThan(0);
        assertThat(list(it -> it.trail().ofKind(Trail.RETENTION)))
                .allSatisfy(it -> assertThat(it.body()).isPresent());
    }

    private static void writeOldAndNew(Tx tx) {
        long old = NOON - 10;
        var ended = Rows.ended(Rows.run(1, "deploy"), "completed", old);
        tx.runs().append(ended, List.of(new NewEvent(old, "Old", "{}")));
        tx.runs().append(Rows.run(2, "deploy"), List.of(new NewEvent(old, "Live", "{}")));
        tx.trail().append(old, "note", 1, "{}");
        tx.trail().append(NOON, "note", "{}");
        tx.deliveries().add(Rows.keyed(Rows.delivery(1, "deploy"), "k1", old), "{}");
        tx.deliveries().settle(1, "dropped", "", OptionalLong.empty());
        tx.deliveries().add(Rows.keyed(Rows.delivery(2, "deploy"), "k2", old), "{}");
        tx.chat().hear("matrix", "$1", old);
        tx.chat().hear("matrix", "$2", NOON);
        tx.chat().put(Rows.closed(Rows.post("p1"), old));
        tx.chat().put(Rows.post("p2"));
    }

    @Test
    void retention_takes_more_than_one_step() {
        int many = Store.RETAIN_STEP_ROWS_MAX + 5;
        store.write(
                tx -> IntStream.range(0, many).forEach(i -> tx.chat().hear("matrix", "$" + i, 1)));
        assertThat(store.retain(NOON, NOON)).isEqualTo(many);
    }

    // Crashes

    static List<int[]> crashes() {
        var all = new ArrayList<int[]>();
        for (int commit = 1; commit <= History.COMMITS; commit++) {
            all.add(new int[] {commit, 0});
            all.add(new int[] {commit, 1});
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void a_history_ends_the_same_whichever_commit_the_crash_is_at(int[] crash) {
        var crashing = new CrashingStore(store, crash[0], crash[1] == 1);
        assertThatThrownBy(() -> History.play(crashing)).isInstanceOf(CrashingStore.Crash.class);
        store = reopen(store);
        History.play(store); // people and networks repeat themselves
        assertThat(Dump.of(store)).isEqualTo(History.WANTED);
    }

    @Test
    void a_history_played_again_writes_nothing() {
        var counting = new CrashingStore(store, Integer.MAX_VALUE, true);
        History.play(counting);
        assertThat(counting.commits()).isEqualTo(History.COMMITS);
        var before = Dump.of(store);
        History.play(store);
        assertThat(Dump.of(store)).isEqualTo(before);
    }

    // What the tests write

    static long start(Tx tx, String sop) {
        long number = tx.runs().nextNumber();
        add(tx, Rows.run(number, sop));
        return number;
    }

    private static void add(Tx tx, RunRow run) {
        assertThat(tx.runs().append(run, Rows.event("RunStarted"))).isTrue();
    }

    private static void writeEverywhere(Tx tx) {
        long run = start(tx, "deploy");
        tx.runs().append(Rows.parked(Rows.run(run, "deploy").withVersion(1)), Rows.event("Parked"));
        tx.runs().putSecret(run, "token", Rows.bytes("t" + run));
        tx.snapshots().keep(Rows.FILES);
        long id = tx.deliveries().nextId();
        tx.deliveries().add(Rows.delivery(id, "deploy"), "{}");
        tx.deliveries().replaceRequest(id, "{\"new\":1}");
        tx.deliveries().settle(id, "started", "", OptionalLong.of(run));
        count(tx, "backup", "retained");
        tx.gates().put(Rows.gate(new GateKey(run, 1, 1, 1), "C" + run));
        tx.gates().putVote(Rows.vote(new GateKey(run, 1, 1, 1), "ada", "approve"));
        tx.chat().put(Rows.post("p" + run));
        tx.chat().hear("matrix", "$" + run, NOON);
        tx.chat().position("matrix", "s" + run, NOON);
        tx.node().set("frozen", "since " + run);
        tx.node().add(new ConfigRow(NOON, "r" + run, "s", "start"));
        tx.trail().append(NOON, "refusal", run, "{}");
    }

    private static void writeEverywhereAndFail(Tx tx) {
        writeEverywhere(tx);
        tx.runs().eraseSecrets(1);
        tx.gates().removeVote(new GateKey(1, 1, 1, 1), "ada");
        tx.chat().remove("matrix", "p1");
        tx.node().clear("frozen");
        tx.erase(NOON + 1, 1_000);
        throw new IllegalArgumentException("a bug");
    }

    private <T> List<T> list(StoreView.Query<List<T>> query) {
        return store.read(query);
    }

    private <T> Optional<T> one(StoreView.Query<Optional<T>> query) {
        return store.read(query);
    }

    private long number(StoreView.Query<? extends Number> query) {
        return store.read(query).longValue();
    }

    private static List<Long> numbers(List<RunRow> runs) {
        return runs.stream().map(RunRow::number).toList();
    }
}
