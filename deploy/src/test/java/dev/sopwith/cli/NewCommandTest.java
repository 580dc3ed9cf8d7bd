package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class NewCommandTest {
    @TempDir Path folder;

    @Test
    void what_it_writes_is_valid_at_once() {
        var cli = new Cli(folder);

        var answer = cli.run("sop", "new", "close-valve.2", "--sops-dir", "plant/sops");

        assertThat(answer.exit()).isZero();
        assertThat(answer.out())
                .contains("./sopwith sop validate close-valve.2 --sops-dir plant/sops");
        var checked = cli.run("sop", "validate", "--strict", "--sops-dir", "plant/sops");
        assertThat(checked.exit()).as(checked.out()).isZero();
        assertThat(checked.out()).contains("valid close-valve.2");
    }

    @Test
    void what_exists_is_never_touched() throws IOException {
        var cli = new Cli(folder).file("sops/a/notes.txt", "mine");

        var answer = cli.run("sop", "new", "a");

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("sops/a exists already");
        assertThat(folder.resolve("sops/a/SOP.toml")).doesNotExist();
        assertThat(folder.resolve("sops/a/notes.txt")).hasContent("mine");
    }

    @Test
    void a_file_in_place_of_the_sops_folder_is_told_apart() {
        var answer = new Cli(folder).file("sops", "mine").run("sop", "new", "a");

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err())
                .contains("cannot write sops/a: there is a file in place")
                .doesNotContain("exists already");
        assertThat(folder.resolve("sops")).hasContent("mine");
    }

    @Test
    void a_folder_with_blanks_is_quoted_in_what_to_type_next() {
        var answer = new Cli(folder).run("sop", "new", "a", "--sops-dir", "my sops/it's");

        assertThat(answer.out()).contains("sop validate a --sops-dir 'my sops/it'\\''s'\n");
    }

    @Test
    void a_link_to_nowhere_counts_as_existing() throws IOException {
        Files.createDirectories(folder.resolve("sops"));
        Files.createSymbolicLink(folder.resolve("sops/a"), folder.resolve("elsewhere"));

        assertThat(new Cli(folder).run("sop", "new", "a").exit()).isEqualTo(2);
        assertThat(folder.resolve("elsewhere")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "..", ".hidden", "a/b", "a b", "ä", "-x", "/etc/x"})
    void an_unfit_name_is_refused(String name) {
        var answer = new Cli(folder).run("sop", "new", "--", name);

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.err()).contains("cannot be called");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_name_has_64_characters_at_most() {
        assertThat(new Cli(folder).run("sop", "new", "a".repeat(64)).exit()).isZero();
        assertThat(new Cli(folder).run("sop", "new", "a".repeat(65)).exit()).isEqualTo(2);
    }
}
