package dev.sopwith.engine.library;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * File names as text. Names are bytes to the file system and text to us: this reads them as UTF-8
 * whatever the locale, so that a digest does not depend on who started the service.
 */
final class FileNames {
    /** Names that come out the same in every locale; not "?", which may stand for what did not. */
    private static final Pattern PLAIN = Pattern.compile("[ -~&&[^?]]*");

    /** Characters that make a name look like another one, or like two lines. */
    private static final Pattern MISLEADING =
            Pattern.compile(
                    "[\\p{Cc}\\p{Zl}\\p{Zp}\\x{61C}\\x{200E}\\x{200F}"
                            + "\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}]");

    private FileNames() {}

    /** The last part of a path, unless it is not UTF-8 or holds characters that mislead. */
    static Optional<String> read(Path path) {
        var name = String.valueOf(path.getFileName());
        if (PLAIN.matcher(name).matches()) return Optional.of(name);
        return decode(escaped(path)).filter(text -> !MISLEADING.matcher(text).find());
    }

    /** The last part of a path in a form that shows every byte, such as {@code caf%E9.sh}. */
    static String escaped(Path path) {
        var raw = path.toUri().getRawPath();
        if (raw.endsWith("/")) raw = raw.substring(0, raw.length() - 1);
        return raw.substring(raw.lastIndexOf('/') + 1);
    }

    private static Optional<String> decode(String escaped) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) == '%') {
                bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(escaped.charAt(i));
            }
        }
        try {
            var utf8 = StandardCharsets.UTF_8.newDecoder();
            return Optional.of(utf8.decode(ByteBuffer.wrap(bytes.toByteArray())).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
