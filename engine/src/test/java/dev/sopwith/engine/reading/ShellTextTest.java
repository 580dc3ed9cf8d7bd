package dev.sopwith.engine.reading;

import static dev.sopwith.engine.reading.Reading.md;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellTextTest {

    /** A step with this shell text; its first line is line 5. */
    private static Reading shell(String text) {
        return md(
                "## Steps\n1. **A**\n   - tools: sh\n   ```sh\n   "
                        + text.replace("\n", "\n   ")
                        + "\n   ```\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deploy ${inputs.version}",
                "echo \"${{ inputs.version }}\"",
                "echo '${{x'",
                "echo ${steps.1.url}",
                "curl -H ${secrets.TOKEN}",
                "echo ${inputs",
                "# ${inputs.a} in a comment",
            })
    void what_looks_filled_in_is_an_error(String text) {
        shell(text).finds("5 shell-templated");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo \"$SOP_RUN\" \"${SOP_RUN}\" \"a${SOP_RUN:-x}b\"",
                "echo '$SOP_RUN'",
                "echo \\$SOP_RUN",
                "echo x # $SOP_RUN",
                "cat <<EOF\n$SOP_RUN\nEOF\necho \"$SOP_RUN\"",
                "cat <<-'EOF'\n  $SOP_RUN\n  EOF",
                "test ${#SOP_RUN} -gt 3",
                "echo $HOME $1 $$ ${PATH}",
                "echo a#b \"$SOP_RUN\"",
                "x=\"$(printf '%s' \"$SOP_RUN\")\"",
            })
    void what_is_protected_gives_no_warning(String text) {
        shell(text).findsNothing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo $SOP_RUN",
                "echo ${SOP_INPUT_X}",
                "echo \"a\"$SOP_RUN",
                "echo \"$(printf %s $SOP_RUN)\"",
                "echo 'a'$SOP_RUN'b' $SOP_STEP",
                "echo \\\\$SOP_RUN",
            })
    void a_variable_of_ours_without_quotes_is_one_warning_a_line(String text) {
        shell(text).finds("5 shell-unquoted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat <<EOF\nx\nEOF\necho $SOP_RUN", "a\nb\n\necho $SOP_RUN"})
    void lines_are_counted_through_everything(String text) {
        shell(text).finds("8 shell-unquoted");
    }

    @Test
    void the_fix_names_the_variable_of_a_step_by_its_number() {
        md("""
                        ## Steps
                        1. **A**
                           - id: build
                        2. **B**
                           - tools: sh

                           ```sh
                           echo ${steps.build.image}
                           ```
                        """)
                .finds("8 shell-templated")
                .saying("\"$SOP_STEP_1_IMAGE\"");
    }
}
