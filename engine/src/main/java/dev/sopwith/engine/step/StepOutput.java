package dev.sopwith.engine.step;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a step printed, or what an HTTP server answered: its beginning and its end to show, and
 * where the rest is kept. Secrets are masked in head and tail, not in the files of {@code kept}.
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
}
