package dev.sopwith.bench.discord;

import static dev.sopwith.bench.discord.FakeWorld.JSON;

import dev.sopwith.bench.discord.FakeWorld.User;

import tools.jackson.databind.node.ObjectNode;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;

/**
 * What people write, mark and moderate at {@link FakeDiscord}; it fails where their client would
 * not let them.
 *
 * <p>Threading: safe from any thread.
 */
public final class FakePeople {
    private final FakeWorld world;
    private final FakeGateway gateway;
    private final FakeMessages messages;
    private final FakeThreads threads;

    FakePeople(FakeWorld world, FakeGateway gateway, FakeMessages messages, FakeThreads threads) {
        this.world = world;
        this.gateway = gateway;
        this.messages = messages;
        this.threads = threads;
    }

    /** The one of this name; who is not there yet joins. */
    public User user(String name) {
        synchronized (world) {
            for (var it : world.users.values()) if (it.name().equals(name)) return it;
            var user = new User(world.snowflake(), name, false);
            world.users.put(user.id(), user);
            return user;
        }
    }

    /** Another application. */
    public User otherBot(String name) {
        synchronized (world) {
            var user = new User(world.snowflake(), name, true);
            world.users.put(user.id(), user);
            return user;
        }
    }

    /**
     * Somebody with the address of a webhook writes to the application, under any name and number:
     * what Discord says of it is that it was a webhook.
     */
    public String byWebhook(User as, String channel, String text) {
        synchronized (world) {
            var json = JSON.createObjectNode().put("content", "<@" + world.bot.id() + "> " + text);
            var message = world.message(channel, as, json).put("webhook_id", world.snowflake());
            return messages.publish(message).path("id").asString("");
        }
    }

    /** Writes to the application. */
    public String mention(User user, String channel, String text) {
        return say(user, channel, "<@" + world.bot.id() + "> " + text);
    }

    public String say(User user, String channel, String text) {
        return publish(user, channel, text, Optional.empty());
    }

    /** Answers a message, with the mention that clients add. */
    public String reply(User user, String messageId, String text) {
        synchronized (world) {
            var to = world.messageOf(messageId);
            return publish(user, to.path("channel_id").asString(""), text, Optional.of(to));
        }
    }

    private String publish(User user, String channel, String text, Optional<ObjectNode> to) {
        synchronized (world) {
            var json = JSON.createObjectNode().put("content", text);
            var message = world.message(channel, user, json);
            to.ifPresent(
                    it -> {
                        message.put("type", 19).set("referenced_message", it.deepCopy());
                        message.putObject("message_reference")
                                .put("message_id", it.path("id").asString(""))
                                .put("channel_id", channel)
                                .put("guild_id", world.guildId);
                        message.putArray("mentions").add(it.get("author"));
                    });
            return messages.publish(message).path("id").asString("");
        }
    }

    /** Writes to the application alone. */
    public String whisper(User user, String text) {
        synchronized (world) {
            var id = world.snowflake();
            var channel = JSON.createObjectNode().put("id", id).put("type", 1).put("flags", 0);
            channel.putNull("last_message_id").putArray("recipients").add(world.guild.user(user));
            world.channels.put(id, channel);
            var message = world.message(id, user, JSON.createObjectNode().put("content", text));
            world.messages.put(message.path("id").asString(""), message);
            gateway.dispatch("MESSAGE_CREATE", message, 12);
            return message.path("id").asString("");
        }
    }

    public void react(User user, String messageId, String emoji) {
        synchronized (world) {
            world.reactions
                    .computeIfAbsent(messageId, _ -> new HashMap<>())
                    .computeIfAbsent(emoji, _ -> new LinkedHashSet<>())
                    .add(user.id());
            var event = reaction(user, messageId, emoji);
            event.set("member", world.guild.member(user, true));
            event.set("message_author_id", world.messageOf(messageId).path("author").path("id"));
            gateway.dispatch("MESSAGE_REACTION_ADD", event, 10);
        }
    }

    public void unreact(User user, String messageId, String emoji) {
        synchronized (world) {
            world.reactions
                    .getOrDefault(messageId, Map.of())
                    .getOrDefault(emoji, new LinkedHashSet<>())
                    .remove(user.id());
            gateway.dispatch("MESSAGE_REACTION_REMOVE", reaction(user, messageId, emoji), 10);
        }
    }

    private ObjectNode reaction(User user, String messageId, String emoji) {
        var message = world.messageOf(messageId);
        var json = JSON.createObjectNode().put("user_id", user.id()).put("message_id", messageId);
        json.set("channel_id", message.get("channel_id"));
        json.put("guild_id", world.guildId).put("burst", false).put("type", 0);
        json.putObject("emoji").putNull("id").put("name", emoji);
        return json;
    }

    /** An administrator gives a role; who is no administrator is told nothing of it. */
    public void give(User user, String role) {
        synchronized (world) {
            world.rolesOf(user).add(role);
        }
    }

    /** An administrator takes a role away. */
    public void take(User user, String role) {
        synchronized (world) {
            world.rolesOf(user).remove(role);
        }
    }

    /** Leaves the guild. */
    public void leave(User user) {
        synchronized (world) {
            world.users.remove(user.id());
        }
    }

    /** A moderator deletes a message. */
    public void delete(String messageId) {
        synchronized (world) {
            var _ = messages.delete(messageId);
        }
    }

    /** A moderator closes a thread. */
    public void lock(String thread) {
        synchronized (world) {
            var channel = world.channelOf(thread);
            ((ObjectNode) channel.get("thread_metadata")).put("locked", true);
            threads.setArchived(channel, true);
        }
    }

    /** An administrator deletes the channel, with all that is in it. */
    public void deleteChannel(String channel) {
        synchronized (world) {
            var gone = world.channelOf(channel);
            world.channels.remove(channel);
            gateway.dispatch("CHANNEL_DELETE", gone, 0);
        }
    }

    /** An administrator removes the application from the guild. */
    public void expel() {
        synchronized (world) {
            world.denied.add(FakeWorld.VIEW);
            var gone = JSON.createObjectNode().put("id", world.guildId);
            gateway.dispatch("GUILD_DELETE", gone, 0);
        }
    }

    /** An administrator takes it in again. */
    public void invite() {
        synchronized (world) {
            world.denied.remove(FakeWorld.VIEW);
            gateway.dispatch("GUILD_CREATE", world.guild.guild(), 0);
        }
    }

    public void archive(String thread) {
        synchronized (world) {
            threads.setArchived(world.channelOf(thread), true);
        }
    }
}
