package dev.sopwith.bot.matrix;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes a document as Matrix shows it: a whole plain body, and HTML of nothing but tags that every
 * client knows, in which everything from outside is escaped. Pure.
 */
final class MatrixHtml {
    /**
     * Bytes of body and HTML together, as JSON. An edit carries them twice and encryption adds a
     * third: so no event of ours comes near the 64 KiB that a server takes.
     */
    static final int BYTES_MAX = 20_000;

    private static final int[] CODE_MAX = {8_000, 4_000, 2_000, 1_000, 400};
    private static final int[] BLOCKS_MAX = {Document.BLOCKS_MAX, 100, 50, 20, 10};

    private MatrixHtml() {}

    /**
     * A document, written.
     *
     * @param mentions the accounts that are called
     * @param whole all of the text, where not all of it fits
     */
    record Written(String body, String html, Set<String> mentions, Optional<String> whole) {}

    /**
     * @param accounts the Matrix ids of a person
     */
    static Written write(Document document, Function<String, Set<String>> accounts) {
        var mentions = new TreeSet<String>();
        document.mentions().forEach(it -> mentions.addAll(accounts.apply(it)));
        for (int i = 0; i < CODE_MAX.length; i++) {
            var less = shortened(document, BLOCKS_MAX[i], CODE_MAX[i]);
            var written = write(less, mentions, document);
            if (size(written) <= BYTES_MAX) return written;
        }
        // Ten lines of 500 characters and a title: it always fits.
        return write(shortened(document, 1, 0), mentions, document);
    }

    private static Written write(Document shown, Set<String> mentions, Document whole) {
        var body = new StringBuilder(shown.plain());
        var html = new StringBuilder(html(shown));
        if (!mentions.isEmpty()) {
            body.append(body.isEmpty() ? "" : "\n").append(String.join(" ", mentions));
            html.append(html.isEmpty() || html.toString().endsWith("</pre>") ? "" : BR)
                    .append(pills(mentions));
        }
        var all =
                shown.equals(whole) ? Optional.<String>empty() : Optional.of(whole.plain() + "\n");
        return new Written(body.toString(), html.toString(), Set.copyOf(mentions), all);
    }

    private static final String BR = "<br>";

    private static String html(Document document) {
        var html = new StringBuilder();
        boolean afterLine = false;
        if (!document.title().isEmpty()) {
            html.append("<strong>").append(escaped(document.title())).append("</strong>");
            afterLine = true;
        }
        for (var block : document.blocks()) {
            switch (block) {
                case Block.Line(var text) -> {
                    if (afterLine) html.append(BR);
                    html.append(escaped(text));
                    afterLine = true;
                }
                case Block.Code(var text, var cut) -> {
                    html.append("<pre><code>").append(escaped(text)).append("</code></pre>");
                    afterLine = cut > 0;
                    if (cut > 0) html.append("[%,d more characters]".formatted(cut));
                }
            }
        }
        return html.toString();
    }

    private static String pills(Collection<String> users) {
        return users.stream()
                .map(
                        it ->
                                "<a href=\"https://matrix.to/#/%s\">%s</a>"
                                        .formatted(inUrl(it), escaped(it)))
                .collect(Collectors.joining(" "));
    }

    /** A link to a user, a room or an alias that every client opens. */
    static String link(String id) {
        return "https://matrix.to/#/" + inUrl(id);
    }

    private static String inUrl(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%40", "@")
                .replace("%3A", ":")
                .replace("%21", "!");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Bytes as JSON, as near as it matters. */
    private static int size(Written written) {
        return size(written.body()) + size(written.html());
    }

    private static int size(String text) {
        int size = 2;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c == '\n' || c == '\t') size += 2;
            else if (c < 0x20) size += 6;
            else size += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
        }
        return size;
    }

    /** The beginning of it, and the end of each of its codes: there stands what went wrong. */
    private static Document shortened(Document document, int blocksMax, int codeMax) {
        List<Block> blocks = new ArrayList<>();
        for (var block : document.blocks()) {
            if (blocks.size() == blocksMax) {
                int left = document.blocks().size() - blocksMax;
                blocks.add(new Block.Line("… and %,d more".formatted(left)));
                break;
            }
            if (block instanceof Block.Code(var text, var cut) && text.length() > codeMax) {
                int begin = text.length() - codeMax;
                if (begin < text.length() && Character.isLowSurrogate(text.charAt(begin))) begin++;
                blocks.add(
                        new Block.Line("[the first %,d characters are left out]".formatted(begin)));
                if (codeMax > 0) blocks.add(new Block.Code(text.substring(begin), cut));
            } else {
                blocks.add(block);
            }
        }
        return new Document(
                document.title(),
                blocks,
                document.mentions(),
                document.controls(),
                document.isLoud());
    }
}
