package dev.sopwith.bot.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.ConnectorContract;
import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

class MatrixHtmlTest {
    private static Set<String> accounts(String person) {
        return Set.of("@" + person + ":example.org");
    }

    private static MatrixHtml.Written written(Document document) {
        return MatrixHtml.write(document, MatrixHtmlTest::accounts);
    }

    private static Document document(String title, Set<String> mentions, Block... blocks) {
        return new Document(title, List.of(blocks), mentions, List.of(), true);
    }

    @Test
    void a_document_is_a_body_and_html_of_few_tags() {
        var written =
                written(
                        document(
                                "R-12 deploy needs a yes",
                                Set.of("bob"),
                                new Block.Line("it does (sh):"),
                                Block.Code.of("rm -rf \"$X\"\n  && true"),
                                new Block.Line("digest 9f8e7d6c")));

        assertThat(written.body())
                .isEqualTo(
                        """
                        R-12 deploy needs a yes
                        it does (sh):
                            rm -rf "$X"
                              && true
                        digest 9f8e7d6c
                        @bob:example.org""");
        assertThat(written.html())
                .isEqualTo(
                        "<strong>R-12 deploy needs a yes</strong><br>it does (sh):<pre><code>rm -rf"
                                + " &quot;$X&quot;\n"
                                + "  &amp;&amp; true</code></pre>digest 9f8e7d6c<br><a"
                                + " href=\"https://matrix.to/#/@bob:example.org\">@bob:example.org</a>");
        assertThat(written.mentions()).containsExactly("@bob:example.org");
        assertThat(written.whole()).isEmpty();
    }

    @Test
    void a_title_alone_can_call_people() {
        assertThat(written(document("R-1 waits", Set.of("bob"))).html())
                .startsWith("<strong>R-1 waits</strong><br><a href");
    }

    @Test
    void text_from_outside_is_text_and_calls_nobody() {
        for (var text : ConnectorContract.HOSTILE) {
            var written = written(Document.line(text));
            assertThat(written.body()).isEqualTo(Document.line(text).plain());
            assertThat(written.html()).doesNotContain("<");
            assertThat(written.mentions()).isEmpty();
        }
    }

    @Test
    void what_cannot_be_a_link_is_none() {
        var written =
                MatrixHtml.write(
                        document("x", Set.of("odd")), _ -> Set.of("@a\"><b>/?#é:example.org"));
        assertThat(written.html()).doesNotContain("<b>").contains("%22%3E%3Cb%3E");
    }

    @Test
    void however_much_there_is_a_server_takes_it_and_the_whole_goes_along() {
        for (var text : List.of("x", "é", "<", "\\", "字", "\"\n")) {
            var blocks = new ArrayList<Block>();
            for (int i = 0; i < 150; i++) {
                blocks.add(new Block.Line(text.strip().repeat(500)));
                blocks.add(Block.Code.of(text.repeat(4_000)));
            }
            var document = new Document("R-1", blocks, Set.of(), List.of(), false);

            var written = written(document);

            int bytes = bytes(written.body()) + bytes(written.html());
            assertThat(bytes).as(text).isLessThan(2 * MatrixHtml.BYTES_MAX);
            assertThat(written.whole()).contains(document.plain() + "\n");
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    void of_much_output_the_end_is_shown() {
        var text = "line\n".repeat(1_500) + "it failed here";
        var document =
                document(
                        "output of step 1",
                        Set.of(),
                        Block.Code.of("<".repeat(6_000) + text.substring(6_000)));

        var written = written(document);

        assertThat(written.body()).contains("it failed here", "characters are left out]");
    }
}
