package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.InboundEvent;

import net.dv8tion.jda.api.events.RawGatewayEvent;
import net.dv8tion.jda.api.utils.data.DataArray;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the gateway tells, made events. It acknowledges and hands over; whatever needs an answer of
 * Discord is asked by who takes it from the inbox.
 *
 * <p>Threading: belongs to the one thread of the gateway's events.
 */
final class GatewayListener {
    private static final System.Logger LOG = System.getLogger(GatewayListener.class.getName());

    private final ChannelSender sender;
    private final Threads threads;
    private final MessageReader reader;
    private final InteractionReader interactions;
    private final Inbox inbox;
    private final String room;
    private final String self;
    private final Consumer<String> early;
    private final InstantSource clock;
    private final long begun;

    /**
     * @param early told of each message on which somebody votes with a mark, before that is taken
     */
    GatewayListener(
            ChannelSender sender,
            Threads threads,
            MessageReader reader,
            InteractionReader interactions,
            Inbox inbox,
            String room,
            String self,
            Consumer<String> early,
            InstantSource clock) {
        this.sender = sender;
        this.threads = threads;
        this.reader = reader;
        this.interactions = interactions;
        this.inbox = inbox;
        this.room = room;
        this.self = self;
        this.early = early;
        this.clock = clock;
        this.begun = clock.millis();
    }

    /** One that makes no sense is logged, and the next one is heard. */
    void hear(RawGatewayEvent event) {
        try {
            read(event.getType(), event.getPayload(), event.getPackage().getLong("s", 0));
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a {0} makes no sense: {1}",
                    event.getType(),
                    DiscordLog.where(e));
        }
    }

    private void read(String type, DataObject data, long number) {
        switch (type) {
            case "GUILD_CREATE", "THREAD_LIST_SYNC" ->
                    data.optArray("threads").ifPresent(this::learn);
            case "THREAD_CREATE", "THREAD_UPDATE" -> learn(data);
            case "THREAD_DELETE" -> threads.remove(data.getString("id", ""));
            case "MESSAGE_CREATE" -> message(data);
            case "MESSAGE_REACTION_ADD" -> mark(data, number, true);
            case "MESSAGE_REACTION_REMOVE" -> mark(data, number, false);
            case "INTERACTION_CREATE" -> interactions.read(data);
            default -> {}
        }
    }

    private void learn(DataArray all) {
        for (int i = 0; i < all.length(); i++) learn(all.getObject(i));
    }

    private void learn(DataObject thread) {
        threads.add(thread.getString("id"), thread.getString("parent_id", ""));
    }

    private void message(DataObject data) {
        var author = data.optObject("author").map(it -> it.getString("id", "")).orElse("");
        if (author.equals(self)) {
            sender.seen(
                    data.getString("nonce", ""),
                    MessageId.of(data.getString("channel_id"), data.getString("id")));
            return;
        }
        inbox.add(_ -> reader.read(data, false).map(List::of).orElse(List.of()));
    }

    private void mark(DataObject data, long number, boolean isPut) {
        var user = data.getString("user_id");
        boolean isBot =
                data.optObject("member")
                        .flatMap(it -> it.optObject("user"))
                        .filter(it -> it.getBoolean("bot", false))
                        .isPresent();
        var mark = Marks.plain(data.getObject("emoji"));
        if (user.equals(self) || isBot || mark.isEmpty()) return;
        var channel = data.getString("channel_id");
        var message = MessageId.of(channel, data.getString("message_id")).toString();
        var id = "mark/%d/%d".formatted(begun, number);
        var sender = MessageReader.account(user);
        var at = clock.instant();
        inbox.add(
                _ -> {
                    var place = reader.place(channel);
                    if (place.isPresent() && isPut && Marks.isVote(mark.get())) {
                        early.accept(message);
                    }
                    return place.map(_ -> event(isPut, id, message, sender, mark, at))
                            .map(List::of)
                            .orElse(List.of());
                });
    }

    private InboundEvent event(
            boolean isPut,
            String id,
            String message,
            String sender,
            Optional<String> mark,
            java.time.Instant at) {
        return isPut
                ? new InboundEvent.Reaction(id, room, message, sender, mark.orElseThrow(), at)
                : new InboundEvent.ReactionRemoved(
                        id, room, message, sender, mark.orElseThrow(), at);
    }
}
