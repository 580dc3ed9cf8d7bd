package dev.sopwith.bench.discord;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * One guild with one channel, its people, messages, threads, marks and commands: what both halves
 * of {@link FakeDiscord} know, and its JSON as Discord writes it.
 *
 * <p>Threading: all of it is guarded by itself.
 */
public final class FakeWorld {
    static final JsonMapper JSON = JsonMapper.shared();

    // Permissions, by bit.
    public static final int ADD_REACTIONS = 6;
    public static final int VIEW = 10;
    public static final int SEND = 11;
    public static final int EMBED = 14;
    public static final int ATTACH = 15;
    public static final int HISTORY = 16;
    public static final int COMMANDS = 31;
    public static final int MANAGE_THREADS = 34;
    public static final int CREATE_THREADS = 35;
    public static final int SEND_IN_THREADS = 38;

    private static final long DISCORD_EPOCH = 1_420_070_400_000L;
    static final String EVERYTHING = "2248473465835073";

    /** Somebody with an account. */
    public record User(String id, String name, boolean bot) {}

    /** Hears what people see, whoever of them it is for; told while the world is held. */
    interface Viewer {
        void posted(ObjectNode message);

        void changed(ObjectNode message);

        void deleted(ObjectNode message);
    }

    private static final class Nobody implements Viewer {
        @Override
        public void posted(ObjectNode message) {}

        @Override
        public void changed(ObjectNode message) {}

        @Override
        public void deleted(ObjectNode message) {}
    }

    /** How its guild and its people are written. */
    final FakeGuild guild = new FakeGuild(this);

    Viewer viewer = new Nobody(); // guarded by this
    private long lastSnowflake;
    public final String guildId = snowflake();
    public final String channelId = snowflake();
    public final String otherChannelId = snowflake();
    public final String ownerId = snowflake();
    public final String botRole = snowflake();
    public final User bot = new User(snowflake(), "sopwith", true);
    public final Map<String, User> users = new LinkedHashMap<>();
    public final Map<String, ObjectNode> channels = new LinkedHashMap<>();
    public final SequencedMap<String, ObjectNode> messages = new LinkedHashMap<>();

    /** By message and emoji, who put it there. */
    public final Map<String, Map<String, Set<String>>> reactions = new LinkedHashMap<>();

    /** By user, the roles that were given to them. */
    private final Map<String, Set<String>> roles = new LinkedHashMap<>();

    public final Map<String, ObjectNode> commands = new LinkedHashMap<>();
    public final Set<Integer> denied = new LinkedHashSet<>();
    public int commandWrites;

    public FakeWorld() {
        users.put(bot.id(), bot);
        addChannel(channelId, "ops");
        addChannel(otherChannelId, "lounge");
    }

    private void addChannel(String id, String name) {
        var channel = JSON.createObjectNode();
        channel.put("id", id).put("type", 0).put("guild_id", guildId).put("name", name);
        channel.put("position", 0).put("nsfw", false).put("rate_limit_per_user", 0).put("flags", 0);
        channel.putNull("topic").putNull("parent_id").putNull("last_message_id");
        channel.putArray("permission_overwrites");
        channels.put(id, channel);
    }

    /** Always the next one, and never of the future. */
    public String snowflake() {
        long now = (System.currentTimeMillis() - DISCORD_EPOCH) << 22;
        lastSnowflake = Math.max(now, lastSnowflake + 1);
        return Long.toString(lastSnowflake);
    }

