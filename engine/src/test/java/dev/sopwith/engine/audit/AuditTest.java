package dev.sopwith.engine.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit.Finding;
import dev.sopwith.engine.store.InMemoryStore;
import dev.sopwith.engine.store.Runs.NewEvent;
import dev.sopwith.engine.store.Runs.Phase;
import dev.sopwith.engine.store.Runs.RunRow;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.store.Trail.Body;
import dev.sopwith.engine.store.Trail.Head;
import dev.sopwith.engine.store.Trail.Link;
import dev.sopwith.engine.store.Tx;

import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The record as it should be. What happens to one that was tampered with: {@link TamperingTest}.
 */
final class AuditTest {
    private static final long NOON = 1_750_000_000_000L;

    private final Store store = new InMemoryStore(new SecureRandom());
    private final Audit audit = new Audit(store);

    @Test
    void an_empty_record_is_in_order() {
        assertThat(audit.verify()).isEqualTo(new Audit.Report(0, 0, Head.START, Optional.empty()));
    }

    @Test
    void a_record_is_in_order_and_its_head_is_worth_keeping() {
        start(1, "{}");
        var noted = audit.verify().head();
        store.write(tx -> tx.trail().append(NOON, "refusal", 1, "{}"));
        assertThat(audit.verify(noted).finding()).isEmpty();
        assertThat(audit.verify(noted).rows()).isEqualTo(2);
        assertThat(noted).isNotEqualTo(audit.verify().head());
    }

    @Test
    void a_head_that_is_ahead_of_the_record_shows_a_cut_off_tail() {
        start(1, "{}");
        var noted = new Head(5, "a".repeat(64));
        assertThat(audit.verify(noted).finding())
                .hasValue(new Finding(2, "the tail is missing: row 5 was noted elsewhere"));
    }

    @Test
    void a_head_of_another_record_is_seen() {
        start(1, "{}");
        var noted = new Head(1, "a".repeat(64));
        assertThat(audit.verify(noted).finding())
                .hasValue(new Finding(1, "the row is not the one that was noted elsewhere"));
    }

    @Test
    void retention_leaves_the_record_in_order() {
        start(1, "{\"who\":\"grace\"}");
        store.write(tx -> tx.trail().append(NOON, "refusal", "{}"));
        end(1);
        store.retain(NOON + 1, NOON + 2);
        assertThat(audit.verify().finding()).isEmpty();
        assertThat(audit.verify().erased()).isEqualTo(3);
        assertThat(audit.jsonLines(1))
                .contains("\"salt\":null,\"body\":null")
                .doesNotContain("grace");
        assertThat(audit.markdown(1)).contains("(erased)");
    }

    @Test
    void bodies_that_nobody_announced_to_erase_are_missed() {
        store.write(tx -> tx.trail().append(NOON, "note", "{}"));
        store.write(tx -> tx.trail().append(NOON, "refusal", "{}"));
        store.retain(NOON, NOON + 1); // a limit that does not reach them
        store.write(tx -> assertThat(tx.erase(NOON + 1, 10)).isEqualTo(2));
        assertThat(audit.verify().finding()).hasValue(new Finding(1, "its body is missing"));
    }

    @Test
    void a_run_is_exported_so_that_others_can_compute_its_hashes() {
        start(1, "{\"a\":\"\\u00e4\"}");
        start(2, "{}");
        var link = store.read(it -> it.trail().ofRun(1)).getFirst();
        assertThat(audit.jsonLines(1))
                .isEqualTo(
                        "{\"position\":1,\"at\":1750000000000,\"kind\":\"RunStarted\",\"run\":1,\"seq\":1,"
                                + "\"body_hash\":\"%s\",\"prev\":\"%s\",\"hash\":\"%s\",\"salt\":\"%s\","
                                        .formatted(
                                                link.link().bodyHash(),
                                                "0".repeat(64),
                                                link.link().hash(),
                                                link.body().orElseThrow().salt())
                                + "\"body\":\"{\\\"a\\\":\\\"\\\\u00e4\\\"}\"}\n");
    }

    @Test
    void the_hash_is_the_documented_one() {
        // Computed by hand with sha256sum from the description in Trail.Link and Trail.Body.
        var body = new Body("00".repeat(16), "{}");
        var link = Link.after(Head.START, 1, "note", OptionalLong.of(7), OptionalInt.empty(), body);
        assertThat(link.bodyHash())
                .isEqualTo("eb0bf30f27da78b1767628c09121a2e1473c608e2194faa3fd9e2f4dbb0b246a");
        assertThat(link.hash())
                .isEqualTo("5f13eba8be599f70e68556e159c36b1afbc43a6893b72f11cb09666e9fea7618");
    }

    @Test
    void a_report_is_readable_and_takes_nothing_from_outside_as_markup() {
        start(1, "{\"x\":\"```\\n# @everyone <b>\u202e\u0007\"}");
        end(1);
        assertThat(audit.markdown(1))
                .isEqualTo(
                        """
                        # Record of R-1

                        - SOP: \\*deploy\\* \\<x\\>, snapshot abc
                        - started: 2025-06-15T15:06:40Z
                        - ended: 2025-06-15T15:06:40Z
                        - outcome: completed

                        ## 1: RunStarted

                        2025-06-15T15:06:40Z, event 1, hash HASH1

                        ````json
                        {"x":"```\\n# @everyone <b>\\u202e\\u0007"}
                        ````

                        ## 2: RunEnded

                        2025-06-15T15:06:40Z, event 2, hash HASH2

                        ```json
                        {}
                        ```

                        """
                                .replace("HASH1", hash(0))
                                .replace("HASH2", hash(1)));
        assertThat(audit.markdown(9)).contains("nothing on record");
    }

    private String hash(int index) {
        return store.read(it -> it.trail().ofRun(1)).get(index).link().hash().substring(0, 12);
    }

    private void start(long run, String json) {
        store.write(tx -> append(tx, row(run, Phase.EXECUTING, 0), "RunStarted", json));
    }

    private void end(long run) {
        store.write(tx -> append(tx, row(run, Phase.ENDED, 1), "RunEnded", "{}"));
    }

    private static void append(Tx tx, RunRow row, String type, String json) {
        assertThat(tx.runs().append(row, List.of(new NewEvent(NOON, type, json)))).isTrue();
    }

    private static RunRow row(long run, Phase phase, long version) {
        boolean ended = phase == Phase.ENDED;
        return new RunRow(
                run,
                "*deploy* <x>",
                "abc",
                Optional.empty(),
                phase,
                ended ? Optional.of("completed") : Optional.empty(),
                1,
                "{}",
                version,
                NOON,
                ended ? OptionalLong.of(NOON) : OptionalLong.empty(),
                OptionalLong.empty());
    }
}
