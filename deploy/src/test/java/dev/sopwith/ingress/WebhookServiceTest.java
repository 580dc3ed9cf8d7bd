package dev.sopwith.ingress;

import static dev.sopwith.ingress.IngressHouse.SHOP;
import static dev.sopwith.ingress.IngressHouse.TOKEN;
import static dev.sopwith.ingress.IngressHouse.signed;
import static dev.sopwith.ingress.IngressHouse.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sopwith.app.App;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Webhooks of a whole service: its roster, its limits, its clock, and who looks at it. */
@Timeout(180)
class WebhookServiceTest {
    private static final String[] PROOF = {"X-Webhook-Secret", TOKEN};
    private static final String PEOPLE =
            """
            people: {alice: {local: [alice]}, bob: {local: [bob]}, carol: {local: [carol]}}
            groups: {release: [alice, bob], nobody: []}
            access: [{sops: "*", run: [everyone]}]
            policies:
              default: {approvers: [alice], exclude_initiator: true}
              two: {approvers: [release], exclude_initiator: true}
            """;
    private static final String GATED = "1. **Go** — home.\n   - requires_confirmation: true\n";

    @TempDir private Path folder;
    private IngressHouse house;

    @BeforeEach
    void make() throws IOException {
        house = new IngressHouse(folder);
    }

    @Test
    void who_owns_a_secret_counts_as_who_started_it() throws Exception {
        house.sop("mine", "", webhook("/sop/mine", ""), GATED);
        house.sop(
                "theirs",
                "",
                webhook("/sop/theirs", "secret_env = \"SOPWITH_WEBHOOK_SHOP\""),
                GATED);
        var owners =
                """
                credentials:
                  SOPWITH_WEBHOOK_TOKEN: {owners: [alice]}
                  SOPWITH_WEBHOOK_SHOP: {owners: [carol]}
                """;
        try (var _ = house.start(owners, PEOPLE)) {
            var answer = house.post("/sop/mine", "{}", PROOF);
            assertThat(answer.text()).startsWith("mine not allowed: ").contains("alice");
            answer = house.post("/sop/theirs", "{}", "X-Webhook-Secret", SHOP);
            assertThat(answer.text()).startsWith("theirs started R-");
        }
    }

    @Test
    void a_secret_whose_owners_are_nobody_proves_nothing_and_one_without_owners_is_told_of()
            throws Exception {
        house.sop("mine", webhook("/sop/mine", ""));
        house.sop("theirs", webhook("/sop/theirs", "secret_env = \"SOPWITH_WEBHOOK_SHOP\""));
        var owners = "credentials: {SOPWITH_WEBHOOK_TOKEN: {owners: [nobody]}}";
        try (var _ = house.start(owners, PEOPLE)) {
            assertThat(house.post("/sop/mine", "{}", PROOF).status()).isEqualTo(401);
            assertThat(house.concerns)
                    .contains("webhooks: its owners are nobody: nobody, so no request starts mine")
                    .anyMatch(it -> it.startsWith("webhooks: nobody owns SOPWITH_WEBHOOK_SHOP"));
        }
    }

    @Test
    void one_address_may_send_so_much_and_no_more() throws Exception {
        house.sop("go", webhook("/sop/go", ""));
        try (var _ = house.start("requests_per_minute: 3", "")) {
            for (int i = 0; i < 3; i++) {
                assertThat(house.post("/sop/go", "{}", PROOF).status()).isEqualTo(202);
            }
            var fourth = house.post("/sop/go", "{}", PROOF);
            assertThat(fourth.status()).isEqualTo(429);
            int wait =
                    Integer.parseInt(
                            fourth.headers().getOrDefault("retry-after", List.of("0")).getFirst());
            assertThat(wait).isBetween(1, 20);
        }
    }

    @Test
    void of_those_who_prove_nothing_a_number_is_put_on_record_and_the_others_are_told_to_wait()
            throws Exception {
        house.sop("go", webhook("/sop/go", ""));
        try (var _ = house.start()) {
            for (int i = 0; i < WebhookIngress.REFUSALS_AT_ONCE; i++) {
                assertThat(house.post("/sop/go", "{}").status()).isEqualTo(401);
            }
            int more = 0; // some become due meanwhile
            while (house.post("/sop/go", "{}").status() == 401) {
                assertThat(++more).isLessThan(WebhookIngress.REFUSALS_AT_ONCE);
            }
            assertThat(house.post("/sop/go", "{}", PROOF).status())
                    .as("who has a proof")
                    .isEqualTo(202);
        }
    }

