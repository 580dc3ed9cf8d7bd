package dev.sopwith.bot.discord;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.discord.ClientText;
import dev.sopwith.engine.chat.ConnectorContract;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Documents as Discord's Markdown: what is shown is what was meant, within every limit. */
class DocumentTextTest {
    private static DocumentText of(Document document) {
        return DocumentText.of(
                document, it -> it.equals("alice") ? Set.of("4711", "4712") : Set.of());
    }

    private static Document document(String title, String... lines) {
        var blocks = new ArrayList<Block>();
        for (var it : lines) blocks.add(new Block.Line(it));
        return new Document(title, blocks, Set.of(), List.of(), false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "a_b*c`d`            | a\\_b\\*c\\`d\\`",
                "# head              | \\# head",
                "7. seventh          | 7\\. seventh",
                "1.5 of 2            | 1\\.5 of 2",
                "v1.5                | v1.5",
                "<@1> <#2> <:x:3>    | \\<\\@1\\> \\<\\#2\\> \\<\\:x\\:3\\>",
                "@everyone           | \\@everyone",
                "https://a.b/c       | https\\://a.b/c",
                "14:02 and: so       | 14\\:02 and: so",
                ":tada:              | \\:tada:",
                "~~y~~               | \\~\\~y\\~\\~",
                "[a](b)              | \\[a\\]\\(b\\)"
            })
    void a_line_is_escaped(String text, String markdown) {
        assertThat(Escaping.line(text)).isEqualTo(markdown);
        assertThat(ClientText.of(Escaping.line(text))).isEqualTo(text);
    }

    @Test
    void a_message_in_full() {
        var document =
                new Document(
                        "R-12 deploy_prod",
                        List.of(new Block.Line("it does:"), Block.Code.of("a `b`\n  c")),
                        Set.of("alice", "nobody"),
                        List.of(),
                        true);
        assertThat(of(document).content())
                .isEqualTo(
                        """
                        <@4711> <@4712>
                        **R\\-12 deploy\\_prod**
                        it does:
                        ```
                        a `b`
                          c
                        ```""");
        assertThat(of(document).calls()).containsExactly("4711", "4712");
    }

    @Test
    void code_with_the_marks_of_code_is_a_quotation() {
        assertThat(Escaping.code("a\n```\n*b*")).isEqualTo("> a\n> \\`\\`\\`\n> \\*b\\*");
    }

    @Test
    void what_does_not_fit_stands_in_a_box_and_what_is_longer_in_a_file() {
        var some =
                document("t", "x".repeat(500), "y".repeat(500), "z".repeat(500), "w".repeat(500));
        assertThat(of(some).content()).isEqualTo("**t**");
        assertThat(of(some).embed().orElseThrow()).hasSize(2_003);
        assertThat(of(some).file()).isEmpty();

        var lines = new String[100];
        java.util.Arrays.fill(lines, "l".repeat(400));
        var many = of(document("t", lines));
        assertThat(many.embed().orElseThrow()).endsWith("*all of it is in the file*");
        assertThat(many.file()).contains(document("t", lines).plain());
    }

    @ParameterizedTest
    @ValueSource(ints = {1_990, 1_999, 2_000, 2_001, 4_096, 4_097, 8_000})
    void no_limit_is_passed(int characters) {
        var code =
                new Document(
                        "",
                        List.of(Block.Code.of("x".repeat(characters))),
                        Set.of(),
                        List.of(),
                        false);
        check(of(code));
    }

    private static void check(DocumentText text) {
        assertThat(text.content().length()).isLessThanOrEqualTo(DocumentText.CONTENT_MAX);
        assertThat(text.embed().map(String::length).orElse(0))
                .isLessThanOrEqualTo(DocumentText.EMBED_MAX);
        assertThat(text.content() + text.embed().orElse("")).isNotEmpty();
    }

    @Test
    void whatever_is_written_is_read_as_it_was() {
        for (long seed = 0; seed < 2_000; seed++) {
            var random = new Random(seed);
            var line = new StringBuilder();
            var parts = "\\`*_~|>#-+[]()<@:.! 1a/é\uD83D\uDE00";
            for (int i = random.nextInt(20); i >= 0; i--) {
                int at = random.nextInt(parts.codePointCount(0, parts.length()));
                line.appendCodePoint(parts.codePointAt(parts.offsetByCodePoints(0, at)));
            }
            var text = line.toString();
            assertThat(ClientText.of(Escaping.line(text))).as("seed %d", seed).isEqualTo(text);
        }
        for (var it : ConnectorContract.HOSTILE) {
            var document = Document.line(it);
            assertThat(ClientText.of(of(document).content())).isEqualTo(document.plain());
            assertThat(of(document).calls()).isEmpty();
        }
    }

    @Test
    void ids_of_controls_and_messages_are_read_as_they_were_written() {
        var form = ControlIds.form("run deploy a:b=c").orElseThrow();
        assertThat(ControlIds.parse(form.text())).contains(form);
        assertThat(ControlIds.form("run " + "x".repeat(100))).isEmpty();
        for (var it : List.of("", "s1", "s1:p", "s0:p:x", "s1:z:x", "approve")) {
            assertThat(ControlIds.parse(it)).as(it).isEqualTo(Optional.empty());
        }
        for (var it : List.of("1/2", "1/2/3")) {
            assertThat(MessageId.parse(it).orElseThrow().toString()).isEqualTo(it);
        }
        assertThat(MessageId.parse("m1")).isEmpty();
        assertThat(ChannelSender.nonce("k")).hasSize(25).isNotEqualTo(ChannelSender.nonce("l"));
    }

    @Test
    void a_position_keeps_the_marks_of_open_prompts() {
        var position = Position.parse("99 1/2,7,✅ 1/3,8,❌ broken", it -> it.equals("1/2"));
        assertThat(position.marks("1/2")).hasSize(1);
        assertThat(position.with(List.of())).isEqualTo("99 1/2,7,✅");
        assertThat(new Position(0, _ -> true).readFrom()).isEmpty();
    }
}
