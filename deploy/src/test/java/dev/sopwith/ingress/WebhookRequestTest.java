package dev.sopwith.ingress;

import static dev.sopwith.ingress.IngressHouse.SHOP;
import static dev.sopwith.ingress.IngressHouse.TOKEN;
import static dev.sopwith.ingress.IngressHouse.hmac;
import static dev.sopwith.ingress.IngressHouse.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What may be sent, what is sent again, and what is answered to everything else. */
@Timeout(180)
class WebhookRequestTest {
    private static final String[] PROOF = {"X-Webhook-Secret", TOKEN};
    private static final String INPUTS =
            """
            [[inputs]]
            name = "version"
            type = "string"
            pattern = '[0-9]+[.][0-9]+'
            required = true

            [[inputs]]
            name = "count"
            type = "integer"
            default = 1
            """;

    @TempDir private static Path folder;
    private static IngressHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = new IngressHouse(folder);
        house.sop("go", webhook("/sop/go", ""));
        house.sop("text", webhook("/sop/text", "condition = '$ == \"ON\"'"));
        house.sop("prod", webhook("/sop/prod", "condition = '$.env == \"prod\"'"));
        house.sop(
                "deploy",
                INPUTS + webhook("/sop/deploy", "inputs = { version = \"$.v\", count = \"$.n\" }"));
        house.sop("shop", webhook("/sop/shop", "dedupe = \"$.order.id\""));
        house.sop(
                "push",
                webhook("/sop/push", "auth = \"github\"\nsecret_env = \"SOPWITH_WEBHOOK_SHOP\""));
        house.sop("keyed", webhook("/sop/keyed", ""));
        house.sop("keyed-too", webhook("/sop/keyed", "secret_env = \"SOPWITH_WEBHOOK_SHOP\""));
        house.sop("at-root", webhook("/webhook", ""));
        house.sop("deep", webhook("/sop/a/b%20c", ""));
        house.start();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    private static IngressHouse.Answer post(String path, String body, String... headers)
            throws Exception {
        return house.post(path, body, IngressHouse.with(headers, PROOF));
    }

    private static IngressHouse.Answer typed(String type, byte[] body) throws Exception {
        return house.post("/sop/go", body, IngressHouse.with(PROOF, "Content-Type", type));
    }

    @Test
    void what_started_is_answered_with_its_run() throws Exception {
        var answer = post("/webhook", "{}");
        assertThat(answer.status()).isEqualTo(202);
        var outcome = answer.json().path("outcomes").path(0);
        assertThat(outcome.path("text").asString())
                .isEqualTo("started R-" + outcome.path("run").asLong());
        assertThat(house.say("status", "R-" + outcome.path("run").asLong())).contains("at-root");
    }

