package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Whose folder the service takes for its own. */
final class StateFolderTest {
    @TempDir private Path temp;

    @Test
    void a_new_one_is_closed_to_others() throws IOException {
        var made = StateFolder.make(temp.resolve("new/state"));
        assertThat(rights(made)).isEqualTo("rwx------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx--x--x", "rwx--x---"})
    void one_that_others_may_only_go_through_is_taken(String rights) throws IOException {
        assertThat(StateFolder.make(folder(rights))).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-x---", "rwx-wx---", "rwx--xr-x", "rwx---rwx"})
    void one_that_others_may_list_or_change_is_refused(String rights) throws IOException {
        var folder = folder(rights);
        assertThatThrownBy(() -> StateFolder.make(folder))
                .hasMessageContaining("is open to others (" + rights + ")")
                .hasMessageContaining("chmod 700 it (711 where steps run as another user)");
    }

    private Path folder(String rights) throws IOException {
        var folder = Files.createDirectory(temp.resolve("state"));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(rights));
    }

    private static String rights(Path folder) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
    }
}
