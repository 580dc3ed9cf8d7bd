package dev.sopwith.engine.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every piece of a SOP.toml or SOP.md in the guide for authors reads without a finding. */
class DocsExamplesTest {

    private static final Path GUIDE = Path.of("..", "docs", "sop-format.md");

    @TestFactory
    Stream<DynamicTest> every_example_in_the_guide_is_clean() throws IOException {
        var blocks =
                DocBlock.in(Files.readString(GUIDE)).stream()
                        .filter(block -> block.isManifest() || block.isProcedure())
                        .toList();
        assertThat(blocks).anyMatch(DocBlock::isManifest).anyMatch(DocBlock::isProcedure);

        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            var block = blocks.get(i);
            boolean paired = i + 1 < blocks.size() && areOneSop(block, blocks.get(i + 1));
            List<DocBlock> sop = paired ? List.of(block, blocks.get(++i)) : List.of(block);
            tests.add(
                    dynamicTest(
                            "%s, line %d".formatted(block.section(), block.line()),
                            () -> assertThat(read(sop).diagnostics()).isEmpty()));
        }
        return tests.stream();
    }

    /** A SOP.toml and the next SOP.md under the same heading belong together. */
    private static boolean areOneSop(DocBlock one, DocBlock next) {
        return one.isManifest() && next.isProcedure() && one.section().equals(next.section());
    }

    private static SopReader.Result read(List<DocBlock> sop) {
        var manifest = DocBlock.OTHER_MANIFEST;
        var procedure = DocBlock.OTHER_PROCEDURE;
        for (DocBlock block : sop) {
            if (block.isManifest()) manifest = whole(block);
            else procedure = whole(block);
        }
        return DocBlock.read(manifest, procedure);
    }

    /** The guide shows some things as a piece of a file: here it becomes a file. */
    private static String whole(DocBlock block) {
        var text = block.text();
        if (block.isProcedure()) {
            return text.contains("## Steps") ? text : "## Steps\n\n" + text;
        }
        var manifest =
                text.startsWith("[sop]")
                        ? text
                        : "[sop]\nname = \"piece\"\ndescription = \"A piece of a file\"\n\n" + text;
        boolean startable = text.contains("[[triggers]]");
        return startable ? manifest : manifest + "\n[[triggers]]\ntype = \"manual\"\n";
    }
}
