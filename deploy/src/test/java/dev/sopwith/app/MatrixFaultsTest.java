package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.bench.synapse.Eventually;
import dev.sopwith.bench.synapse.FaultProxy;
import dev.sopwith.bench.synapse.FaultProxy.Request;
import dev.sopwith.bench.synapse.MatrixUser;
import dev.sopwith.bench.synapse.Shown;
import dev.sopwith.bench.synapse.SynapseExtension;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Nothing is lost and nothing done twice, whatever the server and what is before it do. */
@ExtendWith(SynapseExtension.class)
@Timeout(240)
@Tag("peer")
class MatrixFaultsTest {
    private static final Duration ABSENCE = Duration.ofSeconds(20);

    @TempDir private Path folder;
    private MatrixHouse house;

    @BeforeEach
    void begin() throws Exception {
        house = MatrixHouse.open(folder, SynapseExtension.shared());
        house.ask();
        house.sop(
                "note",
                """

                [[inputs]]
                name = "n"
                type = "string"
                required = true
                """,
                "1. **Look** — at it.\n");
    }

    @AfterEach
    void end() {
        house.close();
    }

    /** The cards of the runs of "note", in the order of the runs: what each was started with. */
    private List<String> notes() throws Exception {
        return house.shown().stream()
                .map(Shown::text)
                .filter(it -> it.matches("(?s)R-\\d+ note: .* · snapshot .*"))
                .sorted(
                        (a, b) ->
                                Integer.compare(
                                        Integer.parseInt(a.substring(2, a.indexOf(' '))),
                                        Integer.parseInt(b.substring(2, b.indexOf(' ')))))
                .map(it -> it.replaceAll("(?s).*n = \"(\\d+)\".*", "$1"))
                .toList();
    }

    // While nobody listens

    @Test
    void all_that_was_said_while_it_was_down_is_done_once_and_in_order() throws Exception {
        house.start();
        house.alice.say(house.room, "!sop run ask");
        var prompt = house.awaitPrompt("R-1");
        house.stop();
        for (int i = 1; i <= 137; i++) {
            house.alice.say(house.room, i % 10 == 0 ? "!sop run note n=" + i : "talk " + i);
        }
        house.bob.react(house.room, prompt.id(), "✅");

        house.start();

        house.awaitText("counted 1 of 1: matrix:" + house.bob.id());
        var expected = IntStream.rangeClosed(1, 13).mapToObj(i -> "" + 10 * i).toList();
        Eventually.await(() -> notes().equals(expected), () -> notes().toString());
        assertThat(house.count("counted 1 of 1")).isEqualTo(1);
    }

