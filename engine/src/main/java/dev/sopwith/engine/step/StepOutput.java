package dev.sopwith.engine.step;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a step printed, or what an HTTP server answered: its beginning and its end to show, and
 * where the rest is kept. Secrets are masked.
 *
 * @param bytes how much there was
 * @param dropped how much of that was not kept
 * @param head the beginning, {@value #EXCERPT_MAX} bytes at most; all of it when {@code tail} is
 *     empty
 * @param tail the end, {@value #EXCERPT_MAX} bytes at most
 * @param kept the step's directory; {@code ShellRunner.writeOutput} reads it
 */
public record StepOutput(long bytes, long dropped, String head, String tail, Optional<Path> kept) {

    /** Bytes shown of either end. */
    public static final int EXCERPT_MAX = 4 * 1024;

    public static final StepOutput NONE = new StepOutput(0, 0, "", "", Optional.empty());

    /** Head and tail, with a line between them where something is left out. */
    void writeExcerpts(OutputStream target) throws IOException {
        target.write(head.getBytes(StandardCharsets.UTF_8));
        if (tail.isEmpty()) return;
        if (dropped > 0) target.write(gap(dropped));
        target.write(tail.getBytes(StandardCharsets.UTF_8));
    }

    /** The same where nothing but head and tail is kept. */
    StepOutput withoutMiddle() {
        int shown = (head + tail).getBytes(StandardCharsets.UTF_8).length;
        return new StepOutput(bytes, Math.max(dropped, bytes - shown), head, tail, kept);
    }

    /** The line that stands where this many bytes were dropped. */
    static byte[] gap(long bytes) {
        return "%n[… %d bytes dropped …]%n".formatted(bytes).getBytes(StandardCharsets.UTF_8);
    }
}
