package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.DiagnosticCode;
import dev.sopwith.engine.sop.Position;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text of one file, decoded strictly, with its lines: the one place that turns bytes into
 * characters and offsets into positions.
 *
 * <p>A byte order mark is no text and is dropped. Lines end with LF, CRLF or CR; a line's text does
 * not hold its end. Immutable.
 */
public final class SourceText {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String text;
    private final List<String> lines;

    private SourceText(String text) {
        this.text = text;
        this.lines = linesOf(text);
    }

    /** The lines of a text; a byte order mark at its beginning is dropped. */
    public static SourceText of(String text) {
        boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
        return new SourceText(marked ? text.substring(1) : text);
    }

    /**
     * Decodes UTF-8. What cannot be decoded is one finding that names the first bad byte; then
     * there is no text, because a guess at what an author meant could drop a gate.
     */
    public static Optional<SourceText> decode(byte[] bytes, Findings findings) {
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        if (!result.isUnderflow()) {
            var before = of(out.flip().toString());
            findings.add(
                    DiagnosticCode.NOT_UTF8,
                    before.positionOf(before.text.length()),
                    "byte 0x%02X at offset %d is not UTF-8"
                            .formatted(bytes[in.position()] & 0xFF, in.position()),
                    encodingGuess(bytes));
            return Optional.empty();
        }
        var source = of(out.flip().toString());
        int nul = source.text.indexOf('\0');
        if (nul >= 0) {
            findings.add(
                    DiagnosticCode.NUL_BYTE,
                    source.positionOf(nul),
                    "the file holds a NUL byte: it is not a text file, or was cut off",
                    "save it again as UTF-8 text");
            return Optional.empty();
        }
        return Optional.of(source);
    }

    private static String encodingGuess(byte[] bytes) {
        if (bytes.length >= 2) {
            int first = bytes[0] & 0xFF;
            int second = bytes[1] & 0xFF;
            if ((first == 0xFF && second == 0xFE) || (first == 0xFE && second == 0xFF)) {
                return "this looks like UTF-16; save the file as UTF-8";
            }
        }
        return "save the file as UTF-8";
    }

    private static List<String> linesOf(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\n' && c != '\r') continue;
            lines.add(text.substring(start, i));
            if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') i++;
            start = i + 1;
        }
        lines.add(text.substring(start));
        return lines;
    }

    /** {@return all of it} */
    public String text() {
        return text;
    }

    /** {@return how many lines there are; an empty text has one} */
    public int lineCount() {
        return lines.size();
    }

    /** {@return the text of a line from 0, without its end} */
    public String line(int index) {
        return lines.get(index);
    }

    /** {@return the position of a UTF-16 offset into the text} */
    public Position positionOf(int offset) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < offset; i++) {
            char c = text.charAt(i);
            boolean crlf = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (c == '\n' || (c == '\r' && !crlf)) {
                line++;
                lineStart = i + 1;
            }
        }
        return new Position(line, offset - lineStart + 1);
    }

    /** {@return the nearest place that exists: parsers may point a little beyond the end} */
    public Position clamp(Position position) {
        int line = Math.clamp(position.line(), 1, lines.size());
        int column = Math.clamp(position.column(), 1, lines.get(line - 1).length() + 1);
        return new Position(line, column);
    }
}
