package dev.sopwith.bot.discord;

import net.dv8tion.jda.api.JDA;
import net.dv8tion.jda.api.exceptions.ErrorResponseException;
import net.dv8tion.jda.api.requests.Response;
import net.dv8tion.jda.api.requests.Route;
import net.dv8tion.jda.api.utils.AttachedFile;
import net.dv8tion.jda.api.utils.data.DataArray;
import net.dv8tion.jda.api.utils.data.DataObject;
import net.dv8tion.jda.internal.requests.RestActionImpl;

import okhttp3.MediaType;
import okhttp3.RequestBody;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Requests to Discord under JDA's rate limits. They go by number, not by what JDA has in its cache:
 * a thread that was archived is in none. This class and {@link ArchivedThreads} alone use what JDA
 * calls internal.
 *
 * <p>Threading: safe from any thread; {@link #call} blocks.
 */
final class Rest {
    /** Longer than this nobody waits for one request; the rate limit may ask for more. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final MediaType JSON = MediaType.get("application/json; charset=utf-8");
    private static final int UNAUTHORIZED = 401;

    private final JDA jda;
    private final Runnable onUnauthorized;
    private final AtomicLong failures = new AtomicLong();
    private volatile Optional<Instant> lastAnswer = Optional.empty();

    /**
     * @param onUnauthorized told when the token does not count any more
     */
    Rest(JDA jda, Runnable onUnauthorized) {
        this.jda = jda;
        this.onUnauthorized = onUnauthorized;
    }

    /** Discord did not do it. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        /** Discord's own number of the error; 0 when there was no answer. */
        private final int code;

        private final boolean isTooMuch;

        Failure(int code, boolean isTooMuch, String why) {
            super(why);
            this.code = code;
            this.isTooMuch = isTooMuch;
        }

        int code() {
            return code;
        }

        /** Whether the rate limit lets nothing through for a while. */
        boolean isTooMuch() {
            return isTooMuch;
        }
    }

    /** Asks, and waits for the answer; {@code null} is never one. */
    DataObject call(Route.CompiledRoute route) throws Failure {
        return await(submit(route, Optional.empty(), Rest::object));
    }

    DataObject call(Route.CompiledRoute route, DataObject body) throws Failure {
        return await(submit(route, Optional.of(json(body.toString())), Rest::object));
    }

    DataArray list(Route.CompiledRoute route) throws Failure {
        return await(submit(route, Optional.empty(), Response::getArray));
    }

    DataArray list(Route.CompiledRoute route, DataArray body) throws Failure {
        return await(submit(route, Optional.of(json(body.toString())), Response::getArray));
    }

    /** With files, if there are any. */
    DataObject call(Route.CompiledRoute route, DataObject body, List<Upload> files) throws Failure {
        if (files.isEmpty()) return call(route, body);
        var uploads = files.stream().map(Upload::forOneTry).toList();
        var form = AttachedFile.createMultipartBody(uploads, json(body.toString())).build();
        return await(submit(route, Optional.of(form), Rest::object));
    }

    /** Does not wait; whoever wants to know asks the future. */
    CompletableFuture<DataObject> start(Route.CompiledRoute route, DataObject body) {
        return submit(route, Optional.of(json(body.toString())), Rest::object);
    }

    private <T> CompletableFuture<T> submit(
            Route.CompiledRoute route,
            Optional<RequestBody> body,
            java.util.function.Function<Response, T> reader) {
        var action =
                new RestActionImpl<T>(
                        jda, route, body.orElse(null), (response, _) -> reader.apply(response));
        try {
            return action.deadline(System.currentTimeMillis() + PATIENCE.toMillis()).submit();
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> T await(CompletableFuture<T> answer) throws Failure {
        try {
            var result = answer.get(PATIENCE.toMillis() + 1_000, TimeUnit.MILLISECONDS);
            lastAnswer = Optional.of(Instant.now());
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(0, false, "interrupted");
        } catch (java.util.concurrent.ExecutionException e) {
            throw failure(Optional.ofNullable(e.getCause()).orElse(e));
        } catch (CancellationException | TimeoutException e) {
            throw failure(e);
        }
    }

    /** What went wrong, in words. */
    Failure failure(Throwable why) {
        failures.incrementAndGet();
        var cause =
                why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        return switch (cause) {
            case ErrorResponseException it -> {
                var response = it.getResponse();
                if (response.code == UNAUTHORIZED) onUnauthorized.run();
                if (!response.isError() || response.code > 0)
                    lastAnswer = Optional.of(Instant.now());
                int code = it.getErrorCode() < 0 ? 0 : it.getErrorCode();
                yield new Failure(code, false, words(response.code, it));
            }
            case TimeoutException _ ->
                    new Failure(
                            0, true, "no answer in time: too many requests, or Discord is down");
            case RejectedExecutionException _ -> new Failure(0, false, "the connector is closed");
            case CancellationException _ -> new Failure(0, false, "the connector is closed");
            default -> new Failure(0, false, "no answer: " + cause.getMessage());
        };
    }

    private static String words(int status, ErrorResponseException e) {
        if (status <= 0) return "no answer: " + e.getMeaning();
        return "Discord answered %d, %d %s".formatted(status, e.getErrorCode(), e.getMeaning());
    }

    /** When Discord last answered. */
    Optional<Instant> lastAnswer() {
        return lastAnswer;
    }

    /** Requests that were not done so far. */
    long failures() {
        return failures.get();
    }

    private static DataObject object(Response response) {
        return response.optObject().orElseGet(DataObject::empty);
    }

    private static RequestBody json(String text) {
        return RequestBody.create(text, JSON);
    }
}
