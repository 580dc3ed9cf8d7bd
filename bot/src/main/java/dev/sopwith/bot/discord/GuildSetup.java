package dev.sopwith.bot.discord;

import net.dv8tion.jda.api.JDA;
import net.dv8tion.jda.api.Permission;
import net.dv8tion.jda.api.entities.channel.middleman.GuildChannel;
import net.dv8tion.jda.api.events.RawGatewayEvent;
import net.dv8tion.jda.api.exceptions.ParsingException;
import net.dv8tion.jda.api.requests.Route;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at the channel that the roster names, registers the commands of its guild, and says what is
 * missing there.
 *
 * <p>Threading: {@link #look} is called by one thread at a time, the rest by any; calls block.
 */
final class GuildSetup {
    /** What it takes to do everything. */
    static final EnumSet<Permission> NEEDED =
            EnumSet.of(
                    Permission.VIEW_CHANNEL,
                    Permission.MESSAGE_SEND,
                    Permission.MESSAGE_SEND_IN_THREADS,
                    Permission.CREATE_PUBLIC_THREADS,
                    Permission.MANAGE_THREADS,
                    Permission.MESSAGE_EMBED_LINKS,
                    Permission.MESSAGE_ATTACH_FILES,
                    Permission.MESSAGE_HISTORY);

    private static final List<Integer> TEXT_CHANNELS = List.of(0, 5);
    private static final int UNKNOWN_CHANNEL = 10_003;
    private static final int UNKNOWN_MEMBER = 10_007;
    private static final int UNKNOWN_USER = 10_013;

    private final JDA jda;
    private final Rest rest;
    private final SlashCommands commands;
    private final String channel;

    GuildSetup(JDA jda, Rest rest, SlashCommands commands, String channel) {
        this.jda = jda;
        this.rest = rest;
        this.commands = commands;
        this.channel = channel;
    }

    /**
     * What came of it.
     *
     * @param guild in which the channel is; empty when it cannot be used
     * @param place for people: who this is and where; empty when the channel cannot be used
     * @param trouble for people: why it cannot be used, or what is missing; empty when all is well
     */
    record Found(Optional<String> guild, String place, String trouble) {
        static final Found NOTHING = new Found(Optional.empty(), "", "");

        static Found unusable(String why) {
            return new Found(Optional.empty(), "", why);
        }

        /** All of it. */
        String line() {
            if (place.isEmpty() || trouble.isEmpty()) return place + trouble;
            return place + "; " + trouble;
        }
    }

    /**
     * Looks, and registers what differs.
     *
     * @throws Rest.Failure when Discord cannot be asked
     */
    Found look(String application) throws Rest.Failure {
        DataObject found;
        try {
            found = rest.call(Route.Channels.GET_CHANNEL.compile(channel));
        } catch (Rest.Failure e) {
            if (e.code() == 0) throw e;
            return Found.unusable(
                    e.code() == UNKNOWN_CHANNEL
                            ? "there is no channel %s; look at discord.channel_id in the roster"
                                    .formatted(channel)
                            : "channel %s cannot be used: %s; invite the application to its guild and let its role see the channel"
                                    .formatted(channel, e.getMessage()));
        }
        var guild = found.getString("guild_id", "");
        if (guild.isEmpty() || !TEXT_CHANNELS.contains(found.getInt("type", -1))) {
            return Found.unusable(
                    "channel %s is no text channel of a guild; look at discord.channel_id in the roster"
                            .formatted(channel));
        }
        var trouble =
                Stream.of(missing(), register(application, guild))
                        .filter(it -> !it.isEmpty())
                        .collect(Collectors.joining("; "));
        return new Found(
                Optional.of(guild),
                "%s (application %s) in guild %s, channel #%s"
                        .formatted(
                                jda.getSelfUser().getName(),
                                application,
                                guild,
                                found.getString("name", channel)),
                trouble);
    }

    /**
     * The roles that an account has in the guild now, by their ids: of Discord itself, because no
     * cache of ours is told when one is taken away. Who is not in the guild has none.
     *
     * @throws Rest.Failure when Discord does not say
     */
    Set<String> roles(String account) throws Rest.Failure {
        try {
            var guild =
                    rest.call(Route.Channels.GET_CHANNEL.compile(channel)).getString("guild_id");
            var member = rest.call(Route.Guilds.GET_MEMBER.compile(guild, account));
            var roles = new TreeSet<String>();
            var ids = member.getArray("roles");
            for (int i = 0; i < ids.length(); i++) roles.add(ids.getString(i));
            return roles;
        } catch (Rest.Failure e) {
            if (e.code() == UNKNOWN_MEMBER || e.code() == UNKNOWN_USER) return Set.of();
            throw e;
        } catch (ParsingException _) {
            throw new Rest.Failure(0, false, "Discord answered without the roles");
        }
    }

    /** Only when they differ: Discord takes 200 a day. */
    private String register(String application, String guild) {
        try {
            var wanted = commands.all();
            var now = rest.list(Route.Interactions.GET_GUILD_COMMANDS.compile(application, guild));
            if (SlashCommands.isSame(now, wanted)) return "";
            var _ =
                    rest.list(
                            Route.Interactions.UPDATE_GUILD_COMMANDS.compile(application, guild),
                            wanted);
            return "";
        } catch (Rest.Failure e) {
            return "the slash commands could not be registered: " + e.getMessage();
        }
    }

    /**
     * Whether the channel may be gone now, or be there again, or our rights in it be others.
     *
     * @param isInTrouble whether something was missing when it was looked at last
     */
    boolean isChangedBy(RawGatewayEvent event, boolean isInTrouble) {
        return switch (event.getType()) {
            case "CHANNEL_UPDATE", "CHANNEL_DELETE" ->
                    event.getPayload().getString("id", "").equals(channel);
            case "GUILD_CREATE" -> isInTrouble; // it comes at every start as well
            case "GUILD_DELETE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "GUILD_MEMBER_UPDATE" ->
                    true;
            default -> false;
        };
    }

    /** What the role of this application lacks there, by the names that Discord shows. */
    String missing() {
        var place = Optional.ofNullable(jda.getGuildChannelById(channel));
        var lacking = new ArrayList<Permission>();
        for (var it : NEEDED) if (place.filter(at -> has(at, it)).isEmpty()) lacking.add(it);
        if (place.isEmpty() || lacking.isEmpty()) return "";
        return lacking.stream()
                .map(GuildSetup::name)
                .collect(
                        Collectors.joining(
                                ", ", "missing permissions: ", " (give them to its role)"));
    }

    /** As people find it in Discord; there JDA has a word less. */
    private static String name(Permission permission) {
        return permission == Permission.MESSAGE_HISTORY
                ? "Read Message History"
                : permission.getName();
    }

    private static boolean has(GuildChannel at, Permission permission) {
        return at.getGuild().getSelfMember().hasPermission(at, permission);
    }
}
