package dev.sopwith.engine.step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/**
 * A runner in a state folder of its own, for tests with real processes; each leaves none behind.
 */
abstract class ShellRunnerFixture {
    @TempDir Path state;

    /** Of the step that {@link Orders} order. */
    Path directory;

    ShellRunner runner;

    @BeforeEach
    void start() {
        directory = state.resolve("steps").resolve("R-12.3.1.1");
        runner = ShellService.runner(state);
    }

    @AfterEach
    void no_process_is_left() {
        Await.until(
                "no process of " + state, () -> Processes.mentioning(state.toString()).isEmpty());
    }
}