    @Test
    void what_is_too_old_to_be_started_is_refused_aloud_and_what_ends_is_done() throws Exception {
        house.start();
        house.alice.say(house.room, "!sop run ask");
        var _ = house.awaitPrompt("R-1");
        house.stop();
        house.alice.say(house.room, "!sop run note n=1");
        house.bob.say(house.room, "!sop deny R-1 not today");

        house.start(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10)));

        house.awaitText("heard only now, 10 min later, and so not done: run");
        house.awaitText("R-1 ask: denied");
        assertThat(notes()).isEmpty();
    }

    @Test
    void what_was_said_before_it_came_is_not_done() throws Exception {
        house.alice.say(house.room, "!sop run note n=1");
        house.start();
        house.alice.say(house.room, "!sop run note n=2");
        Eventually.await(() -> notes().equals(List.of("2")), () -> notes().toString());
    }

    @Test
    void a_server_that_is_away_for_a_while_costs_nothing() throws Exception {
        house.start();
        house.proxy.goDown();
        long end = System.nanoTime() + ABSENCE.toNanos();
        for (int i = 1; i <= 30; i++) house.alice.say(house.room, "!sop run note n=" + i);
        var _ = house.ask("run", "ask");
        Eventually.await(() -> !house.isWell(), house::health);
        Eventually.await(() -> System.nanoTime() > end); // long enough for all pauses to be long

        house.proxy.comeBack();

        var _ = house.awaitPrompt("R-1");
        var expected = IntStream.rangeClosed(1, 30).mapToObj(i -> "" + i).toList();
        Eventually.await(() -> notes().equals(expected), () -> notes().toString());
        assertThat(house.count("needs a yes")).isEqualTo(1);
        house.awaitHealthy();
    }

    // Sending

    @Test
    void in_a_storm_of_limits_the_prompt_comes_first_and_the_pauses_are_kept() throws Exception {
        house.start();
        var limit = Duration.ofSeconds(1);
        int before = house.proxy.requests().size();
        var storm = house.proxy.failAlways(Request::isSend, FaultProxy.tooMany(limit));
        for (int i = 0; i < 10; i++) house.alice.say(house.room, "!sop whoami");
        house.alice.say(house.room, "!sop run ask");
        Eventually.await(() -> storm.hits() >= 4);
        var sends = house.proxy.requests().stream().skip(before).filter(Request::isSend).toList();
        storm.end();

        for (int i = 1; i < sends.size(); i++) {
            assertThat(Duration.ofNanos(sends.get(i).at() - sends.get(i - 1).at()))
                    .as("asked not to send for a second")
                    .isGreaterThanOrEqualTo(limit.minusMillis(50));
        }
        var prompt = house.awaitPrompt("R-1");
        Eventually.await(() -> house.count("matrix:" + house.alice.id()) >= 10);
        var answers =
                house.shown().stream().filter(it -> it.text().contains(" in the roster")).toList();
        var late =
                answers.stream()
                        .filter(
                                it ->
                                        it.first().json().path("origin_server_ts").asLong(0)
                                                > prompt.first()
                                                        .json()
                                                        .path("origin_server_ts")
                                                        .asLong(0))
                        .toList();
        assertThat(late).as("answers that waited for the prompt").isNotEmpty();
        assertThat(house.count("needs a yes")).isEqualTo(1);
    }

    // Quicker than the answer to what was sent

    @Test
    void who_is_faster_than_the_marks_of_the_service_has_voted() throws Exception {
        house.start();
        var storm =
                house.proxy.failAlways(
                        it -> it.isSend() && it.path().contains("/m.reaction/"),
                        FaultProxy.tooMany(Duration.ofSeconds(1)));
        house.alice.say(house.room, "!sop run ask");
        var prompt = house.awaitShown(it -> it.text().contains("needs a yes"));
        var undecided = house.carol.react(house.room, prompt.id(), "❌");
        house.carol.redact(house.room, undecided);
        house.bob.react(house.room, prompt.id(), "✅");
        house.awaitHeard();
        storm.end();

        house.awaitText("counted 1 of 1: matrix:" + house.bob.id());
        house.awaitCard("R-1", "completed");
        assertThat(house.count("counted 1 of 1")).isEqualTo(1);
        assertThat(house.count("took a yes back")).isZero();
    }

    @Test
    void who_is_faster_than_the_answer_to_a_message_has_voted() throws Exception {
        house.start();
        var release = new CountDownLatch(1);
        house.proxy.fail(
                it -> it.isSend() && it.body().contains("needs a yes"),
                1,
                FaultProxy.holdAnswerUntil(release));
        house.alice.say(house.room, "!sop run ask");
        var prompt = house.awaitShown(it -> it.text().contains("needs a yes"));
        house.bob.react(house.room, prompt.id(), "✅");
        house.awaitHeard();
        release.countDown();

        house.awaitText("counted 1 of 1: matrix:" + house.bob.id());
        house.awaitCard("R-1", "completed");
        assertThat(house.count("counted 1 of 1")).isEqualTo(1);
    }

    @Test
    void a_bare_verb_below_a_card_whose_answer_is_late_means_its_run() throws Exception {
        house.start();
        var release = new CountDownLatch(1);
        house.proxy.fail(
                it -> it.isSend() && it.body().contains(" · snapshot "),
                1,
                FaultProxy.holdAnswerUntil(release));
        house.alice.say(house.room, "!sop run ask");
        var card = house.awaitShown(it -> MatrixHouse.isCard(it, "R-1"));
        house.alice.sayInThread(house.room, card.id(), "cancel");
        house.awaitHeard();
        release.countDown();

        house.awaitCard("R-1", "cancelled");
    }

    @Test
    void a_page_of_a_gateway_in_place_of_an_answer_is_no_end_and_no_second_message()
            throws Exception {
        house.start();
        house.proxy.fail(Request::isSend, 3, FaultProxy.page(502));
        house.alice.say(house.room, "!sop run ask");
        var _ = house.awaitPrompt("R-1");
        assertOnce();
    }

    @Test
    void a_message_whose_answer_was_lost_is_shown_once() throws Exception {
        house.start();
        house.proxy.fail(Request::isSend, 2, FaultProxy.loseAnswer());
        house.proxy.fail(Request::isSend, 2, FaultProxy.answerTooLate());
        house.proxy.fail(Request::isSend, 2, FaultProxy.cut());
        house.alice.say(house.room, "!sop run ask");
        var prompt = house.awaitPrompt("R-1");
        house.bob.react(house.room, prompt.id(), "❌");
        house.awaitText("R-1 ask: denied");
        assertOnce();
    }

    private void assertOnce() throws Exception {
        assertThat(house.shown().stream().filter(it -> MatrixHouse.isCard(it, "R-1")).toList())
                .as("the card")
                .hasSize(1);
        assertThat(
                        house.shown().stream()
                                        .filter(
                                                it ->
                                                        it.text()
                                                                .startsWith(
                                                                        "R-1 ask, step 1 (Ask) needs"))
                                        .count()
                                + house.count("R-1 ask, step 1 (Ask): denied"))
                .as("the prompt")
                .isEqualTo(1);
    }

    // The token

    private List<String> devices() throws Exception {
        var name = house.bot.name();
        var here = MatrixUser.login(house.synapse.url(), name, name);
        var devices = here.devices().stream().filter(it -> !it.equals(here.device())).toList();
        here.logout();
        return devices;
    }

    @Test
    void a_soft_logout_is_a_login_of_the_same_device() throws Exception {
        house.start();
        var before = devices();
        house.proxy.fail(Request::isSync, 1, FaultProxy.unknownToken(true));
        house.alice.say(house.room, "!sop run note n=1");
        Eventually.await(() -> notes().equals(List.of("1")), house::health);
        assertThat(devices()).isEqualTo(before);
    }

    @Test
    void a_token_that_was_revoked_by_mistake_of_something_in_between_wipes_nothing()
            throws Exception {
        house.start();
        var before = devices();
        house.proxy.fail(Request::isSync, 1, FaultProxy.unknownToken(false));
        house.alice.say(house.room, "!sop run note n=1");
        Eventually.await(() -> notes().equals(List.of("1")), house::health);
        house.stop();
        house.alice.say(house.room, "!sop run note n=2");
        house.start();
        Eventually.await(() -> notes().equals(List.of("1", "2")), house::health);
        assertThat(devices()).isEqualTo(before);
    }

    @Test
    void a_token_that_was_revoked_is_replaced_with_the_password() throws Exception {
        house.start();
        var before = devices();
        house.bot.logoutEverywhere();
        house.alice.say(house.room, "!sop run note n=1");
        Eventually.await(() -> notes().equals(List.of("1")), house::health);
        assertThat(before).containsAll(devices());
    }

    @Test
    void without_a_password_a_revoked_token_is_told_and_another_one_goes_on_where_it_was()
            throws Exception {
        house.environment.clear();
        house.environment.put("MATRIX_ACCESS_TOKEN", house.bot.token());
        house.start();
        house.bot.logout();
        Eventually.await(
                () -> house.health().contains("MATRIX_ACCESS_TOKEN"),
                () -> "says what to do: " + house.health());
        house.alice.say(house.room, "!sop run note n=1");
        assertThat(house.ask("runs")).as("the service goes on").contains("no runs yet");
        house.stop();

        var again = MatrixUser.login(house.synapse.url(), house.bot.name(), house.bot.name());
        house.environment.put("MATRIX_ACCESS_TOKEN", again.token());
        house.start();
        Eventually.await(() -> notes().equals(List.of("1")), house::health);
    }
}
