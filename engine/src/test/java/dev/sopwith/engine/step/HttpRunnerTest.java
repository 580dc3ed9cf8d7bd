package dev.sopwith.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.sop.Step.Expectation;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;

/** Against a real server on loopback. */
class HttpRunnerTest {
    private static final StepKey KEY = new StepKey("e1", 12, 3, 1, 1);

    private final HttpRunner runner = new HttpRunner(AddressPolicy.STRICT);
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private String base;

    /** What arrived at the server. */
    private record Seen(String request, Headers headers, String body) {}

    private interface Answering {
        void answer(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        base = "http://127.0.0.1:" + server.getAddress().getPort();
        serve("/ok", 200, "fine");
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    // What is sent

    @Test
    void a_request_is_sent_as_it_stands() throws Exception {
        succeeded(Orders.http("POST " + base + "/ok?a=b%20c\nX-One: 1\nX-Two: x\n\n{\"a\": 1}\n"));
        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst().request()).isEqualTo("POST /ok?a=b%20c");
        assertThat(seen.getFirst().body()).startsWith("{\"a\": 1}");
        assertThat(seen.getFirst().headers())
                .containsEntry("X-one", List.of("1"))
                .containsEntry("User-agent", List.of("Sopwith"))
                .doesNotContainKey("Cookie");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void every_method_works_without_a_body(String method) throws Exception {
        succeeded(Orders.http(method + " " + base + "/ok"));
        assertThat(seen.getFirst().request()).isEqualTo(method + " /ok");
    }

    @Test
    void values_stay_inside_path_and_query() throws Exception {
        var text = "GET " + base + "/ok/${inputs.v}/x?q=${steps.build.tag}";
        succeeded(
                Orders.http(text)
                        .input("v", "a/b?c#d%2e ä")
                        .earlier(
                                new EarlierStep(2, Optional.of("build"), Map.of("tag", "x&y=z+"))));
        assertThat(seen.getFirst().request())
                .isEqualTo("GET /ok/a%2Fb%3Fc%23d%252e%20%C3%A4/x?q=x%26y%3Dz%2B");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void a_value_cannot_lead_to_another_path(String value) throws Exception {
        var order = Orders.http("GET " + base + "/ok/${inputs.v}/x").input("v", value);
        assertThat(reason(order)).contains("make the path lead elsewhere");
        assertThat(seen).isEmpty();
    }

    @Test
    void values_in_json_are_text_inside_strings_and_typed_outside() throws Exception {
        var text =
                "POST %s/ok\nContent-Type: application/json\n\n{\"a\": \"x ${inputs.s}\", \"b\": ${inputs.s}, \"c\": ${inputs.n}, \"d\": ${inputs.f}, \"e\\\"\": \"${steps.2.k}\"}"
                        .formatted(base);
        succeeded(
                Orders.http(text)
                        .input("s", "\"}, \\ \n \u0001")
                        .input("n", new JsonValue.Num("1.50"))
                        .input("f", new JsonValue.Bool(true))
                        .earlier(new EarlierStep(2, Optional.empty(), Map.of("k", "5"))));
        assertThat(seen.getFirst().body())
                .isEqualTo(
                        "{\"a\": \"x \\\"}, \\\\ \\u000a \\u0001\", \"b\": \"\\\"}, \\\\ \\u000a"
                                + " \\u0001\", \"c\": 1.50, \"d\": true, \"e\\\"\": \"5\"}");
    }

    @Test
    void values_in_forms_are_encoded() throws Exception {
        var text =
                "POST %s/ok\nContent-Type: application/x-www-form-urlencoded\n\na=${inputs.s}&b=1"
                        .formatted(base);
        succeeded(Orders.http(text).input("s", "x&admin=1 ä"));
        assertThat(seen.getFirst().body()).isEqualTo("a=x%26admin%3D1%20%C3%A4&b=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nEvil: 1", "a\u0000", "a\tb", "ä"})
    void a_header_takes_no_control_characters(String value) throws Exception {
        var order = Orders.http("GET " + base + "/ok\nX-A: ${inputs.v}").input("v", value);
        assertThat(reason(order)).startsWith("not started: ${inputs.v} holds what a header cannot");
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "Content-Type", "Content-Length", "transfer-encoding"})
    void nothing_is_filled_into_headers_that_steer_the_request(String name) throws Exception {
        var order = Orders.http("GET %s/ok\n%s: ${inputs.v}".formatted(base, name)).input("v", "1");
        assertThat(reason(order)).contains("nothing is filled into the header " + name);
        assertThat(seen).isEmpty();
    }

    @Test
    void secrets_go_into_headers_and_never_come_back() throws Exception {
        answer("/echo", exchange -> reply(exchange, 200, "you said " + header(exchange, "X-Auth")));
        var order =
                Orders.http("GET " + base + "/echo\nX-Auth: Bearer ${secrets.TOKEN}")
                        .secret("TOKEN", "hunter22");
        var end = succeeded(order);
        assertThat(seen.getFirst().headers()).containsEntry("X-auth", List.of("Bearer hunter22"));
        assertThat(end.outputs()).containsEntry("body", "you said Bearer ***");
        assertThat(end.output().head()).isEqualTo("you said Bearer ***");
    }

    @Test
    void a_secret_that_was_not_granted_is_missed() throws Exception {
        var order = Orders.http("GET " + base + "/ok\nX-Auth: ${secrets.TOKEN}");
        assertThat(reason(order)).isEqualTo("not started: ${secrets.TOKEN} has no value here");
    }

    @Test
    void every_try_of_a_visit_has_the_same_idempotency_key() throws Exception {
        succeeded(Orders.http("POST " + base + "/ok"));
        succeeded(Orders.http("POST " + base + "/ok").attempt(2));
        assertThat(seen)
                .extracting(request -> request.headers().get("Idempotency-key"))
                .containsOnly(List.of("e1-R-12.3.1"));
    }

    // What counts as success

    @Test
    void an_answer_is_handed_on() throws Exception {
        var end = succeeded(Orders.http("GET " + base + "/ok"));
        assertThat(end.how()).isEqualTo("HTTP 200");
        assertThat(end.outputs()).isEqualTo(Map.of("status", "200", "body", "fine"));
    }

    @Test
    void other_answers_than_200_to_299_fail() throws Exception {
        serve("/gone", 404, "no such thing");
        var end = run(Orders.http("GET " + base + "/gone"));
        assertThat(end).isInstanceOf(StepEnd.Failed.class);
        assertThat(end.output().head()).isEqualTo("no such thing");
        assertThat(reason(end)).isEqualTo("HTTP 404 instead of 200-299");
    }

    @Test
    void an_author_says_what_is_expected() throws Exception {
        serve("/gone", 404, "{\"ok\": false}");
        var order = Orders.http("GET " + base + "/gone");
        var ranges = List.of(new Expectation.Range(200, 204), new Expectation.Range(404, 404));
        succeeded(order.expect(new Expectation.Status(ranges)));
        succeeded(order.expect(holds("$.status == 404 && $.body.ok == false")));
        succeeded(order.expect(holds("$.headers.x-served-by == test")));
        assertThat(reason(order.expect(holds("$.body.ok == true"))))
                .isEqualTo("HTTP 404, but $.body.ok is false");
    }

    // Where it goes

    @Test
    void redirects_are_followed_to_the_same_server() throws Exception {
        redirect("/from", 302, "/ok");
        assertThat(succeeded(Orders.http("GET " + base + "/from")).outputs())
                .containsEntry("body", "fine");
    }

    @ParameterizedTest
    @CsvSource({"302, GET, ''", "303, GET, ''", "307, POST, x", "308, POST, x"})
    void a_redirected_post_is_repeated_only_where_the_server_says_so(
            int status, String method, String body) throws Exception {
        redirect("/from", status, "/ok");
        succeeded(Orders.http("POST " + base + "/from\n\nx"));
        assertThat(seen).hasSize(2);
        assertThat(seen.getLast().request()).isEqualTo(method + " /ok");
        assertThat(seen.getLast().body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://localhost:1/", "http://127.0.0.1:1/", "https://127.0.0.1/", "//x/"})
    void redirects_to_another_server_are_not_followed(String to) throws Exception {
        redirect("/from", 302, to);
        assertThat(reason(Orders.http("GET " + base + "/from")))
                .startsWith("HTTP 302 that leads to another server");
    }

    @Test
    void redirects_end() throws Exception {
        redirect("/from", 302, "/from");
        assertThat(reason(Orders.http("GET " + base + "/from")))
                .startsWith("HTTP 302, the sixth redirect in a row");
        assertThat(seen).hasSize(6);
    }

    @ParameterizedTest
    @CsvSource({
        "169.254.169.254, a link-local address",
        "[fe80::1], a link-local address",
        "[::ffff:169.254.169.254], a link-local address",
        "[64:ff9b::a9fe:a9fe], a link-local address",
        "[2002:a9fe:a9fe::1], a link-local address",
        "[fd00:ec2::254], a metadata address",
        "100.100.100.200, a metadata address",
        "0.0.0.0, no address of one host",
        "224.0.0.1, no address of one host",
        "255.255.255.255, no address of one host"
    })
    void addresses_that_give_secrets_away_are_not_reached(String host, String why)
            throws Exception {
        assertThat(reason(Orders.http("GET http://%s/latest".formatted(host))))
                .startsWith("not started: ")
                .endsWith("is %s, which http steps may not reach".formatted(why));
    }

    @Test
    void the_policy_may_allow_them() {
        var metadata = InetAddress.ofLiteral("169.254.169.254");
        var policy = new AddressPolicy(Set.of(metadata));
        assertThat(policy.whyRefused(metadata)).isEmpty();
        assertThat(policy.whyRefused(InetAddress.ofLiteral("169.254.169.253"))).isPresent();
        for (var usual : List.of("127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "2001:db8::1")) {
            assertThat(AddressPolicy.STRICT.whyRefused(InetAddress.ofLiteral(usual))).isEmpty();
        }
    }

    @Test
    void a_proxy_of_the_environment_is_not_used() throws Exception {
        var before = System.getProperty("http.proxyHost");
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", "1");
        System.setProperty("http.nonProxyHosts", "");
        try {
            succeeded(Orders.http("GET " + base + "/ok"));
        } finally {
            if (before == null) System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
    }

    @Test
    void cookies_are_neither_kept_nor_sent() throws Exception {
        answer(
                "/cookie",
                exchange -> {
                    exchange.getResponseHeaders().set("Set-Cookie", "a=b");
                    reply(exchange, 200, "");
                });
        succeeded(Orders.http("GET " + base + "/cookie"));
        succeeded(Orders.http("GET " + base + "/cookie"));
        assertThat(seen.getLast().headers()).doesNotContainKey("Cookie");
    }

    // Servers that misbehave

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "DELETE"})
    void a_server_that_asks_for_a_retry_does_not_get_one(String method) throws Exception {
        answer(
                "/busy",
                exchange -> {
                    exchange.getResponseHeaders().set("Retry-After", "0");
                    reply(exchange, 503, "");
                });
        var order = Orders.http(method + " " + base + "/busy");
        assertThat(reason(order)).isEqualTo("HTTP 503 instead of 200-299");
        assertThat(seen).hasSize(1);
        succeeded(order.expect(holds("$.headers.retry-after == 0")));
    }

    @Test
    void a_silent_server_is_given_up() throws Exception {
        try (var silent = new Raw("")) {
            var get = Orders.http("GET " + silent.url()).timeout(Duration.ofMillis(300));
            assertThat(reason(get)).isEqualTo("timed out after 300ms");
            var post = Orders.http("POST " + silent.url()).timeout(Duration.ofMillis(300));
            assertThat(reason(post))
                    .isEqualTo("timed out after 300ms; the request may have taken effect");
        }
    }

    @Test
    void an_answer_that_trickles_does_not_outlast_the_timeout() throws Exception {
        try (var slow = new Raw("HTTP/1.1 200 OK\r\n\r\n", "x", Duration.ofMillis(20))) {
            var order = Orders.http("GET " + slow.url()).timeout(Duration.ofMillis(400));
            assertThat(reason(order)).isEqualTo("timed out after 400ms");
        }
    }

    @Test
    void an_endless_answer_is_cut_off() throws Exception {
        try (var endless = new Raw("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(100_000), Duration.ZERO)) {
            assertThat(reason(Orders.http("GET " + endless.url())))
                    .isEqualTo("the answer is larger than 10 MiB");
        }
    }

    @Test
    void endless_headers_are_cut_off() throws Exception {
        try (var endless =
                new Raw(
                        "HTTP/1.1 200 OK\r\n",
                        "X-A: " + "x".repeat(1_000) + "\r\n",
                        Duration.ZERO)) {
            assertThat(reason(Orders.http("GET " + endless.url()))).startsWith("no answer");
        }
    }

    @Test
    void a_gzip_bomb_does_not_go_off() throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            for (int i = 0; i < 200; i++) gzip.write(new byte[1024 * 1024]);
        }
        answer(
                "/bomb",
                exchange -> {
                    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                    exchange.sendResponseHeaders(200, packed.size());
                    exchange.getResponseBody().write(packed.toByteArray());
                    exchange.close();
                });
        assertThat(reason(Orders.http("GET " + base + "/bomb")))
                .isEqualTo("the answer is larger than 10 MiB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
            })
    void a_broken_answer_is_no_answer(String answer) throws Exception {
        try (var broken = new Raw(answer, true)) {
            assertThat(reason(Orders.http("POST " + broken.url())))
                    .startsWith("no answer")
                    .endsWith("; the request may have taken effect");
        }
    }

    @Test
    void where_nobody_listens_nothing_happened() throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThat(reason(Orders.http("POST http://127.0.0.1:" + port)))
                .startsWith("no answer: ")
                .doesNotContain("may have taken effect");
        assertThat(reason(Orders.http("POST http://no-such-host.invalid/")))
                .startsWith("not started: no such host");
    }

    @Test
    void a_request_can_be_stopped() throws Exception {
        try (var silent = new Raw("")) {
            var order = Orders.http("GET " + silent.url());
            var end = new FutureTask<>(() -> run(order));
            Thread.ofVirtual().start(end);
            Await.until("the request", () -> silent.requests() == 1);
            assertThat(runner.recover(order.order())).isInstanceOf(Recovered.Running.class);
            assertThat(runner.stop(KEY, "cancelled by @ada")).isTrue();
            assertThat(reason(end.get())).isEqualTo("stopped: cancelled by @ada");
        }
    }

    @Test
    void interrupting_ends_the_waiting() throws Exception {
        try (var silent = new Raw("")) {
            var end = new FutureTask<>(() -> run(Orders.http("GET " + silent.url())));
            var thread = Thread.ofVirtual().start(end);
            Await.until("the request", () -> silent.requests() == 1);
            thread.interrupt();
            Await.until("the end", end::isDone);
            assertThat(end.exceptionNow()).isInstanceOf(InterruptedException.class);
        }
    }

    // After a restart

    @ParameterizedTest
    @CsvSource({"GET, true", "HEAD, true", "POST, false", "DELETE, false", "OPTIONS, false"})
    void only_what_reads_may_be_repeated(String method, boolean repeats) {
        var recovered = runner.recover(Orders.http(method + " " + base + "/ok").order());
        if (repeats) assertThat(recovered).isInstanceOf(Recovered.NeverBegan.class);
        else assertThat(recovered).isInstanceOf(Recovered.Unknown.class);
    }

    private StepEnd run(Orders order) throws InterruptedException {
        return runner.run(order.order());
    }

    private StepEnd.Succeeded succeeded(Orders order) throws InterruptedException {
        var end = run(order);
        assertThat(end).isInstanceOf(StepEnd.Succeeded.class);
        return (StepEnd.Succeeded) end;
    }

    private String reason(Orders order) throws InterruptedException {
        return reason(run(order));
    }

    private static String reason(StepEnd end) {
        assertThat(end).isInstanceOf(StepEnd.Failed.class);
        return ((StepEnd.Failed) end).reason().text();
    }

    private static Expectation holds(String condition) {
        return new Expectation.Holds(((Parsed.Ok<Condition>) Condition.parse(condition)).value());
    }

    private void serve(String path, int status, String body) {
        answer(path, exchange -> reply(exchange, status, body));
    }

    private void redirect(String path, int status, String to) {
        answer(
                path,
                exchange -> {
                    exchange.getResponseHeaders().set("Location", to);
                    reply(exchange, status, "");
                });
    }

    private void answer(String path, Answering answering) {
        server.createContext(
                path,
                exchange -> {
                    var body =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    var request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
                    seen.add(new Seen(request, exchange.getRequestHeaders(), body));
                    answering.answer(exchange);
                });
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("X-Served-By", "test");
        boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        if (!none) exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String header(HttpExchange exchange, String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    /** A server that says what it was told to, whatever it is asked, and no more. */
    private static final class Raw implements AutoCloseable {
        private final ServerSocket socket =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> clients = new CopyOnWriteArrayList<>();

        /** Says this and then nothing. */
        Raw(String answer) throws IOException {
            this(answer, "", Duration.ZERO, false);
        }

        /** Says this and hangs up. */
        Raw(String answer, boolean hangsUp) throws IOException {
            this(answer, "", Duration.ZERO, hangsUp);
        }

        /** Says this and then that, for ever. */
        Raw(String answer, String then, Duration pause) throws IOException {
            this(answer, then, pause, false);
        }

        private Raw(String answer, String then, Duration pause, boolean hangsUp)
                throws IOException {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                while (!socket.isClosed()) accept(answer, then, pause, hangsUp);
                            });
        }

        String url() {
            return "http://127.0.0.1:" + socket.getLocalPort() + "/";
        }

        int requests() {
            return clients.size();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            for (var client : clients) client.close();
        }

        private void accept(String answer, String then, Duration pause, boolean hangsUp) {
            try {
                var client = socket.accept();
                readHead(client);
                clients.add(client);
                var out = client.getOutputStream();
                out.write(answer.getBytes(StandardCharsets.UTF_8));
                if (hangsUp) client.close();
                while (!then.isEmpty()) {
                    out.write(then.getBytes(StandardCharsets.UTF_8));
                    if (!pause.isZero()) LockSupport.parkNanos(pause.toNanos());
                }
            } catch (IOException e) {
                // The client had enough.
            }
        }

        private static void readHead(Socket client) throws IOException {
            var in = client.getInputStream();
            for (int ends = 0, b = in.read(); b >= 0 && ends < 2; ) {
                if (b == '\n') ends++;
                else if (b != '\r') ends = 0;
                if (ends < 2) b = in.read();
            }
        }
    }
}
