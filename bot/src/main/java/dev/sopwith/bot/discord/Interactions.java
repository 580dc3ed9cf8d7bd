package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import net.dv8tion.jda.api.requests.Route;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Who waits for an answer that only they see. Discord takes a first word within three seconds, and
 * the answer within a quarter of an hour; what comes later is an ordinary message. Nothing of it is
 * kept: after a restart all answers are ordinary messages.
 *
 * <p>Threading: safe from any thread; {@link #answer} blocks.
 */
final class Interactions {
    private static final Duration LIFE = Duration.ofMinutes(14);
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(4);
    private static final int WAITING_MAX = 10_000;

    private static final System.Logger LOG = System.getLogger(Interactions.class.getName());

    private final Rest rest;
    private final Function<String, ? extends Iterable<String>> accounts;
    private final InstantSource clock;
    private final Recent<String, Waiting> waiting = new Recent<>(WAITING_MAX);

    /**
     * Somebody who waits.
     *
     * @param isReply whether Discord shows that an answer is on its way; else one may come or not
     * @param acknowledged whether Discord took the first word
     */
    private record Waiting(
            String application,
            String token,
            boolean isReply,
            CompletableFuture<Boolean> acknowledged,
            Instant since) {}

    Interactions(
            Rest rest, Function<String, ? extends Iterable<String>> accounts, InstantSource clock) {
        this.rest = rest;
        this.accounts = accounts;
        this.clock = clock;
    }

    /** Says the first word, which is all there is to say. */
    void end(DataObject interaction, DataObject callback) {
        var _ = say(interaction, callback);
    }

    /** Says the first word; an answer may follow. */
    void open(DataObject interaction, DataObject callback) {
        boolean isReply = callback.getInt("type") == Payloads.DEFER_REPLY;
        var taken = say(interaction, callback);
        waiting.put(
                interaction.getString("id"),
                new Waiting(
                        interaction.getString("application_id"),
                        interaction.getString("token"),
                        isReply,
                        taken,
                        clock.instant()));
    }

    private CompletableFuture<Boolean> say(DataObject interaction, DataObject callback) {
        var route =
                Route.Interactions.CALLBACK.compile(
                        interaction.getString("id"), interaction.getString("token"));
        return rest.start(route, callback)
                .handle(
                        (_, why) -> {
                            if (why == null) return true;
                            LOG.log(
                                    System.Logger.Level.WARNING,
                                    "Discord did not take the first word to an interaction: {0}",
                                    rest.failure(why).getMessage());
                            return false;
                        });
    }

    /**
     * Tells who asked.
     *
     * @return empty when it must be told in the room: nobody waits, or not any more
     */
    Optional<SendResult> answer(String eventId, OutboundMessage message) {
        var asked = waiting.get(eventId).filter(this::isAlive);
        if (asked.isEmpty() || !isAcknowledged(asked.get())) return Optional.empty();
        var text = DocumentText.of(message.document(), accounts);
        var files = Upload.of(message, text);
        var body = Payloads.message(text, message.document().controls(), files);
        try {
            var shown = show(asked.get(), body, files);
            return Optional.of(
                    SendResult.delivered(
                            MessageId.of(
                                            shown.getString("channel_id", "0"),
                                            shown.getString("id", "0"))
                                    .toString()));
        } catch (Rest.Failure e) {
            if (e.isTooMuch() || e.code() == 0) {
                return Optional.of(SendResult.failed(String.valueOf(e.getMessage())));
            }
            waiting.remove(eventId);
            return Optional.empty();
        }
    }

    private DataObject show(Waiting asked, DataObject body, List<Upload> files)
            throws Rest.Failure {
        if (!asked.isReply()) {
            var route =
                    Route.Interactions.CREATE_FOLLOWUP.compile(asked.application(), asked.token());
            return rest.call(route, Payloads.whisper(body), files);
        }
        var route =
                Route.Interactions.EDIT_FOLLOWUP.compile(
                        asked.application(), asked.token(), "@original");
        return rest.call(route, body, files);
    }

    /** Nothing more is said: whoever sees that an answer is on its way is told so. */
    void unanswered(String eventId) {
        var asked = waiting.get(eventId).filter(Waiting::isReply).filter(this::isAlive);
        waiting.remove(eventId);
        if (asked.isEmpty()) return;
        var it = asked.get();
        var route =
                Route.Interactions.EDIT_FOLLOWUP.compile(it.application(), it.token(), "@original");
        var body =
                DataObject.empty()
                        .put("content", "done; what came of it stands in the room")
                        .put("allowed_mentions", Payloads.noMentions());
        var _ =
                it.acknowledged()
                        .thenAccept(
                                isTaken -> {
                                    if (!isTaken) return;
                                    var _ =
                                            rest.start(route, body)
                                                    .exceptionally(
                                                            why -> {
                                                                var _ = rest.failure(why);
                                                                return DataObject.empty();
                                                            });
                                });
    }

    private boolean isAlive(Waiting it) {
        return clock.instant().isBefore(it.since().plus(LIFE));
    }

    private static boolean isAcknowledged(Waiting it) {
        try {
            return it.acknowledged().get(ACKNOWLEDGED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException _) {
            return false;
        }
    }
}
