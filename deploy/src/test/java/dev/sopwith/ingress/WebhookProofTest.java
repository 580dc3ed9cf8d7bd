package dev.sopwith.ingress;

import static dev.sopwith.ingress.IngressHouse.NEXT_TOKEN;
import static dev.sopwith.ingress.IngressHouse.SHOP;
import static dev.sopwith.ingress.IngressHouse.TOKEN;
import static dev.sopwith.ingress.IngressHouse.hmac;
import static dev.sopwith.ingress.IngressHouse.signed;
import static dev.sopwith.ingress.IngressHouse.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;

/** Who may start what by a web request: every scheme, and what is sent by somebody else. */
@Timeout(180)
class WebhookProofTest {
    private static final String BODY = "{\"a\":1}";
    private static final String OTHER = "another-secret-of-32-characters!";

    @TempDir private static Path folder;
    private static IngressHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = new IngressHouse(folder);
        house.environment("SOPWITH_WEBHOOK_SHORT", "only-15-letters");
        for (var how :
                new String[] {"bearer", "hmac", "github", "gitlab", "gitea", "alertmanager"}) {
            var more = "auth = \"%s\"\nsecret_env = \"SOPWITH_WEBHOOK_SHOP\"".formatted(how);
            house.sop(how, webhook("/sop/" + how, more));
        }
        house.sop("standard", webhook("/sop/standard", ""));
        house.sop("open", webhook("/sop/open", "auth = \"none\""));
        house.sop("mine", webhook("/sop/both", "secret_env = \"SOPWITH_WEBHOOK_SHOP\""));
        house.sop("yours", webhook("/sop/both", ""));
        house.sop("unset", webhook("/sop/unset", "secret_env = \"SOPWITH_WEBHOOK_UNSET\""));
        house.sop("short", webhook("/sop/short", "secret_env = \"SOPWITH_WEBHOOK_SHORT\""));
        house.sop(
                "again",
                webhook("/sop/again", "auth = \"hmac\"\nsecret_env = \"SOPWITH_WEBHOOK_SHOP\""));
        house.start();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    private static void starts(String path, String body, String... headers) throws Exception {
        var answer = house.post(path, body, headers);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.text()).contains("started R-");
    }

    private static void isRefused(String path, String body, String... headers) throws Exception {
        var answer = house.post(path, body, headers);
        assertThat(answer.status()).as(answer.text()).isEqualTo(401);
    }

    private static String bearer(String token) {
        return "Bearer " + token;
    }

    @Test
    void a_token_is_sent_in_either_of_two_headers() throws Exception {
        starts("/sop/bearer", BODY, "Authorization", bearer(SHOP));
        starts("/sop/bearer", BODY, "Authorization", "bearer  " + SHOP);
        starts("/sop/bearer", BODY, "X-Webhook-Secret", SHOP);
        isRefused("/sop/bearer", BODY);
        isRefused("/sop/bearer", BODY, "Authorization", bearer(OTHER));
        isRefused("/sop/bearer", BODY, "Authorization", bearer(""));
        isRefused("/sop/bearer", BODY, "Authorization", SHOP);
        isRefused("/sop/bearer", BODY, "X-Webhook-Secret", SHOP.substring(1));
        isRefused("/sop/bearer", BODY, "X-Webhook-Secret", OTHER, "X-Webhook-Secret", SHOP);
    }

    @Test
    void without_auth_it_is_the_bearer_token_of_all_and_two_of_them_hold_while_one_is_replaced()
            throws Exception {
        starts("/sop/standard", BODY, "Authorization", bearer(TOKEN));
        starts("/sop/standard", BODY, "Authorization", bearer(NEXT_TOKEN));
        isRefused("/sop/standard", BODY, "Authorization", bearer(SHOP));
    }

    @Test
    void github_and_gitea_sign_the_body() throws Exception {
        var signature = hmac(SHOP, BODY);
        starts("/sop/github", BODY, "X-Hub-Signature-256", "sha256=" + signature);
        isRefused("/sop/github", BODY, "X-Hub-Signature-256", signature);
        isRefused("/sop/github", BODY + " ", "X-Hub-Signature-256", "sha256=" + signature);
        isRefused("/sop/github", BODY, "X-Hub-Signature-256", "sha256=" + hmac(OTHER, BODY));
        isRefused("/sop/github", BODY, "X-Hub-Signature-256", "sha256=zz");
        isRefused("/sop/github", BODY, "Authorization", bearer(SHOP));
        starts("/sop/gitea", BODY, "X-Gitea-Signature", signature);
        starts("/sop/gitea", BODY, "X-Forgejo-Signature", signature);
        isRefused("/sop/gitea", BODY, "X-Gitea-Signature", hmac(OTHER, BODY));
        isRefused("/sop/gitea", BODY);
    }

    @Test
    void gitlab_and_alertmanager_send_the_secret() throws Exception {
        starts("/sop/gitlab", BODY, "X-Gitlab-Token", SHOP);
        isRefused("/sop/gitlab", BODY, "X-Gitlab-Token", OTHER);
        isRefused("/sop/gitlab", BODY, "Authorization", bearer(SHOP));
        starts("/sop/alertmanager", BODY, "Authorization", bearer(SHOP));
        starts("/sop/alertmanager", BODY, "Authorization", basic("am:" + SHOP));
        isRefused("/sop/alertmanager", BODY, "Authorization", basic("am:" + OTHER));
        isRefused("/sop/alertmanager", BODY, "Authorization", basic(SHOP));
        isRefused("/sop/alertmanager", BODY, "Authorization", "Basic !!");
    }

    private static String basic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void our_own_signature_is_about_everything_and_of_now() throws Exception {
        var key = UUID.randomUUID().toString();
        var path = "/sop/hmac";
        var right = signed(SHOP, house.now(), path, key, BODY);
        isRefused(path, BODY + " ", right);
        isRefused("/sop/again", BODY, right);
        isRefused(path, BODY, right[0], right[1], right[2], right[3]);
        isRefused(path, BODY, right[0], right[1], right[2], right[3], "Idempotency-Key", key + "x");
        isRefused(path, BODY, right[0], right[1] + "0", right[2], right[3], right[4], right[5]);
        isRefused(path, BODY, signed(OTHER, house.now(), path, key, BODY));
        for (var age : new Duration[] {Duration.ofSeconds(310), Duration.ofSeconds(-310)}) {
            isRefused(path, BODY, signed(SHOP, house.now().minus(age), path, key, BODY));
        }
        starts(path, BODY, right);
        starts(path, BODY, signed(SHOP, house.now().minusSeconds(280), path, key + "2", BODY));
    }

    @Test
    void a_signature_that_was_used_starts_nothing_again() throws Exception {
        var path = "/sop/again";
        var headers = signed(SHOP, house.now(), path, "once", BODY);
        starts(path, BODY, headers);
        assertThat(house.post(path, BODY, headers).text()).startsWith("again duplicate of R-");
    }

    @Test
    void without_a_secret_only_this_machine_starts_something_and_no_browser_or_proxy_on_it()
            throws Exception {
        starts("/sop/open", BODY);
        isRefused("/sop/open", BODY, "Origin", "http://localhost");
        isRefused("/sop/open", BODY, "Forwarded", "for=192.0.2.1");
        isRefused("/sop/open", BODY, "X-Forwarded-For", "192.0.2.1");
        isRefused("/sop/open", BODY, "X-Forwarded-Host", "localhost");
        isRefused("/sop/open", BODY, "Sec-Fetch-Site", "same-origin");
        var request =
                """
                POST /sop/open HTTP/1.1\r
                Host: %s\r
                Content-Length: 0\r
                Connection: close\r
                \r
                """;
        assertThat(house.raw(request.formatted("rebound.example"))).startsWith("HTTP/1.1 401");
        assertThat(house.raw(request.formatted("LOCALHOST:80"))).startsWith("HTTP/1.1 202");
    }

    @Test
    void each_webhook_of_a_path_asks_for_its_own_proof() throws Exception {
        var answer = house.post("/sop/both", BODY, "Authorization", bearer(SHOP));
        assertThat(answer.text()).startsWith("mine started R-").doesNotContain("yours");
        answer =
                house.post(
                        "/sop/both",
                        BODY,
                        "Authorization",
                        bearer(SHOP),
                        "X-Webhook-Secret",
                        TOKEN);
        assertThat(answer.text()).as("of two tokens one counts").doesNotContain("yours");
        isRefused("/sop/both", BODY, "Authorization", bearer(OTHER));
    }

    @Test
    void a_secret_that_is_not_there_or_can_be_guessed_proves_nothing_and_is_told()
            throws Exception {
        isRefused("/sop/unset", BODY, "Authorization", bearer(""));
        isRefused("/sop/unset", BODY, "Authorization", bearer("SOPWITH_WEBHOOK_UNSET"));
        isRefused("/sop/short", BODY, "Authorization", bearer("only-15-letters"));
        assertThat(house.concerns)
                .contains(
                        "webhooks: SOPWITH_WEBHOOK_UNSET is not set, so no request starts unset",
                        "webhooks: SOPWITH_WEBHOOK_SHORT has fewer than 16 characters, so no"
                                + " request starts short");
        assertThat(house.say("status")).contains("SOPWITH_WEBHOOK_UNSET is not set");
    }

    @Test
    void why_says_what_was_not_proved_and_nothing_of_what_was_sent() throws Exception {
        isRefused("/sop/gitea", "{\"stranger\":1}", "X-Gitea-Signature", hmac(OTHER, BODY));
        assertThat(house.say("why", "gitea"))
                .contains(
                        "not allowed: gitea with SOPWITH_WEBHOOK_SHOP: X-Gitea-Signature does not"
                                + " fit")
                .contains("webhook POST /sop/gitea from 127.0.0.1")
                .doesNotContain("stranger");
    }
}
