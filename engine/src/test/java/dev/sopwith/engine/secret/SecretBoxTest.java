package dev.sopwith.engine.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;

class SecretBoxTest {
    private static final Secret PASSWORD = Secret.of("hunter22 ä€😀");
    private static final Optional<Secret> KEY = key((byte) 1);

    @TempDir Path directory;
    private Path keyFile;

    @BeforeEach
    void name() {
        keyFile = directory.resolve("store.key");
    }

    @Test
    void what_is_sealed_opens_again() throws Exception {
        var sealed = open(KEY).seal(PASSWORD, "R-1/password");
        assertThat(open(KEY).unseal(sealed, "R-1/password")).isEqualTo(PASSWORD);
        assertThat(new String(sealed, StandardCharsets.UTF_8)).doesNotContain("hunter22");
    }

    @Test
    void it_is_sealed_differently_each_time() throws Exception {
        var box = open(KEY);
        assertThat(box.seal(PASSWORD, "x")).isNotEqualTo(box.seal(PASSWORD, "x"));
    }

    @Test
    void it_opens_with_its_key_at_its_place_unchanged_or_not_at_all() throws Exception {
        var sealed = open(KEY).seal(PASSWORD, "R-1/password");
        assertThatThrownBy(() -> open(key((byte) 2)).unseal(sealed, "R-1/password"))
                .isInstanceOf(SecretBox.BadKey.class)
                .hasMessageContaining("sealed with another key");
        assertThatThrownBy(() -> open(KEY).unseal(sealed, "R-2/password"))
                .isInstanceOf(SecretBox.BadKey.class);
        for (int i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> open(KEY).unseal(changed, "R-1/password"))
                    .as("byte %d", i)
                    .isInstanceOf(SecretBox.BadKey.class);
        }
        assertThatThrownBy(() -> open(KEY).unseal(new byte[3], "R-1/password"))
                .isInstanceOf(SecretBox.BadKey.class);
    }

    @Test
    void a_hash_is_equal_for_equal_secrets_and_the_same_key() throws Exception {
        var hash = open(KEY).hash(PASSWORD);
        assertThat(hash).hasSize(64).isEqualTo(open(KEY).hash(Secret.of("hunter22 ä€😀")));
        assertThat(open(KEY).hash(Secret.of("hunter23"))).isNotEqualTo(hash);
        assertThat(open(key((byte) 2)).hash(PASSWORD)).isNotEqualTo(hash);
    }

    @Test
    void a_key_file_is_made_at_the_first_start_and_kept() throws Exception {
        var sealed = open(Optional.empty()).seal(PASSWORD, "x");
        assertThat(mode()).isEqualTo("rw-------");
        assertThat(directory).isDirectoryNotContaining(file -> file.toString().endsWith(".new"));
        assertThat(open(Optional.empty()).unseal(sealed, "x")).isEqualTo(PASSWORD);
    }

    @Test
    void the_variable_wins_and_makes_no_file() throws Exception {
        open(KEY);
        assertThat(keyFile).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
    void a_key_file_that_others_can_use_is_refused(String mode) throws Exception {
        open(Optional.empty());
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> open(Optional.empty()))
                .isInstanceOf(SecretBox.BadKey.class)
                .hasMessageContaining("is " + mode);
    }

    @Test
    void a_link_is_refused() throws Exception {
        open(Optional.empty());
        var moved = Files.move(keyFile, directory.resolve("elsewhere"));
        Files.createSymbolicLink(keyFile, moved);
        assertThatThrownBy(() -> open(Optional.empty())).isInstanceOf(SecretBox.BadKey.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hunter22", "aHVudGVyMjI=", "%%%"})
    void what_is_no_key_is_refused_without_showing_it(String text) throws Exception {
        assertThatThrownBy(() -> open(Optional.of(Secret.of(text))))
                .isInstanceOf(SecretBox.BadKey.class)
                .hasMessageStartingWith("SOPWITH_STORE_KEY is no key: 32 bytes");
        Files.writeString(keyFile, text);
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> open(Optional.empty())).hasMessageStartingWith(keyFile.toString());
    }

    @Test
    void a_secret_shows_nothing_and_can_be_erased() {
        var secret = Secret.of("hunter22");
        assertThat(secret).hasToString("***");
        assertThat(secret.hashCode()).isEqualTo(Secret.of("other").hashCode());
        secret.erase();
        assertThatThrownBy(secret::reveal).isInstanceOf(IllegalStateException.class);
    }

    private SecretBox open(Optional<Secret> key) throws IOException, SecretBox.BadKey {
        return SecretBox.open(key, keyFile);
    }

    private String mode() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile));
    }

    private static Optional<Secret> key(byte first) {
        var key = new byte[32];
        key[0] = first;
        return Optional.of(Secret.of(Base64.getEncoder().encodeToString(key)));
    }
}
