package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import dev.sopwith.bench.discord.FakeWorld.User;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * The guild of a {@link FakeWorld} as Discord writes it: who is in it, their roles, its channels.
 *
 * <p>Threading: all of it is called while the world is held.
 */
final class FakeGuild {
    private final FakeWorld world;

    FakeGuild(FakeWorld world) {
        this.world = world;
    }

    ObjectNode user(User user) {
        var json = JSON.createObjectNode();
        json.put("id", user.id()).put("username", user.name()).put("discriminator", "0");
        json.put("global_name", user.name()).put("bot", user.bot());
        json.put("public_flags", 0).put("flags", 0);
        json.putNull("avatar").putNull("primary_guild");
        return json;
    }

    ObjectNode self() {
        return user(world.bot)
                .put("verified", true)
                .put("mfa_enabled", true)
                .put("locale", "en-US");
    }

    ObjectNode member(User user, boolean withUser) {
        var json = JSON.createObjectNode();
        json.put("joined_at", "2024-01-01T00:00:00.000000+00:00").put("deaf", false);
        json.put("mute", false).put("flags", 0).put("pending", false);
        json.putNull("nick").putNull("avatar").putNull("banner").putNull("premium_since");
        json.putNull("communication_disabled_until");
        var held = json.putArray("roles");
        if (user.bot()) held.add(world.botRole);
        world.rolesOf(user).forEach(held::add);
        if (withUser) json.set("user", user(user));
        return json;
    }

    private ObjectNode role(
            String id, String name, int position, long permissions, boolean isBots) {
        var json = JSON.createObjectNode();
        json.put("id", id).put("name", name).put("position", position);
        json.put("permissions", Long.toString(permissions)).put("color", 0).put("hoist", false);
        json.put("managed", isBots).put("mentionable", false).put("flags", 0);
        json.putNull("icon").putNull("unicode_emoji");
        json.putObject("colors")
                .put("primary_color", 0)
                .putNull("secondary_color")
                .putNull("tertiary_color");
        if (isBots) json.putObject("tags").put("bot_id", world.bot.id());
        return json;
    }

    private long permissions(int... bits) {
        long all = 0;
        for (int bit : bits) if (world.may(bit)) all |= 1L << bit;
        return all;
    }

    ObjectNode everyoneRole() {
        return role(
                world.guildId,
                "@everyone",
                0,
                permissions(FakeWorld.VIEW, FakeWorld.COMMANDS),
                false);
    }

    ObjectNode ownRole() {
        return role(
                world.botRole,
                "sopwith",
                1,
                permissions(
                        FakeWorld.VIEW,
                        FakeWorld.SEND,
                        FakeWorld.EMBED,
                        FakeWorld.ATTACH,
                        FakeWorld.HISTORY,
                        FakeWorld.COMMANDS,
                        FakeWorld.MANAGE_THREADS,
                        FakeWorld.CREATE_THREADS,
                        FakeWorld.SEND_IN_THREADS),
                true);
    }

    ObjectNode guild() {
        var json = JSON.createObjectNode();
        json.put("id", world.guildId).put("name", "Ops guild").put("owner_id", world.ownerId);
        json.put("member_count", world.users.size()).put("large", false).put("unavailable", false);
        json.put("joined_at", FakeWorld.now())
                .put("preferred_locale", "en-US")
                .put("verification_level", 0);
        json.put("default_message_notifications", 1).put("explicit_content_filter", 0);
        json.put("mfa_level", 0).put("premium_tier", 0).put("nsfw_level", 0);
        json.put("system_channel_flags", 0).put("afk_timeout", 300).put("max_members", 500_000);
        for (var it :
                List.of(
                        "icon",
                        "splash",
                        "banner",
                        "description",
                        "vanity_url_code",
                        "afk_channel_id",
                        "system_channel_id",
                        "rules_channel_id",
                        "public_updates_channel_id",
                        "safety_alerts_channel_id")) {
            json.putNull(it);
        }
        json.putArray("roles").add(everyoneRole()).add(ownRole());
        var ordinary = json.putArray("channels");
        var threads = json.putArray("threads");
        for (var it : world.channels.values()) {
            if (!it.has("thread_metadata")) ordinary.add(it);
            else if (!FakeWorld.isArchived(it)) threads.add(it);
        }
        json.putArray("members").add(member(world.bot, true));
        for (var it :
                List.of(
                        "emojis",
                        "stickers",
                        "voice_states",
                        "presences",
                        "stage_instances",
                        "guild_scheduled_events",
                        "soundboard_sounds",
                        "features")) {
            json.putArray(it);
        }
        return json;
    }

    ObjectNode interactionMember(User user) {
        return member(user, true).put("permissions", FakeWorld.EVERYTHING);
    }
}
