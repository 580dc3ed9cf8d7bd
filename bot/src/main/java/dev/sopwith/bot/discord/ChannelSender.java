package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;

import net.dv8tion.jda.api.requests.Route;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Shows messages in the channel and in its threads, one at a time. What it does twice does no harm:
 * a nonce from the key makes Discord answer with the message that is there.
 *
 * <p>Threading: calls come from one thread at a time, and block.
 */
final class ChannelSender {
    // Discord's numbers of errors.
    private static final int UNKNOWN_CHANNEL = 10_003;
    private static final int UNKNOWN_MESSAGE = 10_008;
    static final int TOO_MANY_OLD_EDITS = 30_046;
    private static final int ARCHIVED = 50_083;
    private static final int LOCKED = 160_005;
    private static final int HAS_THREAD = 160_004;
    private static final int NO_ACCESS = 50_001;
    private static final int NO_PERMISSION = 50_013;

    /** Minutes without a message after which Discord puts a thread away by itself: a week. */
    private static final int ARCHIVE_AFTER = 10_080;

    private static final int THREAD_NAME_MAX = 100;
    private static final int NONCE_LENGTH = 25;
    private static final int REMEMBERED_MAX = 5_000;
    private static final Duration TOO_MANY = Duration.ofSeconds(5);

    private final Rest rest;
    private final Threads threads;
    private final Function<String, ? extends Iterable<String>> accounts;
    private final Function<String, String> hint;
    private final Recent<String, String> sent = new Recent<>(REMEMBERED_MAX);
    private final Recent<String, String> titles = new Recent<>(REMEMBERED_MAX);
    private final Recent<String, Boolean> ended = new Recent<>(REMEMBERED_MAX);

    /**
     * @param accounts the Discord ids of a person
     * @param hint of a channel, what is missing there, when something may not be done
     */
    ChannelSender(
            Rest rest,
            Threads threads,
            Function<String, ? extends Iterable<String>> accounts,
            Function<String, String> hint) {
        this.rest = rest;
        this.threads = threads;
        this.accounts = accounts;
        this.hint = hint;
    }

    SendResult send(OutboundMessage message) {
        var nonce = nonce(message.key());
        var known = sent.get(nonce);
        if (known.isPresent()) return SendResult.delivered(known.get());
        var text = text(message);
        var files = Upload.of(message, text);
        var body =
                Payloads.create(
                        Payloads.message(text, message.document().controls(), files),
                        nonce,
                        message.document().isLoud());
        try {
            var thread = message.threadId().flatMap(MessageId::parse);
            var id =
                    thread.isEmpty()
                            ? post(message.room(), body, files)
                            : postInThread(thread.get(), body, files);
            sent.put(nonce, id.toString());
            if (thread.isEmpty()) {
                titles.put(id.message(), message.document().title());
                threads.fresh(id.message());
            }
            return SendResult.delivered(id.toString());
        } catch (Rest.Failure e) {
            return failed(e, message.room());
        }
    }

    SendResult update(String messageId, OutboundMessage message) {
        var id = MessageId.parse(messageId);
        if (id.isEmpty()) return SendResult.failed("there is no message " + messageId);
        var text = text(message);
        var files = Upload.of(message, text);
        var body = Payloads.message(text, message.document().controls(), files);
        try {
            edit(id.get(), body, files);
            if (message.isLast() && message.threadId().isEmpty()) end(id.get().thread());
            return SendResult.delivered(messageId);
        } catch (Rest.Failure e) {
            if (e.code() == UNKNOWN_MESSAGE) return SendResult.gone();
            if (e.code() == UNKNOWN_CHANNEL && message.threadId().isPresent()) {
                return SendResult.gone(); // with the whole thread
            }
            if (e.code() == TOO_MANY_OLD_EDITS) return renew(id.get(), message, text, files);
            return failed(e, id.get().channel());
        }
    }

    /** What was sent under this key, as far as Discord has told. */
    Optional<String> find(OutboundMessage message) {
        return sent.get(nonce(message.key()));
    }

    /** Discord tells of a message of ours, also of one whose answer was lost. */
    void seen(String nonce, MessageId id) {
        if (!nonce.isEmpty()) sent.put(nonce, id.toString());
    }

    private DocumentText text(OutboundMessage message) {
        return DocumentText.of(message.document(), accounts);
    }

    // Messages

    private MessageId post(String channel, DataObject body, List<Upload> files)
            throws Rest.Failure {
        var answer = rest.call(Route.Messages.SEND_MESSAGE.compile(channel), body, files);
        return MessageId.of(channel, answer.getString("id"));
    }

