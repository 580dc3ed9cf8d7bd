package dev.sopwith.bot.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.ConnectorContract;
import dev.sopwith.engine.chat.InboundEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

class MatrixTextTest {
    private static final String SELF = "@sopwith:example.org";
    private static final String PILL =
            "<a href=\"https://matrix.to/#/@sopwith:example.org\">Release Bot</a> ";

    private final MatrixText text = new MatrixText(SELF);

    private Optional<InboundEvent> heard(
            String type, String body, String html, boolean isMentioned, boolean isReply) {
        return text.message(
                new Happening.Said(
                        "!room",
                        "$1",
                        "@alice:example.org",
                        Instant.EPOCH,
                        Optional.empty(),
                        isReply ? Optional.of("$prompt") : Optional.empty(),
                        type,
                        body,
                        html.isEmpty() ? Optional.empty() : Optional.of(html),
                        isMentioned ? Set.of(SELF) : Set.of(),
                        false));
    }

    private InboundEvent.Message said(String body, String html, boolean isMentioned) {
        return (InboundEvent.Message) heard("m.text", body, html, isMentioned, false).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "!sop run deploy v=1, run deploy v=1",
        "//sop  runs, runs",
        "/sop runs, runs",
        "!SOP runs, runs",
        "!sop, ''"
    })
    void a_prefix_addresses_the_service(String body, String rest) {
        var message = said(body, "", false);
        assertThat(message.isAddressed()).isTrue();
        assertThat(message.text()).isEqualTo(rest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!sops",
                "!sop: runs",
                "/sopwith",
                "try !sop runs",
                "sop runs",
                "!!sop runs"
            })
    void what_only_looks_like_a_prefix_is_talk(String body) {
        var message = said(body, "", false);
        assertThat(message.isAddressed()).isFalse();
        assertThat(message.text()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@sopwith:example.org runs",
                "@sopwith:example.org: runs",
                "sopwith: runs",
                "@sopwith runs",
                "Sopwith, runs",
                "runs @sopwith:example.org"
            })
    void a_mention_addresses_the_service(String body) {
        assertThat(said(body, "", true).text()).isEqualTo("runs");
        assertThat(said(body, "", true).isAddressed()).isTrue();
        assertThat(said(body, "", false).isAddressed()).as("only looks like one").isFalse();
    }

    @Test
    void a_mention_is_taken_off_by_the_name_that_the_client_shows() {
        assertThat(said("Release Bot: runs", PILL + "runs", true).text()).isEqualTo("runs");
        assertThat(said("Release Bot runs", PILL + "runs", true).text()).isEqualTo("runs");
    }

    @Test
    void what_a_reply_repeats_is_not_part_of_it() {
        var message =
                (InboundEvent.Message)
                        heard(
                                        "m.text",
                                        "> <@sopwith:example.org> approve k7f3x\n> more\n\ndeny",
                                        "",
                                        false,
                                        true)
                                .orElseThrow();
        assertThat(message.text()).isEqualTo("deny");
        assertThat(message.replyTo()).contains("$prompt");
    }

    @Test
    void a_quote_that_is_no_reply_stays_as_it_was_written() {
        assertThat(said("> quoted\n\nno", "", false).text()).isEqualTo("> quoted\n\nno");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m.notice", "m.emote", "m.file", "m.image", "m.server_notice", "x"})
    void nothing_but_text_ever_acts(String type) {
        assertThat(heard(type, "!sop run deploy", "", true, false)).isEmpty();
    }

    @Test
    void hostile_text_arrives_as_it_was_written() {
        for (var it : ConnectorContract.HOSTILE)
            assertThat(said(it, "", false).text()).isEqualTo(it);
    }

    @Test
    void an_edit_says_only_whether_it_is_for_the_service() {
        var edit =
                new Happening.Edited(
                        "!room",
                        "$2",
                        "@alice:example.org",
                        Instant.EPOCH,
                        "$1",
                        Optional.empty(),
                        "m.text",
                        "!sop run deploy",
                        Set.of());
        assertThat(text.edit(edit))
                .contains(
                        new InboundEvent.Edited(
                                "$2", "!room", "matrix:@alice:example.org", true, Instant.EPOCH));
    }

    @ParameterizedTest
    @CsvSource({"✅, ✅", "✅\ufe0f, ✅", "👍🏽, 👍", "❌\ufe0e, ❌", "x, x"})
    void variants_of_a_mark_are_one(String key, String mark) {
        assertThat(MatrixText.mark(key)).contains(mark);
    }

    @Test
    void what_is_no_mark_is_none() {
        assertThat(MatrixText.mark("")).isEmpty();
        assertThat(MatrixText.mark("\ufe0f")).isEmpty();
        assertThat(MatrixText.mark("✅".repeat(10_000))).isEmpty();
    }

    @Test
    void odd_ids_are_nobody_else() {
        var odd = new MatrixText("@a=b/c_d.e+f-:localhost");
        assertThat(odd).isNotNull();
        assertThat(new MatrixText("@:x")).isNotNull();
    }
}
