package dev.sopwith.engine.chat;

import dev.sopwith.engine.expression.Excerpt;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a message shows: text with a shape, which each network writes in its own way. Every text in
 * it is only ever text. Control and bidirectional characters are made visible here, once for all;
 * whatever a network takes for markup or a mention, its connector escapes.
 *
 * @param title one line of our own words: nothing from outside
 * @param mentions persons who are called; nobody else ever is, whatever the text says
 * @param isLoud whether people hear of it at once
 */
public record Document(
        String title,
        List<Block> blocks,
        Set<String> mentions,
        List<Control> controls,
        boolean isLoud) {
    private static final int TITLE_MAX = 200;

    /** Blocks beyond these are not shown, and a line says how many there were. */
    public static final int BLOCKS_MAX = 200;

    /** A part of a message. */
    public sealed interface Block {

        /** One line. */
        record Line(String text) implements Block {
            /** Characters of a line; a cut is marked. */
            public static final int LENGTH_MAX = 500;

            public Line {
                text = Excerpt.of(text, LENGTH_MAX);
            }
        }

        /**
         * Lines to be shown exactly, every blank of them.
         *
         * @param cut how many characters are left out, at the end
         */
        record Code(String text, int cut) implements Block {
            /** Characters of a code block. */
            public static final int LENGTH_MAX = 8_000;

            public Code {
                if (cut < 0) throw new IllegalArgumentException("cut by " + cut);
                text = visible(text);
            }

            /** The text, as much of it as can be shown. */
            public static Code of(String text) {
                if (text.length() <= LENGTH_MAX) return new Code(text, 0);
                int end = LENGTH_MAX;
                if (Character.isHighSurrogate(text.charAt(end - 1))) end--;
                return new Code(text.substring(0, end), text.length() - end);
            }

            private static String visible(String text) {
                var lines = new ArrayList<String>();
                for (var line : text.split("\n", -1)) {
                    var cells = new ArrayList<String>();
                    for (var cell : line.split("\t", -1)) {
                        cells.add(Excerpt.of(cell, Integer.MAX_VALUE));
                    }
                    lines.add(String.join("\t", cells));
                }
                return String.join("\n", lines);
            }
        }
    }

    /**
     * Something to press, where there are such things.
     *
     * @param id what it answers; comes back when it is pressed
     * @param label what stands on it
     * @param mark the mark that says the same, where people answer with marks
     */
    public record Control(String id, String label, Ask ask, Optional<String> mark) {
        /** One that no mark stands for. */
        public Control(String id, String label, Ask ask) {
            this(id, label, ask, Optional.empty());
        }
    }

    /** What a control asks for before it acts. */
    public enum Ask {
        NOTHING,
        /** May be left empty. */
        REASON,
        /** The one-time code: a press alone is not enough. */
        CODE
    }

    public Document {
        title = Excerpt.of(title, TITLE_MAX);
        blocks = bounded(blocks);
        mentions = Collections.unmodifiableSortedSet(new TreeSet<>(mentions));
        controls = List.copyOf(controls);
    }

    /** One line, for whoever asked. */
    public static Document line(String text) {
        return new Document("", List.of(new Block.Line(text)), Set.of(), List.of(), false);
    }

    /** Lines, for whoever asked. */
    public static Document lines(Collection<String> lines) {
        return new Document(
                "",
                lines.stream().<Block>map(Block.Line::new).toList(),
                Set.of(),
                List.of(),
                false);
    }

    private static List<Block> bounded(List<Block> blocks) {
        if (blocks.size() <= BLOCKS_MAX) return List.copyOf(blocks);
        var some = new ArrayList<>(blocks.subList(0, BLOCKS_MAX - 1));
        some.add(new Block.Line("… and %,d more".formatted(blocks.size() - some.size())));
        return List.copyOf(some);
    }

    /** The text of all of it, for where there is nothing but text. */
    public String plain() {
        var lines = new ArrayList<String>();
        if (!title.isEmpty()) lines.add(title);
        for (var block : blocks) {
            switch (block) {
                case Block.Line(var text) -> lines.add(text);
                case Block.Code(var text, var cut) -> {
                    for (var line : text.split("\n", -1)) lines.add("    " + line);
                    if (cut > 0) lines.add("    [%,d more characters]".formatted(cut));
                }
            }
        }
        return String.join("\n", lines);
    }
}
