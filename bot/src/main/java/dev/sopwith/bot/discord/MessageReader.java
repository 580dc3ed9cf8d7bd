package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.InboundEvent;

import net.dv8tion.jda.api.requests.Route;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What people wrote, read from what Discord sends. Without a privileged intent it shows only what
 * mentions this application, answers it with a mention, or is written to it directly.
 *
 * <p>Threading: safe from any thread; {@link #read} may ask Discord where a channel belongs.
 */
final class MessageReader {
    private static final int ORDINARY = 0;
    private static final int REPLY = 19;

    private final Rest rest;
    private final Threads threads;
    private final String room;
    private final String self;
    private final Pattern prefix;

    MessageReader(Rest rest, Threads threads, String room, String self) {
        this.rest = rest;
        this.threads = threads;
        this.room = room;
        this.self = self;
        this.prefix = Pattern.compile("\\A<@!?" + Pattern.quote(self) + ">[ \\u00a0]?");
    }

    static String account(String user) {
        return "discord:" + user;
    }

    /**
     * A message.
     *
     * @param isOfGuild whether it is from a guild although it does not say so
     * @return empty when it is not for us: of a bot, of a channel that is none of ours, talk
     */
    Optional<InboundEvent> read(DataObject message, boolean isOfGuild) throws Rest.Failure {
        var author = message.optObject("author").orElseGet(DataObject::empty);
        int type = message.getInt("type", ORDINARY);
        boolean isOfPerson =
                !author.getBoolean("bot", false)
                        && message.isNull("webhook_id")
                        && (type == ORDINARY || type == REPLY);
        var content = message.getString("content", "");
        if (!isOfPerson || content.isEmpty() || author.isNull("id")) return Optional.empty();
        var channel = message.getString("channel_id");
        boolean isDirect = !isOfGuild && message.isNull("guild_id");
        var place = isDirect ? Optional.of(new Place(channel, Optional.empty())) : place(channel);
        if (place.isEmpty()) return Optional.empty();
        var mention = prefix.matcher(content);
        boolean isMention = mention.find();
        boolean isAddressed = isDirect || isMention || isReplyToUs(message);
        var id = message.getString("id");
        return Optional.of(
                new InboundEvent.Message(
                        id,
                        place.get().room(),
                        place.get().thread(),
                        replyTo(message, channel),
                        account(author.getString("id")),
                        isAddressed,
                        isMention ? content.substring(mention.end()) : content,
                        Snowflake.time(Snowflake.parse(id))));
    }

    private boolean isReplyToUs(DataObject message) {
        return message.getInt("type", ORDINARY) == REPLY
                && message.optObject("referenced_message")
                        .flatMap(it -> it.optObject("author"))
                        .filter(it -> it.getString("id", "").equals(self))
                        .isPresent();
    }

    private static Optional<String> replyTo(DataObject message, String channel) {
        if (message.getInt("type", ORDINARY) != REPLY) return Optional.empty();
        return message.optObject("message_reference")
                .map(it -> it.getString("message_id", ""))
                .filter(it -> !it.isEmpty())
                .map(it -> MessageId.of(channel, it).toString());
    }

    /**
     * Where something happened.
     *
     * @param thread the message at which it begins, as the service knows it
     */
    record Place(String room, Optional<String> thread) {}

    /** The channel itself or a thread of it; empty of all others. */
    Optional<Place> place(String channel) throws Rest.Failure {
        if (channel.equals(room)) return Optional.of(new Place(room, Optional.empty()));
        var known = threads.parent(channel);
        return known.isPresent() ? place(channel, known.get()) : asked(channel);
    }

    Optional<Place> place(String channel, String parent) {
        if (channel.equals(room)) return Optional.of(new Place(room, Optional.empty()));
        if (!parent.equals(room)) return Optional.empty();
        return Optional.of(new Place(room, Optional.of(threads.root(channel, parent).toString())));
    }

    private Optional<Place> asked(String channel) throws Rest.Failure {
        try {
            var answer = rest.call(Route.Channels.GET_CHANNEL.compile(channel));
            var parent = answer.getString("parent_id", "");
            threads.add(channel, parent);
            return place(channel, parent);
        } catch (Rest.Failure e) {
            if (e.code() == 0) throw e;
            return Optional.empty(); // it is hidden from us
        }
    }
}
