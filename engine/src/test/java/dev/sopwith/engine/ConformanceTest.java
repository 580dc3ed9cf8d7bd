package dev.sopwith.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Every conformance case gets the answer it expects. The cases are those of the folder that the
 * system property {@code sopwith.conformance} names, or the project's own.
 */
final class ConformanceTest {
    private static final Map<String, CaseRunner> RUNNERS =
            Map.ofEntries(
                    Map.entry("admission", new AdmissionCases()),
                    Map.entry("condition", new ConditionCases()),
                    Map.entry("cron", new CronCases()),
                    Map.entry("gate", new GateCases()),
                    Map.entry("mqtt_filter", new MqttFilterCases()),
                    Map.entry("sop_md", new SopMdCases()),
                    Map.entry("sop_toml", new SopTomlCases()),
                    Map.entry("trigger", new TriggerCases()));

    @TestFactory
    List<DynamicTest> every_case_gets_the_answer_it_expects() throws Exception {
        var folder = folder();
        var cases = cases(folder);
        assertThat(cases).as("cases in %s", folder).isNotEmpty();
        return cases.stream().map(one -> DynamicTest.dynamicTest(one.id(), one::check)).toList();
    }

    private static Path folder() throws URISyntaxException {
        var named = System.getProperty("sopwith.conformance", "");
        if (!named.isBlank()) return Path.of(named);
        var own = ConformanceTest.class.getResource("/conformance");
        return Path.of(Objects.requireNonNull(own, "no own conformance cases").toURI());
    }

    private static List<Case> cases(Path folder) throws IOException {
        var cases = new ArrayList<Case>();
        try (var files = Files.newDirectoryStream(folder, "*.json")) {
            for (var file : files) cases.addAll(casesIn(file));
        }
        cases.sort(Comparator.comparing(Case::id)); // the file system's order is nobody's
        return cases;
    }

    private static List<Case> casesIn(Path file) throws IOException {
        return switch (JsonValue.parse(Files.readString(file))) {
            case Parsed.Ok(var document) -> casesIn(new CaseInput(document));
            case Parsed.Bad(var offset, var problem, _) ->
                    throw new AssertionError(file + ", offset " + offset + ": " + problem);
        };
    }

    private static List<Case> casesIn(CaseInput file) {
        var kind = file.text("kind");
        return ((JsonValue.Arr) file.at("cases").value())
                .items().stream().map(item -> Case.of(kind, new CaseInput(item))).toList();
    }

    private record Case(String kind, String id, String why, CaseInput input, JsonValue expected) {
        static Case of(String kind, CaseInput item) {
            return new Case(
                    kind,
                    item.text("id"),
                    item.text("why"),
                    item.at("input"),
                    item.at("expected").value());
        }

        void check() {
            var runner = RUNNERS.get(kind);
            assertThat(runner).as("%s: who runs cases of kind %s", id, kind).isNotNull();
            var actual = Objects.requireNonNull(runner).run(input);
            assertThat(Expectations.difference(expected, actual))
                    .as(() -> describe(actual))
                    .isEmpty();
        }

        private String describe(JsonValue actual) {
            return "%s: %s%n  input: %s%n  expected: %s%n  actual: %s%n"
                    .formatted(
                            id,
                            why,
                            Expectations.shown(input.value()),
                            Expectations.shown(expected),
                            Expectations.shown(actual));
        }
    }
}
