package dev.sopwith.engine.step;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a step wrote to {@code SOP_OUTPUT}: {@code key=value} lines, the last of a key wins.
 * Anything else fails the step (FORMAT §5): what is half understood must not reach the next one.
 */
final class OutputValues {
    /** Of one value, in bytes. */
    static final int VALUE_MAX = 32 * 1024;

    /** Of the whole file: more could not be handed on anyway. */
    static final int FILE_MAX = 1024 * 1024;

    private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9_]{0,63}");

    private OutputValues() {}

    /** The file cannot be used. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1;
        private final transient FailureReason.BadOutput reason;

        Bad(int line, String problem) {
            super(problem);
            this.reason = new FailureReason.BadOutput(line, problem);
        }

        FailureReason.BadOutput reason() {
            return reason;
        }
    }

    /**
     * Reads the file; links are not followed, and nothing but a regular file is opened. A file that
     * was deleted hands nothing on.
     */
    static Map<String, String> read(Path file) throws Bad {
        try {
            var attributes =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) throw new Bad(0, "it is no regular file any more");
            try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                return parse(in.readNBytes(FILE_MAX + 1));
            }
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            throw new Bad(0, "it cannot be read (" + e.getMessage() + ")");
        }
    }

    static Map<String, String> parse(byte[] content) throws Bad {
        if (content.length > FILE_MAX) {
            throw new Bad(0, "it has more than %d bytes".formatted(FILE_MAX));
        }
        var values = new LinkedHashMap<String, String>();
        int line = 0;
        for (int start = 0, end; start < content.length; start = end + 1) {
            line++;
            for (end = start; end < content.length && content[end] != '\n'; ) end++;
            var text = text(ByteBuffer.wrap(content, start, end - start), line);
            int equals = text.indexOf('=');
            if (equals < 0) throw new Bad(line, "write key=value");
            var key = text.substring(0, equals);
            if (!KEY.matcher(key).matches()) {
                throw new Bad(line, "a key is a small letter and up to 63 of a-z, 0-9 and _");
            }
            var value = text.substring(equals + 1);
            int bytes = value.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > VALUE_MAX) {
                throw new Bad(
                        line,
                        "%s has %d bytes, and a value may have %d"
                                .formatted(key, bytes, VALUE_MAX));
            }
            values.put(key, value);
        }
        return values;
    }

    private static String text(ByteBuffer line, int number) throws Bad {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(line).toString();
            if (text.indexOf('\0') >= 0) throw new Bad(number, "it holds a NUL");
            return text;
        } catch (CharacterCodingException e) {
            throw new Bad(number, "it is not UTF-8");
        }
    }
}
