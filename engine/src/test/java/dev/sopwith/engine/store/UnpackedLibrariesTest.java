package dev.sopwith.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A killed process leaves no library behind. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
final class UnpackedLibrariesTest {
    @TempDir private Path temp;

    @Test
    void nothing_stays_in_the_folder_for_temporary_files_after_a_kill() throws Exception {
        var own = Files.createDirectory(temp.resolve("own"));
        var option = "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + own;
        try (var child = Child.start(List.of("env", option), temp.resolve("store"), 2, 10)) {
            assertThat(child.ready().answered(3)).as("it works without").hasSize(3);
            child.kill();
        }
        try (var left = Files.list(own)) {
            assertThat(left).isEmpty();
        }
    }
}
