package dev.sopwith.engine.step;

import dev.sopwith.engine.secret.Masker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a step handed on, secrets masked: the file {@code values} in its directory, which takes the
 * place of what it wrote to {@code SOP_OUTPUT}. Whoever looks again after a crash gets the same
 * answer without that.
 *
 * <p>The first line is {@code ok}, and what follows the values; or it is {@code bad}, the line that
 * could not be used, and why. Durable: as a whole or not at all.
 */
final class StoredValues {
    private static final String NAME = "values";
    private static final String OK = "ok";
    private static final String BAD = "bad";

    private StoredValues() {}

    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /**
     * What {@link #write} kept here.
     *
     * @throws NoSuchFileException when it was not called
     * @throws OutputValues.Bad when what the step wrote could not be used
     */
    static Map<String, String> read(Path directory) throws IOException, OutputValues.Bad {
        var file = directory.resolve(NAME);
        var text = Files.readString(file);
        int end = text.indexOf('\n');
        var words = text.substring(0, Math.max(end, 0)).split(" ", 3);
        var rest = text.substring(end + 1);
        if (words[0].equals(OK)) return OutputValues.parse(rest.getBytes(StandardCharsets.UTF_8));
        if (words[0].equals(BAD) && words.length == 3 && words[1].matches("[0-9]{1,9}")) {
            throw new OutputValues.Bad(Integer.parseInt(words[1]), words[2]);
        }
        throw new IOException(file + " is damaged");
    }

    /** Values without secrets; a key cannot be masked, because it names a value. */
    static Map<String, String> masked(Map<String, String> values, Masker masker)
            throws OutputValues.Bad {
        var masked = new LinkedHashMap<String, String>();
        for (var value : values.entrySet()) {
            if (!masker.mask(value.getKey()).equals(value.getKey())) {
                throw new OutputValues.Bad(0, "the name of a value is a secret");
            }
            masked.put(value.getKey(), masker.mask(value.getValue()));
        }
        return masked;
    }

    static void write(Path directory, Map<String, String> masked) throws IOException {
        var text = new StringBuilder(OK).append('\n');
        masked.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        write(directory, text.toString());
    }

    static void write(Path directory, FailureReason.BadOutput bad) throws IOException {
        write(directory, "%s %d %s\n".formatted(BAD, bad.line(), bad.problem()));
    }

    private static void write(Path directory, String text) throws IOException {
        StoredOutput.write(
                directory.resolve(NAME),
                target -> target.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
