package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.ConnectorHealth;

import net.dv8tion.jda.api.JDA;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a connector stands: why it is over, what keeps it from connecting, where it is and what is
 * missing there, when Discord was last heard.
 *
 * <p>Threading: safe from any thread.
 */
final class Standing {
    private Optional<String> end = Optional.empty(); // all guarded by this
    private Optional<String> trouble = Optional.empty();
    private GuildSetup.Found found = GuildSetup.Found.NOTHING;
    private Optional<Instant> lastEvent = Optional.empty();

    /** It is over for good; says whether it was not before. */
    synchronized boolean end(String why) {
        if (end.isPresent()) return false;
        end = Optional.of(why);
        return true;
    }

    synchronized boolean isOver() {
        return end.isPresent();
    }

    /** It could not connect, and tries again. */
    synchronized void cannotConnect(String why) {
        trouble = Optional.of(why);
    }

    /** Why nothing can be sent. */
    synchronized String trouble() {
        return end.or(() -> trouble).orElse("not connected yet");
    }

    /** What was found at the channel; says whether people were not told that before. */
    synchronized boolean isNew(GuildSetup.Found now) {
        boolean isNew = !now.line().equals(found.line());
        found = now;
        return isNew;
    }

    /** Whether something was missing at the channel. */
    synchronized boolean isInTrouble() {
        return !found.trouble().isEmpty();
    }

    /** The gateway has told something. */
    synchronized void heard(Instant at) {
        lastEvent = Optional.of(at);
    }

    synchronized Optional<Instant> lastSeen(Optional<DiscordSession> session) {
        var answer = session.flatMap(it -> it.rest().lastAnswer());
        if (answer.isEmpty()) return lastEvent;
        return lastEvent.filter(it -> it.isAfter(answer.get())).or(() -> answer);
    }

    /** How it is, as long as nobody has closed it. */
    synchronized ConnectorHealth health(
            Optional<DiscordSession> session, Optional<DiscordLink> link) {
        var seen = lastSeen(session);
        var facts = new LinkedHashMap<String, String>();
        var figures = figures(session, link);
        // It is there, and a person has to do something.
        if (end.isPresent()) {
            return new ConnectorHealth(true, false, seen, end.get(), facts, figures);
        }
        var jda = session.map(DiscordSession::jda);
        if (jda.filter(it -> it.getStatus() == JDA.Status.CONNECTED).isEmpty()) {
            var state = jda.map(it -> "the gateway is down (" + it.getStatus() + "); tries again");
            var why = state.or(() -> trouble).orElse("connecting");
            return new ConnectorHealth(false, false, seen, why, facts, figures);
        }
        if (!found.place().isEmpty()) facts.put("is", found.place());
        facts.put("ping", jda.get().getGatewayPing() + " ms");
        session.ifPresent(it -> facts.put("requests failed", "" + it.rest().failures()));
        link.ifPresent(it -> facts.put("rate limits met", "" + it.limited()));
        figures.put("gateway_ping_ms", jda.get().getGatewayPing());
        figures.put("open_threads", jda.get().getThreadChannelCache().size());
        return new ConnectorHealth(true, true, seen, found.trouble(), facts, figures);
    }

    /** What is counted while it is connected and while it is not. */
    private static SortedMap<String, Long> figures(
            Optional<DiscordSession> session, Optional<DiscordLink> link) {
        var figures = new TreeMap<String, Long>();
        figures.put("requests_failed", session.map(it -> it.rest().failures()).orElse(0L));
        figures.put("rate_limits", link.map(DiscordLink::limited).orElse(0L));
        return figures;
    }
}