    @Test
    void what_is_sent_where_nobody_listens_is_on_record_and_fills_nothing() throws Exception {
        house.sop("go", webhook("/sop/go", ""));
        try (var _ = house.start()) {
            for (int i = 0; i < 3 * WebhookIngress.REFUSALS_AT_ONCE; i++) {
                assertThat(house.post("/sop/nobody-" + i, "{}").status()).isEqualTo(404);
            }
        }
        var place = App.store(folder.resolve("state"));
        try (var store = SqliteStore.open(place, new SecureRandom(), _ -> {})) {
            long times =
                    store.<Long>read(it -> it.deliveries().counts("").getOrDefault("no match", 0L));
            assertThat(times)
                    .isBetween(
                            1L * WebhookIngress.REFUSALS_AT_ONCE,
                            2L * WebhookIngress.REFUSALS_AT_ONCE);
        }
    }

    @Test
    void what_finds_the_queue_full_is_to_be_sent_again_and_starts_then() throws Exception {
        var file = folder.resolve("go-on");
        house.sop(
                "go",
                "lock = \"one\"",
                webhook("/sop/go", ""),
                """
                1. **Wait** — for a file.
                   - tools: shell

                   ```sh
                   until [ -e '%s' ]; do sleep 0.05; done
                   ```
                """
                        .formatted(file));
        try (var _ = house.start("", "engine: {max_queued: 1}")) {
            assertThat(post("a").text()).startsWith("go started");
            assertThat(post("b").text()).startsWith("go queued");
            var full = post("c");
            assertThat(full.status()).isEqualTo(503);
            assertThat(full.text()).isEqualTo("too much waits already");
            assertThat(post("c").status()).as("still full").isEqualTo(503);
            java.nio.file.Files.createFile(file);
            var answer = post("c");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (answer.status() == 503) {
                assertThat(System.nanoTime()).isLessThan(end);
                TimeUnit.MILLISECONDS.sleep(20);
                answer = post("c");
            }
            assertThat(answer.text()).matches("go (started|queued).*");
            assertThat(post("c").text()).startsWith("go duplicate of ");
            awaitEnd();
        }
    }

