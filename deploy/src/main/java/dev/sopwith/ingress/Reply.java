package dev.sopwith.ingress;

import dev.sopwith.engine.trigger.Outcome;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is answered to a request.
 *
 * @param retryAfter when to try again
 */
record Reply(int status, String contentType, String body, Optional<Duration> retryAfter) {
    private static final String JSON = "application/json";
    private static final String PROBLEM_JSON = "application/problem+json";

    /** Taken in and durable: what came of it for each SOP. */
    static Reply accepted(String path, List<Outcome> outcomes) {
        var json = JsonMapper.shared().createObjectNode().put("path", path);
        put(outcomes, json.putArray("outcomes"));
        return new Reply(202, JSON, json.toString(), Optional.empty());
    }

    static Reply of(Problem problem, String detail) {
        return of(problem, detail, List.of());
    }

    /** A refusal, with what came of it where that is on record. */
    static Reply of(Problem problem, String detail, List<Outcome> outcomes) {
        ObjectNode json =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("type", problem.type())
                        .put("title", problem.title())
                        .put("status", problem.status())
                        .put("detail", detail);
        if (!outcomes.isEmpty()) put(outcomes, json.putArray("outcomes"));
        return new Reply(problem.status(), PROBLEM_JSON, json.toString(), Optional.empty());
    }

    private static void put(List<Outcome> outcomes, ArrayNode into) {
        for (var outcome : outcomes) {
            var json =
                    into.addObject()
                            .put("sop", outcome.sop())
                            .put("outcome", outcome.kind().word())
                            .put("text", outcome.toString());
            outcome.run().ifPresent(run -> json.put("run", run));
        }
    }

    Reply retryAfter(Duration after) {
        return new Reply(status, contentType, body, Optional.of(after));
    }

    byte[] bytes() {
        return (body + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
