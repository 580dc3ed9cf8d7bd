package dev.sopwith.engine.roster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.DiagnosticCode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rosters in the documentation are what it says they are. */
class RosterPagesTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("(?ms)^(Wrong:|Right:)?\\n*^```yaml[^\\n]*\\n(.*?)^```");
    private static final Path GUIDE = Path.of("..", "docs", "roster.md");

    @TestFactory
    Stream<DynamicTest> pages_of_findings() {
        List<DynamicTest> tests = new ArrayList<>();
        for (var code : DiagnosticCode.values()) {
            for (var example : examples(code.page())) {
                var label = String.valueOf(example.group(1));
                tests.add(
                        dynamicTest(
                                code.id() + " " + label,
                                () -> assertShows(code, label, example.group(2))));
            }
        }
        return tests.stream();
    }

    private static void assertShows(DiagnosticCode code, String label, String text) {
        var found = Rosters.read(text).diagnostics();
        if (label.equals("Right:")) assertThat(found).isEmpty();
        else assertThat(found).extracting(Diagnostic::code).contains(code);
    }

    @Test
    void every_roster_of_the_guide_is_valid() throws IOException {
        var examples = examples(Files.readString(GUIDE));

        assertThat(examples).hasSizeGreaterThan(4);
        for (var example : examples) {
            assertThat(Rosters.findings(example.group(2))).as(example.group(2)).isEmpty();
        }
    }

    @Test
    void the_guide_names_every_key_of_the_schema() throws IOException {
        var guide = Files.readString(GUIDE);

        for (var key : RosterSchema.root().keys()) assertThat(guide).contains("`" + key + "`");
        var policy = RosterSchema.root().under("policies").under("any");
        for (var key : policy.keys()) assertThat(guide).contains("`" + key + "`");
        var engine = RosterSchema.root().under("engine");
        for (var key : engine.keys()) assertThat(guide).contains("`" + key + "`");
    }

    private static List<MatchResult> examples(String page) {
        return EXAMPLE.matcher(page).results().toList();
    }
}
