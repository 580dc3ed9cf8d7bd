package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

class MainTest {
    @TempDir Path folder;

    @Test
    void the_version_says_which_java() {
        var answer = new Cli(folder).run("--version");

        assertThat(answer.exit()).isZero();
        assertThat(answer.out()).startsWith("sopwith 0.").contains("Java 25");
    }

    @Test
    void help_is_the_same_both_ways() {
        var help = new Cli(folder).run("help", "sop", "validate");

        assertThat(help.exit()).isZero();
        assertThat(help.out())
                .contains("Usage: sopwith sop validate")
                .isEqualTo(new Cli(folder).run("sop", "validate", "--help").out());
    }

    @Test
    void no_command_is_wrong_use_and_shows_them_all() {
        var answer = new Cli(folder).run();

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err()).contains("Usage: sopwith");
    }

    @Test
    void an_unknown_word_names_what_is_close() {
        assertThat(new Cli(folder).run("sopp").err()).contains("no command sopp", "mean sop?");
        assertThat(new Cli(folder).run("sop", "vaildate").err()).contains("mean validate?");
        assertThat(new Cli(folder).run("help", "sop", "lst").err()).contains("mean list?");
        assertThat(new Cli(folder).run("sop", "validate", "--stict").err())
                .contains("no option --stict", "mean --strict?");
        assertThat(new Cli(folder).run("sop", "vaildate").exit()).isEqualTo(2);
    }

    @Test
    void one_word_too_many_and_one_too_few_are_wrong_use() {
        assertThat(new Cli(folder).run("sop", "validate", "a", "b").exit()).isEqualTo(2);
        assertThat(new Cli(folder).run("sop", "show").exit()).isEqualTo(2);
        assertThat(new Cli(folder).run("sop", "validate", "--sops-dir").exit()).isEqualTo(2);
    }

    @Test
    void a_control_sequence_on_the_command_line_is_not_repeated() {
        assertThat(new Cli(folder).run("\u001b[2J").err())
                .contains("␛[2J")
                .doesNotContain("\u001b");
    }

    @Test
    void a_bug_says_so_in_one_line() {
        var answer = withBug().run("sop", "validate");

        assertThat(answer.exit()).isEqualTo(70);
        assertThat(answer.err()).contains("bug in Sopwith", "boom").doesNotContain("    at ");
    }

    @Test
    void debugging_shows_where_the_bug_is() {
        assertThat(withBug().debugging().run("sop", "validate").err())
                .contains("    at dev.sopwith");
    }

    @Test
    void output_that_does_not_arrive_is_no_success() {
        var full = new Cli(folder).file("sops/a/SOP.toml", "").losing("No space left on device");

        for (var words : List.of("--version", "--help", "sop explain", "sop list --json")) {
            var answer = full.run(words.split(" ", -1));
            assertThat(answer.exit()).as(words).isEqualTo(74);
            assertThat(answer.err())
                    .isEqualTo(
                            "sopwith: the output could not be written: No space left on device\n");
        }
    }

    @Test
    void a_reader_that_went_away_is_not_told_why() {
        var answer = new Cli(folder).losing("Broken pipe").run("sop", "explain");

        assertThat(answer.exit()).isEqualTo(74);
        assertThat(answer.err()).isEmpty();
    }

    private Cli withBug() {
        return new Cli(folder)
                .file("sops/a/SOP.toml", "")
                .at(
                        () -> {
                            throw new IllegalStateException("boom");
                        });
    }
}
