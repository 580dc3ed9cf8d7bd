package dev.sopwith.engine.reading;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.SopFiles;

import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A fenced block in the documentation, and how to read it as the SOP it is an example of.
 *
 * @param section the nearest heading above it
 * @param label the paragraph right above it, such as {@code Wrong:}; empty when there is none
 * @param line of its opening fence, from 1
 */
record DocBlock(String section, String label, String language, String text, int line) {

    /** The other file of an example that shows only SOP.md. */
    static final String OTHER_MANIFEST =
            """
            [sop]
            name = "deploy-prod"
            description = "The other file of an example"

            [[inputs]]
            name = "version"
            type = "string"
            required = true

            [[inputs]]
            name = "env"
            type = "choice"
            choices = ["dev", "prod"]
            default = "dev"

            [[inputs]]
            name = "pin"
            type = "string"
            secret = true

            [[triggers]]
            type = "manual"
            """;

    /** The other file of an example that shows only SOP.toml. */
    static final String OTHER_PROCEDURE =
            """
            ## Steps

            1. **Look** — look at the board.
            """;

    /** Later than every schedule that an example calls over. */
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** {@return all fenced blocks of a page, top to bottom, also those inside lists and quotes} */
    static List<DocBlock> in(String page) {
        var markdown = new Markdown(SourceText.of(page));
        List<DocBlock> blocks = new ArrayList<>();
        collect(markdown, markdown.document(), "", blocks);
        return blocks;
    }

    private static void collect(
            Markdown markdown, Node parent, String outerSection, List<DocBlock> blocks) {
        var section = outerSection;
        var label = "";
        for (Node node : Markdown.children(parent)) {
            if (node instanceof Heading heading) section = text(markdown, heading);
            if (node instanceof FencedCodeBlock fence) {
                blocks.add(of(markdown, fence, section, label));
            } else {
                collect(markdown, node, section, blocks);
            }
            label = node instanceof Paragraph ? text(markdown, node) : "";
        }
    }

    private static DocBlock of(
            Markdown markdown, FencedCodeBlock fence, String section, String label) {
        var language = Optional.ofNullable(fence.getInfo()).orElse("").split(" ", 2)[0];
        return new DocBlock(
                section, label, language, fence.getLiteral(), markdown.at(fence).line());
    }

    /** {@return the text of a heading or paragraph, its lines joined by blanks} */
    static String text(Markdown markdown, Node block) {
        return String.join(" ", markdown.lines(block).stream().map(Markdown.Line::text).toList());
    }

    boolean isManifest() {
        return language.equals("toml");
    }

    boolean isProcedure() {
        return language.equals("md");
    }

    /** Reads this block beside the default for the other file. */
    SopReader.Result read() {
        assertThat(isManifest() || isProcedure()).as("line %d is a SOP's file", line).isTrue();
        return isManifest() ? read(text, OTHER_PROCEDURE) : read(OTHER_MANIFEST, text);
    }

    static SopReader.Result read(String manifest, String procedure) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        files.put(SopReader.MANIFEST, manifest.getBytes(StandardCharsets.UTF_8));
        files.put(SopReader.PROCEDURE, procedure.getBytes(StandardCharsets.UTF_8));
        return read(files);
    }

    /** Reads a folder of which only the two files matter. */
    static SopReader.Result read(SortedMap<String, byte[]> files) {
        SortedMap<String, SopFiles.File> folder = new TreeMap<>();
        files.forEach((name, content) -> folder.put(name, new SopFiles.File(content, false)));
        return SopReader.read(new SopFiles(folder), "sops/deploy-prod", NOW);
    }
}
