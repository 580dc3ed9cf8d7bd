package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class ListCommandTest {
    @TempDir Path folder;

    @Test
    void broken_ones_are_listed_with_their_first_error() {
        var answer =
                new Cli(folder)
                        .file(
                                "sops/deploy/SOP.toml",
                                "[sop]",
                                "name = \"deploy-prod\"",
                                "description = \"d\"",
                                "priority = \"high\"",
                                "[[triggers]]",
                                "type = \"manual\"")
                        .file("sops/deploy/SOP.md", "## Steps", "1. **A**", "2. **B**")
                        .file("sops/zero/SOP.toml", "[sop]", "nmae = \"x\"")
                        .run("sop", "list");

        assertThat(answer.exit()).isZero();
        assertThat(answer.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("NAME         VERSION  PRIORITY"),
                        line ->
                                assertThat(line)
                                        .startsWith("deploy-prod  0.1.0    high      supervised")
                                        .endsWith("2      valid"),
                        line ->
                                assertThat(line)
                                        .startsWith("zero         -        -")
                                        .contains("broken: sops/zero/SOP."));
    }

    @Test
    void json_names_the_same() {
        var answer =
                new Cli(folder).file("sops/zero/SOP.toml", "[sop]").run("sop", "list", "--json");

        assertThat(answer.out())
                .contains("\"folder\" : \"zero\"", "\"state\" : \"broken\"", "\"diagnostics\" : [");
    }

    @Test
    void an_empty_folder_says_how_to_begin() {
        var answer = new Cli(folder).file("sops/README.md", "").run("sop", "list");

        assertThat(answer.out()).contains("./sopwith sop new NAME");
    }
}