    public static String now() {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                Instant.now().atOffset(ZoneOffset.UTC));
    }

    public boolean may(int permission) {
        return !denied.contains(permission);
    }

    public boolean isThread(String channel) {
        var known = channels.get(channel);
        return known != null && known.has("thread_metadata");
    }

    /** The roles that were given to somebody; to be changed by who holds the world. */
    Set<String> rolesOf(User user) {
        return roles.computeIfAbsent(user.id(), _ -> new LinkedHashSet<>());
    }

    /** What a call names; Discord says where it is not there. */
    ObjectNode channel(String id) {
        var channel = channels.get(id);
        if (channel == null) throw new FakeRest.Refused(404, 10_003, "Unknown Channel");
        return channel;
    }

    ObjectNode existing(String id) {
        var message = messages.get(id);
        if (message == null) throw new FakeRest.Refused(404, 10_008, "Unknown Message");
        return message;
    }

    void need(int permission, int code, String message) {
        if (!may(permission)) throw new FakeRest.Refused(403, code, message);
    }

    /** {@return what must be there, as are the next two} */
    public ObjectNode messageOf(String id) {
        return Optional.ofNullable(messages.get(id))
                .orElseThrow(() -> new NotDone("there is no message " + id));
    }

    public ObjectNode channelOf(String id) {
        return Optional.ofNullable(channels.get(id))
                .orElseThrow(() -> new NotDone("there is no channel " + id));
    }

    public User userOf(String id) {
        return Optional.ofNullable(users.get(id))
                .orElseThrow(() -> new NotDone("there is no user " + id));
    }

    private User author(JsonNode message) {
        return userOf(message.path("author").path("id").asString(""));
    }

    // JSON

    public static boolean isArchived(JsonNode thread) {
        return thread.path("thread_metadata").path("archived").asBoolean(false);
    }

    public static boolean isLocked(JsonNode thread) {
        return thread.path("thread_metadata").path("locked").asBoolean(false);
    }

    public ObjectNode message(String channel, User author, JsonNode in) {
        var json = JSON.createObjectNode();
        json.put("id", snowflake()).put("channel_id", channel).put("type", 0);
        json.put("content", in.path("content").asString("")).put("timestamp", now());
        json.putNull("edited_timestamp").put("tts", false).put("mention_everyone", false);
        json.put("pinned", false).put("flags", in.path("flags").asInt(0));
        json.set("author", guild.user(author));
        json.putArray("mentions");
        json.putArray("mention_roles");
        patch(json, in);
        json.putNull("edited_timestamp");
        if (in.hasNonNull("nonce")) json.set("nonce", in.get("nonce"));
        if (author.bot()) json.put("application_id", bot.id());
        return json;
    }

    /** Changes what is given, as an edit does. */
    public void patch(ObjectNode message, JsonNode in) {
        if (in.hasNonNull("content")) message.set("content", in.get("content"));
        var embeds = JSON.createArrayNode();
        for (var it : in.path("embeds"))
            embeds.add(((ObjectNode) it.deepCopy()).put("type", "rich"));
        if (in.has("embeds") || !message.has("embeds")) message.set("embeds", embeds);
        if (in.has("components") || !message.has("components")) {
            message.set("components", numbered(in.path("components"), new int[1]));
        }
        var attachments = JSON.createArrayNode();
        for (var it : in.path("__files")) {
            var url = "http://127.0.0.1/attachments/" + it.path("name").asString("");
            attachments
                    .addObject()
                    .put("id", snowflake())
                    .put("filename", it.path("name").asString(""))
                    .put("size", it.path("size").asInt(0))
                    .put("url", url)
                    .put("proxy_url", url);
        }
        if (in.has("attachments") || !message.has("attachments")) {
            message.set("attachments", attachments);
        }
        message.set("mentions", mentions(in, message));
        message.put("edited_timestamp", now());
    }

    /** Whom it calls: who is allowed, and in the text where only text counts. */
    private ArrayNode mentions(JsonNode in, JsonNode before) {
        var all = JSON.createArrayNode();
        if (!in.has("allowed_mentions")) {
            for (var it : before.path("mentions")) all.add(it);
            return all;
        }
        var content = in.path("content").asString("");
        for (var it : in.path("allowed_mentions").path("users")) {
            var user = users.get(it.asString(""));
            if (user != null && content.contains("<@" + user.id() + ">")) all.add(guild.user(user));
        }
        return all;
    }

    private static ArrayNode numbered(JsonNode components, int[] number) {
        var all = JSON.createArrayNode();
        for (var it : components) {
            var json = (ObjectNode) it.deepCopy();
            json.put("id", ++number[0]);
            if (json.has("components")) {
                json.set("components", numbered(json.get("components"), number));
            }
            all.add(json);
        }
        return all;
    }

    public ObjectNode withReactions(ObjectNode message) {
        var json = message.deepCopy();
        var all = json.putArray("reactions");
        reactions
                .getOrDefault(message.path("id").asString(""), Map.of())
                .forEach(
                        (emoji, by) -> {
                            if (by.isEmpty()) return;
                            var one = all.addObject().put("count", by.size());
                            one.put("me", by.contains(bot.id())).put("me_burst", false);
                            one.putObject("count_details").put("normal", by.size()).put("burst", 0);
                            one.putArray("burst_colors");
                            one.putObject("emoji").putNull("id").put("name", emoji);
                        });
        return json;
    }

    public ObjectNode thread(String id, String parent, String name, int archiveAfter) {
        var json = JSON.createObjectNode();
        json.put("id", id).put("type", 11).put("guild_id", guildId).put("parent_id", parent);
        json.put("owner_id", bot.id()).put("name", name).putNull("last_message_id");
        json.put("message_count", 0).put("member_count", 1).put("total_message_sent", 0);
        json.put("rate_limit_per_user", 0).put("flags", 0);
        json.putObject("thread_metadata")
                .put("archived", false)
                .put("auto_archive_duration", archiveAfter)
                .put("archive_timestamp", now())
                .put("locked", false)
                .put("create_timestamp", now());
        json.putObject("member")
                .put("id", id)
                .put("user_id", bot.id())
                .put("join_timestamp", now())
                .put("flags", 0);
        channels.put(id, json);
        return json;
    }

    /** As the gateway shows it: what others wrote only where it mentions the application. */
    public ObjectNode seen(ObjectNode message) {
        var json = message.deepCopy();
        var author = author(message);
        json.put("guild_id", guildId);
        json.set("member", guild.member(author, false));
        hide(json, author);
        return json;
    }

    public ObjectNode read(ObjectNode message) {
        var json = withReactions(message);
        hide(json, author(message));
        json.remove("nonce");
        return json;
    }

    private void hide(ObjectNode json, User author) {
        boolean isSeen =
                author.equals(bot)
                        || json.path("content").asString("").contains("<@" + bot.id() + ">")
                        || json.path("mentions").findValuesAsString("id").contains(bot.id());
        if (isSeen) return;
        json.put("content", "");
        for (var it : List.of("embeds", "attachments", "components")) json.putArray(it);
    }

    public ObjectNode interactionChannel(String channel) {
        return channelOf(channel).deepCopy().put("permissions", EVERYTHING);
    }
}
