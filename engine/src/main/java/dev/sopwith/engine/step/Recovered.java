package dev.sopwith.engine.step;

/** What became of a step that was to start before the service went down. */
public sealed interface Recovered {

    /** Certain, and from now on also barred: only a new {@code run} can start it. */
    record NeverBegan() implements Recovered {}

    /** It goes on; {@code attach} waits for its end. */
    record Running() implements Recovered {}

    /** It ended while nobody watched. */
    record Ended(StepEnd end) implements Recovered {}

    /** It began, and nobody can say how it ended. {@code why} is in words for people. */
    record Unknown(String why) implements Recovered {}
}
