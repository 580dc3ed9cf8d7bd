package dev.sopwith.engine.step;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.JsonValue.Num;
import dev.sopwith.engine.expression.JsonValue.Obj;
import dev.sopwith.engine.expression.JsonValue.Str;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.secret.Masker;
import dev.sopwith.engine.sop.HttpBlock;
import dev.sopwith.engine.sop.Step.Expectation;
import dev.sopwith.engine.sop.Tool;

import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Sends the request of an http block, once: no retry, no cookie, no proxy of the environment, no
 * connection from before. Redirects are followed to the same scheme, host and port only.
 *
 * <p>A request does not outlive the service, and nothing is durable: whether one that was under way
 * has taken effect, nobody can say, unless it only reads. Interrupting the thread that waits breaks
 * the request off.
 *
 * <p>Hands on {@code status}, and {@code body} where that is a text of up to 32 KiB.
 *
 * <p>Threading: safe from any thread.
 */
public final class HttpRunner implements StepRunner {
    /** Of an answer, unpacked, in bytes: 10 MiB. More fails the step. */
    public static final int BODY_MAX = 10 * 1024 * 1024;

    private static final int REDIRECTS_MAX = 5;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Without a time-out for the step: the longest silence of a server. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Expectation.Status SUCCESS =
            new Expectation.Status(List.of(new Expectation.Range(200, 299)));
    private static final String RETRY_AFTER = "Retry-After";
    private static final String RETRY_AFTER_ASIDE = "Sopwith-Retry-After";

    private final OkHttpClient client;
    private final Map<StepKey, Flight> flights = new ConcurrentHashMap<>();

    public HttpRunner(AddressPolicy policy) {
        client =
                new OkHttpClient.Builder()
                        .socketFactory(new GuardedSockets(policy))
                        .proxy(Proxy.NO_PROXY)
                        .cookieJar(CookieJar.NO_COOKIES)
                        .followRedirects(false)
                        .followSslRedirects(false)
                        .retryOnConnectionFailure(false)
                        .connectionPool(new ConnectionPool(0, 1, TimeUnit.NANOSECONDS))
                        .connectTimeout(CONNECT)
                        .addNetworkInterceptor(
                                chain -> hideRetryAfter(chain.proceed(chain.request())))
                        .build();
    }

    /** A request under way. */
    private static final class Flight extends EventListener {
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean sent;
        private volatile Optional<String> stopped = Optional.empty();
        private volatile Optional<Call> call = Optional.empty();

        @Override
        public void requestHeadersStart(Call call) {
            sent = true;
        }

        void stop(String why) {
            stopped = Optional.of(why);
            call.ifPresent(Call::cancel);
        }

        /** One call after another; who is stopped between two does not begin the next one. */
        Response execute(Call next) throws IOException {
            call = Optional.of(next);
            if (stopped.isPresent()) next.cancel();
            return next.execute();
        }
    }

    /** What came back, whole. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int status, Headers headers, byte[] body, String note) {}

    /** The answer has no end in sight. */
    private static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public StepEnd run(StepOrder order) throws InterruptedException {
        if (order.block().tool() != Tool.HTTP) {
            throw new IllegalArgumentException(order.key() + " is no http step");
        }
        var flight = new Flight();
        if (flights.putIfAbsent(order.key(), flight) != null) {
            throw new IllegalStateException(order.key() + " is being run by another thread");
        }
        try {
            return run(order, HttpRequestText.of(order), flight);
        } catch (HttpRequestText.Refused e) {
            return failed(new FailureReason.NotStarted(String.valueOf(e.getMessage())));
        } finally {
            flights.remove(order.key());
            flight.over.countDown();
        }
    }

    @Override
    public Recovered recover(StepOrder order) {
        if (flights.containsKey(order.key())) return new Recovered.Running();
        if (HttpBlock.parse(order.block().text()) instanceof Parsed.Ok<HttpBlock>(var block)
                && !onlyReads(block.method())) {
            return new Recovered.Unknown(
                    "the service went down while it sent a %s request".formatted(block.method()));
        }
        return new Recovered.NeverBegan(); // or may as well: who only reads may read again
    }

    /** Nothing goes on after a restart. */
    @Override
    public StepEnd attach(StepOrder order) {
        return new StepEnd.Lost("a request does not outlive the service", StepOutput.NONE);
    }

    @Override
    public boolean stop(StepKey key, String why) throws InterruptedException {
        var flight = flights.get(key);
        if (flight == null) return true;
        flight.stop(why);
        flight.over.await();
        return true;
    }

