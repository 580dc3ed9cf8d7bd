package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.Document;
import dev.sopwith.engine.chat.Document.Block;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A document as one message: text where it fits, else an embed below its title, else that and all
 * of it as a file. Pure.
 *
 * @param content with the mentions in front
 * @param embed what stands in the box below it
 * @param file the whole text, where the message cannot hold it
 * @param calls the ids of those who are mentioned; nobody else is, whatever the text says
 */
record DocumentText(
        String content, Optional<String> embed, Optional<String> file, SortedSet<String> calls) {
    static final int CONTENT_MAX = 2_000;
    static final int EMBED_MAX = 4_096;

    /** More people than this are not called by one message. */
    static final int CALLS_MAX = 50;

    private static final String CUT = "*all of it is in the file*";

    /**
     * @param accounts the Discord ids of a person
     */
    static DocumentText of(
            Document document, Function<String, ? extends Iterable<String>> accounts) {
        var calls = new TreeSet<String>();
        for (var person : document.mentions()) accounts.apply(person).forEach(calls::add);
        while (calls.size() > CALLS_MAX) calls.removeLast();
        var head = head(document, calls);
        var blocks = blocks(document);
        var all = join(head, String.join("\n", blocks));
        if (all.length() <= CONTENT_MAX) {
            return new DocumentText(all, Optional.empty(), Optional.empty(), calls);
        }
        var body = String.join("\n", blocks);
        if (body.length() <= EMBED_MAX) {
            return new DocumentText(head, Optional.of(body), Optional.empty(), calls);
        }
        return new DocumentText(
                head, Optional.of(begin(blocks)), Optional.of(document.plain()), calls);
    }

    private static String head(Document document, SortedSet<String> calls) {
        var mentions = new ArrayList<String>();
        for (var it : calls) mentions.add("<@" + it + ">");
        var title = document.title().isEmpty() ? "" : "**" + Escaping.line(document.title()) + "**";
        return join(String.join(" ", mentions), title);
    }

    private static String join(String one, String other) {
        if (one.isEmpty()) return other;
        return other.isEmpty() ? one : one + "\n" + other;
    }

    private static List<String> blocks(Document document) {
        var blocks = new ArrayList<String>();
        for (var block : document.blocks()) {
            switch (block) {
                case Block.Line(var text) -> blocks.add(Escaping.line(text));
                case Block.Code(var text, var cut) -> {
                    if (!text.isBlank()) blocks.add(Escaping.code(text));
                    if (cut > 0) blocks.add("\\[%,d more characters\\]".formatted(cut));
                }
            }
        }
        return blocks;
    }

    /** As many whole blocks as there is room for, and part of the next if it is a long one. */
    private static String begin(List<String> blocks) {
        var out = new StringBuilder();
        int room = EMBED_MAX - CUT.length() - 1;
        for (var block : blocks) {
            if (out.length() + block.length() + 1 > room) {
                int left = room - out.length() - 16;
                if (block.startsWith("```\n") && left > 100) {
                    int end = block.lastIndexOf('\n', left);
                    out.append(block, 0, end > 4 ? end : left).append("\n```\n");
                }
                break;
            }
            out.append(block).append('\n');
        }
        return out.append(CUT).toString();
    }
}
