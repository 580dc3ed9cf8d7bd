package dev.sopwith.bot.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretSources;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class MatrixLoginTest {
    private static MatrixLogin login(Map<String, String> environment, String... connectors) {
        var login = new MatrixLogin(new SecretSources(environment));
        for (var it : connectors) login.add(it);
        return login;
    }

    @Test
    void a_secret_of_this_connector_wins() {
        var login =
                login(
                        Map.of("MATRIX_PASSWORD", "all", "MATRIX_PASSWORD_OPS_ROOM", "ops"),
                        "ops-room");
        assertThat(login.password().map(Secret::reveal)).contains("ops");
        assertThat(login.token()).isEmpty();
    }

    @Test
    void without_one_that_of_all_holds() {
        var login = login(Map.of("MATRIX_RECOVERY_KEY", "key"), "ops");
        assertThat(login.recoveryKey().map(Secret::reveal)).contains("key");
    }

    @Test
    void a_file_is_read_again_each_time(@TempDir Path folder) throws IOException {
        var file = Files.writeString(folder.resolve("token"), "one\n");
        var login = login(Map.of("MATRIX_ACCESS_TOKEN_FILE", file.toString()), "ops");
        assertThat(login.token().map(Secret::reveal)).contains("one");
        Files.writeString(file, "two\n");
        assertThat(login.token().map(Secret::reveal)).contains("two");
    }
}
