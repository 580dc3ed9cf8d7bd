package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.Assistant;

import net.dv8tion.jda.api.JDA;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A JDA with all that talks through it.
 *
 * <p>Threading: as its parts say.
 */
record DiscordSession(
        JDA jda,
        Rest rest,
        ChannelSender sender,
        Interactions interactions,
        MessageReader reader,
        GatewayListener listener,
        GuildSetup setup) {

    /**
     * What the parts need of the connector.
     *
     * @param channel that is the room
     * @param accounts the Discord ids of a person
     * @param marked told of each message on which somebody votes with a mark, before that is taken
     * @param unauthorized told when the token does not count any more
     */
    record Service(
            String channel,
            Function<String, Set<String>> accounts,
            SlashCommands commands,
            Supplier<Assistant> assistant,
            Inbox inbox,
            Consumer<String> marked,
            Runnable unauthorized,
            InstantSource clock) {}

    /** Makes them. */
    static DiscordSession of(JDA jda, Service of) {
        var rest = new Rest(jda, of.unauthorized());
        var threads = new Threads();
        var setup = new GuildSetup(jda, rest, of.commands(), of.channel());
        var self = jda.getSelfUser().getId();
        var sender = new ChannelSender(rest, threads, of.accounts(), _ -> setup.missing());
        var interactions = new Interactions(rest, of.accounts(), of.clock());
        var reader = new MessageReader(rest, threads, of.channel(), self);
        var reading =
                new InteractionReader(
                        interactions,
                        reader,
                        of.commands(),
                        of.assistant(),
                        of.channel(),
                        event -> of.inbox().add(_ -> List.of(event)));
        var listener =
                new GatewayListener(
                        sender,
                        threads,
                        reader,
                        reading,
                        of.inbox(),
                        of.channel(),
                        self,
                        of.marked(),
                        of.clock());
        return new DiscordSession(jda, rest, sender, interactions, reader, listener, setup);
    }
}