    private StepEnd run(StepOrder order, HttpRequestText text, Flight flight)
            throws InterruptedException {
        var masker = order.masker();
        try {
            return end(order, exchange(order, text, flight), masker);
        } catch (IOException | IllegalArgumentException e) {
            if (Thread.interrupted()) throw new InterruptedException("while waiting for an answer");
            return failed(why(order, text, flight, e, masker));
        }
    }

    private Answer exchange(StepOrder order, HttpRequestText text, Flight flight)
            throws IOException {
        long end = System.nanoTime() + order.timeout().toNanos();
        var request = request(order, text);
        for (int redirects = 0; ; redirects++) {
            var left = Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
            var timed = client.newBuilder().eventListener(flight);
            if (order.timeout().isZero()) timed.readTimeout(SILENCE).writeTimeout(SILENCE);
            else timed.callTimeout(left).readTimeout(left).writeTimeout(left);
            try (var response = flight.execute(timed.build().newCall(request))) {
                var next = redirect(order, request, response);
                if (next.isEmpty()) return answer(response, "");
                if (!next.get().url().scheme().equals(request.url().scheme())
                        || !next.get().url().host().equals(request.url().host())
                        || next.get().url().port() != request.url().port()) {
                    return answer(
                            response, " that leads to another server, where none is followed");
                }
                if (redirects == REDIRECTS_MAX) {
                    return answer(response, ", the sixth redirect in a row");
                }
                request = next.get();
            }
        }
    }

    private static Request request(StepOrder order, HttpRequestText text) {
        var request = new Request.Builder().url(text.url()).header("User-Agent", "Sopwith");
        request.header("Idempotency-Key", order.key().idempotencyKey());
        for (var header : text.headers()) request.removeHeader(header.name());
        for (var header : text.headers()) request.addHeader(header.name(), header.value());
        return request.method(text.method(), body(text)).build();
    }

    /** None where HTTP wants none; the type is a header that the author wrote. */
    private static @Nullable RequestBody body(HttpRequestText text) {
        boolean wanted = List.of("POST", "PUT", "PATCH").contains(text.method());
        if (text.body().isEmpty() && !wanted) return null;
        return RequestBody.create(text.body().getBytes(StandardCharsets.UTF_8));
    }

    /** The request that a redirect asks for, if the answer is one and is not what was expected. */
    private static Optional<Request> redirect(StepOrder order, Request request, Response response) {
        if (!REDIRECTS.contains(response.code())) return Optional.empty();
        boolean wanted =
                order.expect().orElse(SUCCESS) instanceof Expectation.Status(var ranges)
                        && holds(ranges, response.code());
        var location = Optional.ofNullable(response.header("Location"));
        var url = location.flatMap(to -> Optional.ofNullable(request.url().resolve(to)));
        if (wanted || url.isEmpty()) return Optional.empty();
        return Optional.of(redirected(request, url.get(), response.code()));
    }

    /** As browsers do it: 307 and 308 repeat the request, the others go on with GET. */
    private static Request redirected(Request request, HttpUrl url, int status) {
        var next = request.newBuilder().url(url);
        boolean repeats = status == 307 || status == 308 || onlyReads(request.method());
        if (repeats) return next.build();
        return next.get().removeHeader("Content-Type").build();
    }

    private static Answer answer(Response response, String note) throws IOException {
        byte[] body;
        try (var in = response.body().byteStream()) {
            body = in.readNBytes(BODY_MAX + 1);
        }
        if (body.length > BODY_MAX) throw new TooLarge();
        var headers = response.headers();
        var retryAfter = headers.get(RETRY_AFTER_ASIDE);
        if (retryAfter != null) {
            headers =
                    headers.newBuilder()
                            .removeAll(RETRY_AFTER_ASIDE)
                            .set(RETRY_AFTER, retryAfter)
                            .build();
        }
        return new Answer(response.code(), headers, body, note);
    }

    /** OkHttp sends a request again, a POST too, when a 503 says "Retry-After: 0". */
    private static Response hideRetryAfter(Response response) {
        var value = response.header(RETRY_AFTER);
        if (value == null) return response;
        return response.newBuilder()
                .removeHeader(RETRY_AFTER)
                .header(RETRY_AFTER_ASIDE, value)
                .build();
    }

    private static StepEnd end(StepOrder order, Answer answer, Masker masker) {
        var output = output(masker.mask(answer.body()));
        var problem = problem(order.expect().orElse(SUCCESS), answer);
        if (problem.isPresent()) {
            var reason = new FailureReason.Unexpected(masker.mask(problem.get()));
            return new StepEnd.Failed(reason, output);
        }
        var outputs = new HashMap<String, String>();
        outputs.put("status", Integer.toString(answer.status()));
        text(answer.body())
                .filter(_ -> answer.body().length <= OutputValues.VALUE_MAX)
                .filter(body -> body.indexOf('\0') < 0)
                .ifPresent(body -> outputs.put("body", masker.mask(body)));
        return new StepEnd.Succeeded(outputs, "HTTP " + answer.status(), output);
    }

