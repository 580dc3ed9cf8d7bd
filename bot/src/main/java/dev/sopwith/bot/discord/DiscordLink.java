package dev.sopwith.bot.discord;

import net.dv8tion.jda.api.JDA;
import net.dv8tion.jda.api.JDABuilder;
import net.dv8tion.jda.api.hooks.EventListener;
import net.dv8tion.jda.api.requests.GatewayIntent;
import net.dv8tion.jda.api.requests.RestConfig;
import net.dv8tion.jda.api.utils.Compression;
import net.dv8tion.jda.api.utils.MemberCachePolicy;
import net.dv8tion.jda.api.utils.SessionControllerAdapter;

import okhttp3.OkHttpClient;
import okhttp3.Response;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * One JDA with the threads it runs on, and its end in the order that loses nothing: JDA by itself
 * takes a minute when anything is queued.
 *
 * <p>Threading: one thread opens and closes it.
 */
final class DiscordLink implements AutoCloseable {
    /** None that Discord has to allow. */
    private static final EnumSet<GatewayIntent> INTENTS =
            EnumSet.of(
                    GatewayIntent.GUILD_MESSAGES,
                    GatewayIntent.GUILD_MESSAGE_REACTIONS,
                    GatewayIntent.DIRECT_MESSAGES);

    private static final int RECONNECT_SECONDS_MAX = 60;
    private static final int REQUESTS_AT_ONCE = 64;
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final Duration GOODBYE = Duration.ofMillis(250);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int BAD_REQUEST = 400;
    private static final long ERROR_MAX = 16_384;
    private static final Pattern OLD_EDITS =
            Pattern.compile("\"code\"\\s*:\\s*" + ChannelSender.TOO_MANY_OLD_EDITS + "\\b");

    private final ExecutorService events =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("discord-events").factory());
    private final ExecutorService work = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer =
            Executors.newScheduledThreadPool(
                    1, Thread.ofPlatform().daemon().name("discord-timer").factory());
    private final AtomicLong limited = new AtomicLong();
    private final OkHttpClient http = client();
    private final JDA jda;

    private DiscordLink(DiscordSettings settings, String token, EventListener listener) {
        DiscordLog.guard();
        var builder =
                JDABuilder.createLight(token, INTENTS)
                        .setMemberCachePolicy(MemberCachePolicy.NONE)
                        .setRawEventsEnabled(true)
                        .setMaxReconnectDelay(RECONNECT_SECONDS_MAX)
                        .setRequestTimeoutRetry(false)
                        .setHttpClient(http)
                        .setEventPool(events, false)
                        .setCallbackPool(work, false)
                        .setRateLimitElastic(work, false)
                        .setRateLimitScheduler(timer, false)
                        .setGatewayPool(timer, false)
                        .setEnableShutdownHook(false)
                        .addEventListeners(listener);
        settings.baseUrl().ifPresent(it -> builder.setRestConfig(new RestConfig().setBaseUrl(it)));
        settings.gatewayUrl()
                .ifPresent(
                        it ->
                                builder.setSessionController(new Elsewhere(it))
                                        .setCompression(Compression.NONE));
        try {
            this.jda = builder.build();
        } catch (RuntimeException e) {
            closePools();
            throw e;
        }
    }

    /**
     * Logs in, and begins to connect.
     *
     * @throws net.dv8tion.jda.api.exceptions.InvalidTokenException when the token is not worth
     *     anything
     * @throws RuntimeException when Discord cannot be reached
     */
    static DiscordLink open(DiscordSettings settings, String token, EventListener listener) {
        return new DiscordLink(settings, token, listener);
    }

    JDA jda() {
        return jda;
    }

    /** How often Discord said that it was too much. */
    long limited() {
        return limited.get();
    }

    private OkHttpClient client() {
        var client =
                new OkHttpClient.Builder()
                        .connectTimeout(CONNECT_WITHIN)
                        .readTimeout(ANSWER_WITHIN)
                        .writeTimeout(ANSWER_WITHIN)
                        .addInterceptor(it -> plain(it.proceed(it.request())))
                        .build();
        client.dispatcher().setMaxRequests(REQUESTS_AT_ONCE);
        client.dispatcher().setMaxRequestsPerHost(REQUESTS_AT_ONCE);
        return client;
    }

    /**
     * JDA waits out whatever comes as "too many requests", and tells nobody. That an old message
     * takes no more edits comes like that too, and waiting does not help: it is an error.
     */
    private Response plain(Response response) throws IOException {
        boolean isOld =
                response.code() == TOO_MANY_REQUESTS
                        && OLD_EDITS.matcher(response.peekBody(ERROR_MAX).string()).find();
        if (response.code() == TOO_MANY_REQUESTS && !isOld) limited.incrementAndGet();
        return isOld ? response.newBuilder().code(BAD_REQUEST).build() : response;
    }

    /** A gateway that is not Discord's own, which needs no pause between two sessions. */
    private static final class Elsewhere extends SessionControllerAdapter {
        private final String gateway;

        Elsewhere(String gateway) {
            this.gateway = gateway;
        }

        @Override
        public String getGateway() {
            return gateway;
        }

        @Override
        protected void runWorker() {
            synchronized (lock) {
                if (Optional.ofNullable(workerHandle).isPresent()) return;
                workerHandle = new QueueWorker(0L);
                workerHandle.start();
            }
        }
    }

    @Override
    public void close() {
        jda.shutdown();
        try {
            if (!jda.awaitShutdown(GOODBYE)) {
                jda.shutdownNow();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            jda.shutdownNow();
        }
        closePools();
    }

    private void closePools() {
        events.shutdown();
        work.shutdown();
        timer.shutdownNow();
        try {
            var _ = work.awaitTermination(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        work.shutdownNow();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
