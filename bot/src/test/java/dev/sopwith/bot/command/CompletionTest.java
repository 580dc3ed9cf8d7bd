package dev.sopwith.bot.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Input;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What a half-typed command may become. */
final class CompletionTest {
    private static final CommandParser PARSER = new CommandParser(EnumSet.allOf(Verb.class));
    private final FakeNames names = new FakeNames();

    private List<String> texts(String text) {
        return PARSER.complete(text, names).candidates().stream()
                .map(Completion.Candidate::text)
                .toList();
    }

    private static Input input(String name, boolean secret, String... choices) {
        return new Input(
                name,
                choices.length == 0 ? Input.Type.STRING : Input.Type.CHOICE,
                List.of(choices),
                Optional.empty(),
                true,
                Optional.empty(),
                secret,
                "what " + name + " is");
    }

    @Test
    void the_first_word_is_a_verb() {
        assertThat(texts("")).startsWith("run", "plan").hasSize(Completion.CANDIDATES_MAX);
        assertThat(texts("UN")).containsExactly("unvote", "unpause", "unfreeze");
        assertThat(texts("zzz")).isEmpty();
        assertThat(PARSER.complete(" pend", names))
                .isEqualTo(
                        new Completion(
                                1,
                                List.of(
                                        new Completion.Candidate(
                                                "pending", Verb.PENDING.description()))));
    }

    @Test
    void what_follows_is_what_there_is() {
        names.sops = List.of("deploy-db", "deploy-web", "reboot");
        names.runs = List.of(new RunId(3), new RunId(12));
        names.codes = List.of("k7p2q");
        assertThat(texts("run deploy")).containsExactly("deploy-db", "deploy-web");
        assertThat(texts("cancel ")).containsExactly("R-3", "R-12");
        assertThat(texts("approve k")).containsExactly("k7p2q");
        assertThat(texts("deny ")).containsExactly("k7p2q", "R-3", "R-12");
        assertThat(texts("rerun R-3 ")).containsExactly("from");
        assertThat(texts("clock ")).containsExactly("ok");
        assertThat(texts("help freez")).containsExactly("freeze");
        assertThat(texts("cancel R-3 be")).as("a note").isEmpty();
        assertThat(texts("runs ")).isEmpty();
    }

    @Test
    void steps_are_those_of_the_run() {
        names.steps = new TreeMap<>(Map.of(1, "Look", 2, "Go", 10, "Tell"));
        assertThat(texts("log R-3 ")).containsExactly("1", "2", "10");
        assertThat(PARSER.complete("log 3 2", names).candidates())
                .containsExactly(new Completion.Candidate("2", "Go"));
        assertThat(texts("log R-3 2 ")).containsExactly("full");
        assertThat(texts("rerun R-3 from ")).containsExactly("1", "2", "10");
        assertThat(texts("rerun R-3 from 1")).containsExactly("1", "10");
        assertThat(texts("log soon ")).as("no run").isEmpty();
    }

    @Test
    void inputs_are_offered_once_with_their_values_and_never_the_secret_ones() {
        names.inputs =
                Map.of(
                        "deploy",
                        List.of(
                                input("host", false),
                                input("zone", false, "eu", "north pole"),
                                input("token", true)));
        assertThat(texts("run deploy ")).containsExactly("host=", "zone=");
        assertThat(texts("run deploy host=x ")).containsExactly("zone=");
        assertThat(texts("run deploy zone=")).containsExactly("zone=eu", "zone=\"north pole\"");
        assertThat(texts("run deploy zone=e")).containsExactly("zone=eu");
        assertThat(texts("run deploy host=\"a b")).as("inside a quotation").isEmpty();
    }

    @Test
    void a_thousand_names_are_too_many_to_show() {
        names.sops = IntStream.range(0, 1000).mapToObj("sop-%d"::formatted).toList();
        assertThat(texts("run sop")).hasSize(Completion.CANDIDATES_MAX);
    }
}