    /** Steps outlive the service, and this folder goes with the test. */
    private void awaitEnd() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!house.say("status").contains("nothing")) {
            assertThat(System.nanoTime()).as(house.say("status")).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private IngressHouse.Answer post(String key) throws Exception {
        return house.post("/sop/go", "{}", IngressHouse.with(PROOF, "Idempotency-Key", key));
    }

    @Test
    void while_the_clock_is_in_doubt_no_signature_counts_and_a_token_does() throws Exception {
        house.sop("go", webhook("/sop/go", ""));
        house.sop("sign", webhook("/sop/sign", "auth = \"hmac\""));
        try (var _ = house.start()) {
            house.set(Duration.ofDays(3));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!house.say("status").contains("the clock is in doubt")) {
                assertThat(System.nanoTime()).isLessThan(end);
                TimeUnit.MILLISECONDS.sleep(20);
            }
            var headers = signed(TOKEN, house.now(), "/sop/sign", "k", "{}");
            var answer = house.post("/sop/sign", "{}", headers);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("the clock here is in doubt");
            assertThat(house.post("/sop/go", "{}", PROOF).status()).isEqualTo(202);
            house.say("clock", "ok");
            assertThat(house.post("/sop/sign", "{}", headers).status()).isEqualTo(202);
        }
    }

    @Test
    void a_delivery_is_tried_out_without_starting_anything() throws Exception {
        var triggers =
                """
                [[inputs]]
                name = "version"
                type = "string"
                required = true

                [[triggers]]
                type = "mqtt"
                topic = "ops/+/deploy"
                inputs = { version = "$.version" }

                [[triggers]]
                type = "peripheral"
                board = "hall"
                signal = "button"
                inputs = { version = "$.version" }

                """;
        var webhook =
                webhook(
                        "/sop/deploy",
                        "condition = '$.env == \"prod\"'\ninputs = { version = \"$.version\" }");
        house.sop("deploy", "", triggers + webhook, GATED);
        house.sop("nightly", "[[triggers]]\ntype = \"cron\"\nexpression = \"0 3 * * *\"\n");
        var owners = "credentials: {SOPWITH_WEBHOOK_TOKEN: {owners: [bob]}}";
        try (var _ = house.start(owners, PEOPLE)) {
            assertThat(
                            house.say(
                                    "trigger",
                                    "test",
                                    "webhook",
                                    "/sop/deploy",
                                    "{\"env\":\"prod\",\"version\":\"1.4\"}"))
                    .contains(
                            "Nothing was started",
                            "deploy 0.1.0 would start now",
                            "its condition holds")
                    .contains("with version = 1.4", "waits for approval");
            assertThat(house.say("trigger", "test", "webhook", "/sop/deploy", "{\"env\":\"dev\"}"))
                    .contains("would not start: condition false: $.env is \"dev\"");
            assertThat(house.say("trigger", "test", "webhook", "/sop/deploy", "{\"env\":\"prod\"}"))
                    .contains("would not start: bad input: version is missing");
            assertThat(house.say("trigger", "test", "webhook", "/sop/deplyo"))
                    .contains("no SOP hears webhook /sop/deplyo", "Did you mean: /sop/deploy");
            assertThat(
                            house.say(
                                    "trigger",
                                    "test",
                                    "mqtt",
                                    "ops/berlin/deploy",
                                    "{\"version\":\"2\"}"))
                    .contains("deploy 0.1.0 would start now", "mqtt: ops/+/deploy");
            assertThat(
                            house.say(
                                    "trigger",
                                    "test",
                                    "peripheral",
                                    "hall/button",
                                    "{\"version\":\"3\"}"))
                    .contains("deploy 0.1.0 would start now", "pin: hall/button");
            assertThat(house.say("trigger", "test", "cron", "nightly"))
                    .contains(
                            "nightly 0.1.0 would start now",
                            "cron: 0 3 * * *",
                            "it carries nothing");
            assertThat(house.say("trigger", "test", "gpio", "hall/button"))
                    .contains("nothing comes from");
            assertThat(house.say("runs")).doesNotContain("R-1");
            assertThat(house.say("why", "deploy")).contains("nothing has come in for deploy");
        }
    }

    @Test
    void monitors_see_that_it_lives_is_ready_and_what_it_does() throws Exception {
        house.sop("go", webhook("/sop/go", ""));
        try (var _ = house.start()) {
            house.post("/sop/go", "{}", PROOF);
            house.post("/sop/go", "{}");
            for (var path : List.of("/healthz", "/readyz")) {
                var response = house.observe(path);
                var answer =
                        new IngressHouse.Answer(
                                response.statusCode(),
                                response.headers().firstValue("Content-Type").orElse(""),
                                JsonMapper.shared().readTree(response.body()),
                                Map.of());
                assertThat(answer.status()).as(response.body()).isEqualTo(200);
                OpenApi.requireConforms(path, "get", answer);
            }
            assertThat(house.observe("/readyz").body())
                    .contains(
                            "\"name\":\"schedules\"", "\"name\":\"webhooks\"", "\"last_delivery\"");
            var figures = house.observe("/metrics");
            assertThat(figures.headers().firstValue("Content-Type").orElse(""))
                    .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
            assertThat(figures.body().lines())
                    .contains(
                            "sopwith_webhook_answers_total{status=\"202\"} 1.0",
                            "sopwith_webhook_answers_total{status=\"401\"} 1.0",
                            "sopwith_webhook_answer_seconds_count 2",
                            "sopwith_source_hears{source=\"webhooks\"} 1.0",
                            "sopwith_runs{phase=\"parked\"} 1.0",
                            "sopwith_connector_reachable{connector=\"tmux\"} 1.0",
                            "sopwith_connector_authenticated{connector=\"tmux\"} 1.0",
                            "sopwith_connector_posts_total{connector=\"tmux\",result=\"failed\"} 0.0",
                            "sopwith_queue_length 0.0",
                            "sopwith_frozen 0.0");
            var health = house.send("GET", "/health", BodyPublishers.noBody());
            assertThat(health.json().path("status").asString()).isEqualTo("ok");
            assertThat(house.observe("/sop/go").statusCode()).isEqualTo(404);
            assertThat(house.post("/healthz", "{}", PROOF).status()).as("not there").isEqualTo(404);
        }
    }

    @Test
    void an_address_that_is_taken_keeps_it_from_starting() throws Exception {
        try (var taken =
                new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var observe = "#\n"; // the block has a port that is free
            assertThatThrownBy(
                            () ->
                                    HttpListener.open(
                                            new dev.sopwith.engine.roster.IngressSettings.Address(
                                                    "127.0.0.1", taken.getLocalPort()),
                                            _ -> Reply.of(Problem.FAULT, observe)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
    }
}