    @Test
    void a_condition_that_does_not_hold_is_an_outcome_and_says_on_what() throws Exception {
        var answer = post("/sop/prod", "{\"env\":\"dev\"}");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text()).isEqualTo("prod condition false: $.env is \"dev\"");
        assertThat(house.say("why", "prod"))
                .contains("condition false: $.env is \"dev\"", "webhook POST /sop/prod");
    }

    @Test
    void only_exactly_the_path_counts_and_the_nearest_one_is_named() throws Exception {
        assertThat(post("/sop/deploi", "{}").text()).endsWith("did you mean /sop/deploy?");
        for (var path :
                new String[] {"/sop/go/", "/sop/Go", "/sop//go", "/sop/%67o", "/", "/sop/a/b"}) {
            assertThat(post(path, "{}").status()).as(path).isEqualTo(404);
        }
        assertThat(post("/sop/a/b%20c", "{}").status()).isEqualTo(202);
        assertThat(post("/sop/go?no=matter", "{}").status()).isEqualTo(202);
    }

    @Test
    void only_post_starts_something() throws Exception {
        for (var method : new String[] {"GET", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            var answer = house.send(method, "/sop/go", BodyPublishers.noBody(), PROOF);
            assertThat(answer.status()).as(method).isEqualTo(405);
        }
    }

    @Test
    void inputs_are_taken_from_the_payload_and_refused_with_the_reason() throws Exception {
        var answer = post("/sop/deploy", "{\"v\":\"1.4\",\"n\":3}");
        assertThat(answer.status()).isEqualTo(202);
        long run = answer.json().path("outcomes").path(0).path("run").asLong();
        assertThat(house.say("status", "R-" + run)).contains("version", "1.4", "count", "3");
        answer = post("/sop/deploy", "{\"v\":\"latest\",\"n\":1.5}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text())
                .contains(
                        "version is \"latest\", must match",
                        "count is \"1.5\", must be a whole number");
        assertThat(post("/sop/deploy", "{\"v\":{\"x\":1}}").text()).contains("version is missing");
        assertThat(house.say("why", "deploy")).contains("bad input: version is \"latest\"");
    }

    @Test
    void a_body_that_cannot_be_read_is_refused() throws Exception {
        for (var body :
                new String[] {
                    "",
                    " ",
                    "{",
                    "{\"a\":1,\"a\":2}",
                    "{} {}",
                    "nonsense",
                    "'x'",
                    "\"\\ud800\"",
                    "[".repeat(501) + "]".repeat(501),
                    "\u0000"
                }) {
            var answer = post("/sop/go", body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.text()).startsWith("the body is not JSON: ");
        }
        var latin = "{\"a\":\"ä\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(typed("application/json", latin).text()).isEqualTo("the body is not UTF-8");
    }

    @Test
    void json_and_plain_text_are_read_and_nothing_else() throws Exception {
        var json = "{}".getBytes(StandardCharsets.UTF_8);
        for (var type :
                new String[] {
                    "application/json",
                    "application/json; charset=utf-8",
                    "Application/JSON;charset=\"UTF-8\"",
                    "application/cloudevents+json",
                    "text/plain"
                }) {
            assertThat(typed(type, json).status()).as(type).isEqualTo(202);
        }
        for (var type :
                new String[] {
                    "application/x-www-form-urlencoded",
                    "application/xml",
                    "text/html",
                    "application/json; charset=iso-8859-1",
                    "application/json; charset=utf-16"
                }) {
            assertThat(typed(type, json).status()).as(type).isEqualTo(415);
        }
        assertThat(house.post("/sop/go", json, PROOF).status()).as("no type").isEqualTo(415);
        assertThat(house.post("/sop/go", new byte[0], PROOF).status()).as("nothing").isEqualTo(202);
        for (var encoding : new String[] {"gzip", "br", "deflate", "identity"}) {
            var answer = post("/sop/go", "{}", "Content-Encoding", encoding);
            assertThat(answer.status()).as(encoding).isEqualTo(415);
            assertThat(answer.text()).contains("compressed");
        }
        var on =
                house.post(
                        "/sop/text",
                        "ON".getBytes(StandardCharsets.UTF_8),
                        IngressHouse.with(PROOF, "Content-Type", "text/plain"));
        assertThat(on.text()).startsWith("text started R-");
    }

    @Test
    void a_mebibyte_is_read_and_not_a_byte_more() throws Exception {
        int most = 1024 * 1024;
        assertThat(post("/sop/go", "\"" + "x".repeat(most - 2) + "\"").status()).isEqualTo(202);
        assertThat(post("/sop/go", "\"" + "x".repeat(most - 1) + "\"").status()).isEqualTo(413);
        var chunked =
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[most + 1]));
        var answer =
                house.send(
                        "POST",
                        "/sop/go",
                        chunked,
                        IngressHouse.with(PROOF, "Content-Type", "application/json"));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(house.post("/sop/go", "\"" + "x".repeat(most) + "\"").status())
                .as("unproved")
                .isEqualTo(413);
    }

    @Test
    void what_is_no_request_gets_a_problem_too() throws Exception {
        for (var text :
                new String[] {
                    "POST /sop/go HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                    "POST /sop/go HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(20_000) + "\r\n\r\n"
                }) {
            assertThat(house.raw(text))
                    .as(text)
                    .startsWith("HTTP/1.1 400")
                    .contains("urn:sopwith:problem:");
        }
    }

    @Test
    void the_same_key_starts_one_run_however_often_it_comes() throws Exception {
        var first = post("/sop/go", "{\"n\":1}", "Idempotency-Key", "k-1");
        long run = first.json().path("outcomes").path(0).path("run").asLong();
        for (var header : new String[] {"Idempotency-Key", "X-Idempotency-Key"}) {
            var again = post("/sop/go", "{\"n\":1}", header, "k-1");
            assertThat(again.status()).isEqualTo(202);
            assertThat(again.text()).isEqualTo("go duplicate of R-" + run);
        }
        assertThat(post("/sop/go", "{\"n\":1}").text()).as("no key").startsWith("go started");
        assertThat(post("/sop/go", "{\"n\":1}", "Idempotency-Key", "k-2").text())
                .startsWith("go started");
    }

    @Test
    void a_key_that_belongs_to_something_else_is_a_conflict() throws Exception {
        post("/sop/go", "{\"n\":1}", "Idempotency-Key", "k-3");
        var other = post("/sop/go", "{\"n\":2}", "Idempotency-Key", "k-3");
        assertThat(other.status()).isEqualTo(409);
        assertThat(house.say("why", "go")).contains("which carried something else");
    }

    @Test
    void a_key_that_is_none_is_refused() throws Exception {
        assertThat(post("/sop/go", "{}", "Idempotency-Key", "a b").status()).isEqualTo(400);
        assertThat(post("/sop/go", "{}", "Idempotency-Key", "x".repeat(256)).status())
                .isEqualTo(400);
        assertThat(post("/sop/go", "{}", "Idempotency-Key", "a", "X-Idempotency-Key", "b").status())
                .isEqualTo(400);
        assertThat(post("/sop/go", "{}", "Idempotency-Key", "a", "Idempotency-Key", "a").status())
                .isEqualTo(400);
    }

    @Test
    void nobody_uses_up_the_keys_of_another_secret() throws Exception {
        assertThat(post("/sop/keyed", "{}", "Idempotency-Key", "k").text())
                .startsWith("keyed started");
        var other =
                house.post("/sop/keyed", "{}", "X-Webhook-Secret", SHOP, "Idempotency-Key", "k");
        assertThat(other.text()).startsWith("keyed-too started");
    }

    @Test
    void the_payloads_own_id_tells_what_was_sent_again() throws Exception {
        assertThat(post("/sop/shop", "{\"order\":{\"id\":7}}").text()).startsWith("shop started");
        assertThat(post("/sop/shop", "{\"order\":{\"id\":7}}").text())
                .startsWith("shop duplicate of R-");
        assertThat(post("/sop/shop", "{\"order\":{\"id\":8}}").text()).startsWith("shop started");
        assertThat(post("/sop/shop", "{}").text())
                .as("no id, no repeat")
                .startsWith("shop started");
        assertThat(post("/sop/shop", "{}").text()).startsWith("shop started");
    }

    @Test
    void the_delivery_ids_of_programs_count_where_they_send() throws Exception {
        var signature = "sha256=" + hmac(SHOP, "{}");
        var github = new String[] {"X-Hub-Signature-256", signature, "X-GitHub-Delivery", "d-1"};
        assertThat(house.post("/sop/push", "{}", github).text()).startsWith("push started");
        assertThat(house.post("/sop/push", "{}", github).text()).startsWith("push duplicate");
        assertThat(post("/sop/go", "{}", "X-GitHub-Delivery", "d-1").text())
                .startsWith("go started");
        assertThat(post("/sop/go", "{}", "X-GitHub-Delivery", "d-1").text())
                .startsWith("go started");
    }
}
