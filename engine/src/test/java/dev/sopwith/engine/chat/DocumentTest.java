package dev.sopwith.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.chat.Document.Block;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.Set;

/** What stands in a message cannot be more than text. */
final class DocumentTest {
    @Test
    void nothing_in_it_hides_or_moves_what_stands_beside_it() {
        for (var text : ConnectorContract.HOSTILE) {
            var document =
                    new Document(
                            text,
                            List.of(new Block.Line(text), Block.Code.of(text)),
                            Set.of(),
                            List.of(),
                            false);
            assertThat(document.plain().replace("\n", "")).matches("[^\\p{Cc}\\p{Cf}\\p{Cs}]*");
        }
        assertThat(new Block.Line("a\nb").text()).isEqualTo("a\\u000ab");
    }

    @Test
    void code_keeps_its_lines_and_blanks() {
        assertThat(Block.Code.of("if x\n\tthen  y \n\n").text()).isEqualTo("if x\n\tthen  y \n\n");
        assertThat(Block.Code.of("a\rb").text()).isEqualTo("a\\u000db");
    }

    @Test
    void what_is_too_long_is_cut_and_says_by_how_much() {
        var code = Block.Code.of("x".repeat(Block.Code.LENGTH_MAX + 5));
        assertThat(code.cut()).isEqualTo(5);
        var many = Document.lines(Collections.nCopies(1_000, "line"));
        assertThat(many.blocks()).hasSize(Document.BLOCKS_MAX);
        assertThat(many.plain()).endsWith("… and 801 more");
        assertThat(new Block.Line("x".repeat(200_000)).text()).endsWith("…");
    }
}