    /** Why an answer is not the one that was expected; empty if it is. */
    private static Optional<String> problem(Expectation expectation, Answer answer) {
        var status = "HTTP %d%s".formatted(answer.status(), answer.note());
        return switch (expectation) {
            case Expectation.Status(var ranges) ->
                    holds(ranges, answer.status())
                            ? Optional.empty()
                            : Optional.of(status + " instead of " + words(ranges));
            case Expectation.Holds(var condition) -> {
                var verdict = condition.evaluate(document(answer));
                yield verdict.matches()
                        ? Optional.empty()
                        : Optional.of(status + ", but " + verdict.why());
            }
        };
    }

    /** What {@code expect} looks at: {@code {status, headers, body}}. */
    private static JsonValue document(Answer answer) {
        var headers = new HashMap<String, JsonValue>();
        for (var name : answer.headers().names()) {
            headers.put(
                    name.toLowerCase(Locale.ROOT),
                    new Str(String.join(", ", answer.headers().values(name))));
        }
        var text = text(answer.body()).orElse("");
        var body =
                JsonValue.parse(text) instanceof Parsed.Ok<JsonValue>(var json)
                        ? json
                        : new Str(text);
        var status = new Num(Integer.toString(answer.status()));
        return new Obj(Map.of("status", status, "headers", new Obj(headers), "body", body));
    }

    private static FailureReason why(
            StepOrder order, HttpRequestText text, Flight flight, Exception e, Masker masker) {
        boolean mayHaveHappened = flight.sent && !onlyReads(text.method());
        if (flight.stopped.isPresent()) {
            return new FailureReason.Stopped(
                    flight.stopped.get()
                            + (mayHaveHappened ? "; the request may have taken effect" : ""));
        }
        var refused = refused(e);
        if (refused.isPresent()) return new FailureReason.NotStarted(refused.get());
        var message = masker.mask(String.valueOf(e.getMessage()));
        return switch (e) {
            case TooLarge _ ->
                    new FailureReason.NoAnswer(
                            "the answer is larger than %d MiB".formatted(BODY_MAX >> 20),
                            mayHaveHappened);
            case UnknownHostException _ -> new FailureReason.NotStarted("no such host: " + message);
            case InterruptedIOException _ when !order.timeout().isZero() ->
                    mayHaveHappened
                            ? new FailureReason.NoAnswer(
                                    new FailureReason.TimedOut(order.timeout()).text(), true)
                            : new FailureReason.TimedOut(order.timeout());
            default -> new FailureReason.NoAnswer("no answer: " + message, mayHaveHappened);
        };
    }

    private static Optional<String> refused(Throwable e) {
        if (e instanceof GuardedSockets.AddressRefused) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        for (var other : e.getSuppressed()) {
            var found = refused(other);
            if (found.isPresent()) return found;
        }
        return Optional.ofNullable(e.getCause()).flatMap(HttpRunner::refused);
    }

    private static StepOutput output(byte[] body) {
        boolean all = body.length <= 2 * StepOutput.EXCERPT_MAX;
        var head = all ? body : Arrays.copyOf(body, StepOutput.EXCERPT_MAX);
        var tail =
                all
                        ? new byte[0]
                        : Arrays.copyOfRange(
                                body, body.length - StepOutput.EXCERPT_MAX, body.length);
        return new StepOutput(
                body.length,
                all ? 0 : body.length - 2L * StepOutput.EXCERPT_MAX,
                new String(head, StandardCharsets.UTF_8),
                new String(tail, StandardCharsets.UTF_8),
                Optional.empty());
    }

    private static Optional<String> text(byte[] body) {
        try {
            var decoder = StandardCharsets.UTF_8.newDecoder();
            return Optional.of(decoder.decode(ByteBuffer.wrap(body)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean holds(List<Expectation.Range> ranges, int status) {
        return ranges.stream().anyMatch(range -> range.first() <= status && status <= range.last());
    }

    private static String words(List<Expectation.Range> ranges) {
        return ranges.stream()
                .map(
                        range ->
                                range.first() == range.last()
                                        ? "" + range.first()
                                        : range.first() + "-" + range.last())
                .collect(Collectors.joining(", "));
    }

    private static boolean onlyReads(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private static StepEnd failed(FailureReason reason) {
        return new StepEnd.Failed(reason, StepOutput.NONE);
    }
}