    private void edit(MessageId id, DataObject body, List<Upload> files) throws Rest.Failure {
        var route = Route.Messages.EDIT_MESSAGE.compile(id.channel(), id.message());
        try {
            rest.call(route, body, files);
        } catch (Rest.Failure e) {
            if (!isPutAway(e)) throw e;
            reopen(id.channel());
            rest.call(route, body, files);
            if (ended.get(id.channel()).isPresent()) archive(id.channel());
        }
    }

    /** A message that may not be edited so often any more makes room for a new one. */
    private SendResult renew(
            MessageId old, OutboundMessage message, DocumentText text, List<Upload> files) {
        var body =
                Payloads.create(
                        Payloads.message(text, message.document().controls(), files),
                        nonce(message.key() + "/after/" + old.message()),
                        false);
        try {
            var now = post(old.channel(), body, files);
            var renewed = new MessageId(now.channel(), now.message(), old.thread());
            if (message.threadId().isEmpty()) threads.renamed(old.thread(), renewed);
            delete(old);
            return SendResult.delivered(renewed.toString());
        } catch (Rest.Failure e) {
            return failed(e, old.channel());
        }
    }

    private void delete(MessageId id) throws Rest.Failure {
        try {
            var _ = rest.call(Route.Messages.DELETE_MESSAGE.compile(id.channel(), id.message()));
        } catch (Rest.Failure e) {
            if (e.code() != UNKNOWN_MESSAGE) throw e;
        }
    }

    // Threads

    private MessageId postInThread(MessageId root, DataObject body, List<Upload> files)
            throws Rest.Failure {
        if (threads.isNew(root.thread())) begin(root);
        MessageId id;
        try {
            id = postOpen(root.thread(), body, files);
        } catch (Rest.Failure e) {
            if (e.code() != UNKNOWN_CHANNEL) throw e;
            id = postOpen(begin(root), body, files);
        }
        if (ended.get(root.thread()).isPresent()) archive(root.thread());
        return id;
    }

    private MessageId postOpen(String thread, DataObject body, List<Upload> files)
            throws Rest.Failure {
        try {
            return post(thread, body, files);
        } catch (Rest.Failure e) {
            if (!isPutAway(e)) throw e;
            reopen(thread);
            return post(thread, body, files);
        }
    }

    /** Begins the thread at the message, once. */
    private String begin(MessageId root) throws Rest.Failure {
        var name = titles.get(root.message()).filter(it -> !it.isBlank()).orElse("run");
        var body =
                DataObject.empty()
                        .put("name", Payloads.cut(name, THREAD_NAME_MAX))
                        .put("auto_archive_duration", ARCHIVE_AFTER);
        try {
            var route =
                    Route.Channels.CREATE_THREAD_FROM_MESSAGE.compile(
                            root.channel(), root.message());
            var _ = rest.call(route, body);
        } catch (Rest.Failure e) {
            if (e.code() != HAS_THREAD) throw e;
        }
        threads.add(root.message(), root.channel());
        return root.message();
    }

    /** Puts the thread away; what comes later brings it back for a moment. */
    private void end(String thread) {
        if (!threads.isKnown(thread)) return;
        ended.put(thread, true);
        archive(thread);
    }

    private void archive(String thread) {
        try {
            set(thread, DataObject.empty().put("archived", true));
        } catch (Rest.Failure _) {
            // Discord does it after a week in any case.
        }
    }

    private void reopen(String thread) throws Rest.Failure {
        set(thread, DataObject.empty().put("archived", false).put("locked", false));
    }

    private void set(String thread, DataObject body) throws Rest.Failure {
        var _ = rest.call(Route.Channels.MODIFY_CHANNEL.compile(thread), body);
    }

    private static boolean isPutAway(Rest.Failure e) {
        return e.code() == ARCHIVED || e.code() == LOCKED;
    }

    // What it says

    private SendResult failed(Rest.Failure e, String channel) {
        if (e.isTooMuch()) return SendResult.tooMany(TOO_MANY);
        boolean isRefused = e.code() == NO_ACCESS || e.code() == NO_PERMISSION;
        return SendResult.failed(
                isRefused ? e.getMessage() + hint.apply(channel) : String.valueOf(e.getMessage()));
    }

    /** The same key is the same nonce, for ever. */
    static String nonce(String key) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(key.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(hash)
                    .substring(0, NONCE_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
