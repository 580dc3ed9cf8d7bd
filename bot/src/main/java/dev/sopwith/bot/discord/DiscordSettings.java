package dev.sopwith.bot.discord;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * What the roster says about one connector of this kind.
 *
 * @param channel the room
 * @param baseUrl of the REST interface, with the version and a slash at the end; none is Discord's
 * @param gatewayUrl none is Discord's
 */
record DiscordSettings(String channel, Optional<String> baseUrl, Optional<String> gatewayUrl) {

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException when one cannot be used; the message is for people
     */
    static DiscordSettings of(Map<String, String> settings) {
        var channel = settings.getOrDefault("channel_id", "");
        if (Snowflake.parse(channel) == 0) {
            throw new IllegalArgumentException(
                    "discord.channel_id must be the channel's number, such as \"1234\"");
        }
        var base = Optional.ofNullable(settings.get("base_url"));
        var gateway = Optional.ofNullable(settings.get("gateway_url"));
        base.ifPresent(it -> check("discord.base_url", it, "https", "http"));
        gateway.ifPresent(it -> check("discord.gateway_url", it, "wss", "ws"));
        return new DiscordSettings(
                channel, base.map(it -> it.endsWith("/") ? it : it + "/"), gateway);
    }

    /** The token goes there: in the clear only to this machine. */
    private static void check(String name, String address, String safe, String plain) {
        var uri = URI.create(address);
        var scheme = Optional.ofNullable(uri.getScheme()).orElse("");
        var host = Optional.ofNullable(uri.getHost()).orElse("");
        boolean isLoopback =
                host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
        if (scheme.equals(safe) && !host.isEmpty()) return;
        if (scheme.equals(plain) && isLoopback) return;
        throw new IllegalArgumentException(
                "%s must be %s://...; %s:// only to 127.0.0.1, for the token goes there"
                        .formatted(name, safe, plain));
    }
}
