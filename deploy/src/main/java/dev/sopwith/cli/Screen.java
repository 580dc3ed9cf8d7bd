package dev.sopwith.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where lines for people go: the only way to the terminal. Every character that does not just draw
 * itself is made visible here, so nothing an author wrote can act on the terminal.
 *
 * <p>Threading: one thread.
 */
final class Screen {
    private static final int WIDTH_MIN = 40;
    private static final int WIDTH_MAX = 100;

    private final Loss loss;
    private final PrintWriter writer;
    private final int columns;
    private final boolean colour;

    /**
     * @param columns of the terminal; 0 where there is none
     */
    Screen(Writer writer, int columns, boolean colour) {
        this.loss = new Loss(writer);
        this.writer = new PrintWriter(loss);
        this.columns = columns;
        this.colour = colour;
    }

    /** Lines as they are written to a terminal: nothing in them acts on it but our own colours. */
    static String drawn(List<String> lines, boolean colour) {
        var text = new StringWriter();
        var screen = new Screen(text, 0, colour);
        screen.lines(lines);
        var _ = screen.flush();
        return text.toString();
    }

    /** Columns to fill: those of the terminal within reason, or enough for a file. */
    int width() {
        if (columns == 0) return WIDTH_MAX;
        return Math.clamp(columns, WIDTH_MIN, WIDTH_MAX);
    }

    /** Columns of the terminal; none where there is no terminal, and nothing has to fit. */
    OptionalInt terminal() {
        return columns == 0 ? OptionalInt.empty() : OptionalInt.of(columns);
    }

    void line() {
        writer.print('\n');
    }

    void lines(List<String> lines) {
        lines.forEach(this::line);
    }

    /** One line; a line end inside the text is made visible like any other control character. */
    void line(String text) {
        draw(text);
        writer.print('\n');
    }

    /** A part of a text of many lines, which may end within one. */
    void text(String part) {
        int from = 0;
        for (int end = part.indexOf('\n'); end >= 0; end = part.indexOf('\n', from)) {
            line(part.substring(from, end));
            from = end + 1;
        }
        draw(part.substring(from));
    }

    private void draw(String text) {
        boolean open = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            if (Ink.isMark(c)) {
                if (colour) writer.print(Ink.sequence(c));
                open = !Ink.isEnd(c);
            } else {
                writer.print(Glyph.isHarmless(c) ? Character.toString(c) : Glyph.shown(c));
            }
        }
        // A mark in an author's text must not colour the rest of the page.
        if (open && colour) writer.print(Ink.RESET);
    }

    /** Text for programs, as it is: only for what can hold no control characters, such as JSON. */
    void raw(String text) {
        writer.print(text);
    }

    /** The writer itself, for help texts, which are our own. */
    PrintWriter writer() {
        return writer;
    }

    /** Sends off what was written; says why not all of it arrived, if it did not. */
    Optional<IOException> flush() {
        writer.flush();
        return loss.first;
    }

    /** Keeps the first failure: a {@link PrintWriter} only knows that there was one. */
    private static final class Loss extends FilterWriter {
        private Optional<IOException> first = Optional.empty();

        Loss(Writer out) {
            super(out);
        }

        @Override
        public void write(int c) throws IOException {
            note(() -> super.write(c));
        }

        @Override
        public void write(char[] text, int offset, int length) throws IOException {
            note(() -> super.write(text, offset, length));
        }

        @Override
        public void write(String text, int offset, int length) throws IOException {
            note(() -> super.write(text, offset, length));
        }

        @Override
        public void flush() throws IOException {
            note(super::flush);
        }

        private void note(Writing writing) throws IOException {
            try {
                writing.run();
            } catch (IOException e) {
                if (first.isEmpty()) first = Optional.of(e);
                throw e;
            }
        }

        private interface Writing {
            void run() throws IOException;
        }
    }
}
