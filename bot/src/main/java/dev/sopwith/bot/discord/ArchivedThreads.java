package dev.sopwith.bot.discord;

import net.dv8tion.jda.api.entities.channel.concrete.ThreadChannel;
import net.dv8tion.jda.internal.JDAImpl;
import net.dv8tion.jda.internal.entities.GuildImpl;

/**
 * Has JDA forget threads that were put away. It keeps every thread it ever heard of, which is one
 * for each run, and takes one up again when it is opened; we ask for threads by their number and
 * never by its cache.
 *
 * <p>Threading: safe from any thread: JDA's caches have a lock of their own.
 */
final class ArchivedThreads {
    private ArchivedThreads() {}

    /** As JDA itself does it with a thread that was deleted. */
    static void forget(ThreadChannel thread) {
        if (thread.getJDA() instanceof JDAImpl jda) {
            jda.getChannelsView().remove(thread.getType(), thread.getIdLong());
        }
        if (thread.getGuild() instanceof GuildImpl guild) {
            guild.getChannelView().remove(thread);
        }
    }
}
