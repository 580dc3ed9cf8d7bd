package dev.sopwith.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.sop.Trigger.Auth;
import dev.sopwith.engine.trigger.Outcome;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The published description says everything that is answered, and nothing else. */
class OpenApiTest {
    @Test
    void every_problem_is_described_and_no_other() {
        for (var path : List.of("/sop/{name}", "/webhook")) {
            var responses =
                    OpenApi.description().path("paths").path(path).path("post").path("responses");
            var expected = new ArrayList<String>(List.of("202"));
            for (var problem : Problem.values()) expected.add("" + problem.status());
            assertThat(responses.propertyNames()).containsExactlyElementsOf(expected);
            for (var problem : Problem.values()) {
                var response = OpenApi.resolved(responses.path("" + problem.status()));
                assertThat(response.toString()).contains("\"" + problem.type() + "\"");
            }
        }
    }

    @Test
    void every_reference_leads_somewhere() {
        var references = OpenApi.description().findValues("$ref");
        assertThat(references).isNotEmpty();
        for (var it : references) {
            assertThat(OpenApi.description().at(it.asString().substring(1)).isObject())
                    .as(it.asString())
                    .isTrue();
        }
    }

    @Test
    void every_outcome_and_every_scheme_is_described() {
        var outcomes =
                OpenApi.description()
                        .at("/components/schemas/Outcomes/items/properties/outcome/enum");
        assertThat(outcomes.values().stream().map(it -> it.asString()).toList())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Outcome.Kind.values()).map(Outcome.Kind::word).toList());
        var schemes = OpenApi.description().at("/components/securitySchemes").toString();
        for (var auth : Auth.values()) {
            if (auth == Auth.NONE) continue;
            var word = auth.name().toLowerCase(java.util.Locale.ROOT);
            assertThat(schemes).contains("\\\"" + word + "\\\"");
        }
    }
}
