package dev.sopwith.bench.synapse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A person at a homeserver, with one device that knows nothing of encryption: speaks the
 * client-server API and nothing else.
 *
 * <p>Threading: safe from any thread; calls block, and fail with {@link MatrixRefusal} where the
 * server says no.
 */
public final class MatrixUser {
    private static final String API = "/_matrix/client/v3";
    private static final int PAGE = 100;
    private static final int SYNC_MAX = 1_000;

    private final URI server;
    private final MatrixHttp http;
    private final String id;
    private final String token;
    private final String device;

    private MatrixUser(URI server, String id, String token, String device) {
        this.server = server;
        this.http = MatrixHttp.of(server, token);
        this.id = id;
        this.token = token;
        this.device = device;
    }

    /** What a login or a registration gave. */
    static MatrixUser of(URI server, JsonNode login) {
        return new MatrixUser(
                server,
                login.path("user_id").asString(""),
                login.path("access_token").asString(""),
                login.path("device_id").asString(""));
    }

    /** Logs in with a password, as a new device. */
    public static MatrixUser login(URI server, String name, String password) throws IOException {
        var body = object().put("type", "m.login.password").put("password", password);
        body.putObject("identifier").put("type", "m.id.user").put("user", name);
        return of(server, MatrixHttp.anonymous(server).post(API + "/login", body));
    }

    /** Such as {@code @alice-1:localhost}. */
    public String id() {
        return id;
    }

    /**
     * The part of the id before the colon; the password too, of people who were registered here.
     */
    public String name() {
        return id.substring(1, id.indexOf(':'));
    }

    public String token() {
        return token;
    }

    public String device() {
        return device;
    }

    public URI server() {
        return server;
    }

    // Rooms

    /** A room that is to be made. */
    public record NewRoom(String name, List<String> invited, boolean isEncrypted, String version) {
        /** A plain one of the server's usual version. */
        public static NewRoom with(MatrixUser... invited) {
            var ids = new ArrayList<String>();
            for (var it : invited) ids.add(it.id());
            return new NewRoom("ops", ids, false, "");
        }

        public NewRoom encrypted() {
            return new NewRoom(name, invited, true, version);
        }

        public NewRoom version(String other) {
            return new NewRoom(name, invited, isEncrypted, other);
        }
    }

    /** {@return its id} */
    public String createRoom(NewRoom room) throws IOException {
        var body = object().put("preset", "private_chat").put("name", room.name());
        var invited = body.putArray("invite");
        room.invited().forEach(invited::add);
        if (!room.version().isEmpty()) body.put("room_version", room.version());
        if (room.isEncrypted()) {
            var state = body.putArray("initial_state").addObject();
            state.put("type", "m.room.encryption").put("state_key", "");
            state.set("content", encryption());
        }
        return http.post(API + "/createRoom", body).path("room_id").asString("");
    }

    private static ObjectNode encryption() {
        return object().put("algorithm", "m.megolm.v1.aes-sha2");
    }

    /** Encrypts a room from now on. */
    public String encrypt(String room) throws IOException {
        return setState(room, "m.room.encryption", "", encryption());
    }

    public void join(String room) throws IOException {
        http.post(API + "/join/" + MatrixHttp.part(room), object());
    }

    public void leave(String room) throws IOException {
        http.post(rooms(room) + "/leave", object());
    }

    public void invite(String room, String user) throws IOException {
        http.post(rooms(room) + "/invite", object().put("user_id", user));
    }

    public void kick(String room, String user) throws IOException {
        http.post(rooms(room) + "/kick", object().put("user_id", user));
    }

    /** Membership by account: {@code join}, {@code invite}, {@code leave}. */
    public Map<String, String> members(String room) throws IOException {
        var members = new HashMap<String, String>();
        for (var it : http.get(rooms(room) + "/members").path("chunk")) {
            members.put(
                    it.path("state_key").asString(""),
                    it.path("content").path("membership").asString(""));
        }
        return members;
    }

    /** The rooms one is in. */
    public List<String> joinedRooms() throws IOException {
        var rooms = new ArrayList<String>();
        for (var it : http.get(API + "/joined_rooms").path("joined_rooms")) {
            rooms.add(it.asString(""));
        }
        return rooms;
    }

    /** State of a room; nothing is an empty object. */
    public JsonNode state(String room, String type, String key) throws IOException {
        try {
            return http.get(statePath(room, type, key));
        } catch (MatrixRefusal e) {
            if (e.status() == 404) return object();
            throw e;
        }
    }

    /** {@return the id of the event} */
    public String setState(String room, String type, String key, JsonNode content)
            throws IOException {
        return eventId(http.put(statePath(room, type, key), content));
    }

    private static String statePath(String room, String type, String key) {
        return rooms(room) + "/state/" + MatrixHttp.part(type) + "/" + MatrixHttp.part(key);
    }

    /** Gives an account this level; 0 is everybody, 50 a moderator. */
    public void setPower(String room, String user, int level) throws IOException {
        var levels = (ObjectNode) state(room, "m.room.power_levels", "").deepCopy();
        levels.withObject("/users").put(user, level);
        setState(room, "m.room.power_levels", "", levels);
    }

    /** From this level on one may send an event of this type. */
    public void setPowerFor(String room, String type, int level) throws IOException {
        var levels = (ObjectNode) state(room, "m.room.power_levels", "").deepCopy();
        levels.withObject("/events").put(type, level);
        setState(room, "m.room.power_levels", "", levels);
    }

    // Saying things; each returns the id of the event

    /** Says something for all to hear. */
    public String say(String room, String text) throws IOException {
        return send(room, text(text));
    }

    /** Says it so that nobody is notified, as bots do. */
    public String sayAsNotice(String room, String text) throws IOException {
        return send(room, text(text).put("msgtype", "m.notice"));
    }

    /** Says it into the thread that begins with this message. */
    public String sayInThread(String room, String root, String text) throws IOException {
        var content = text(text);
        var relation = content.putObject("m.relates_to");
        relation.put("rel_type", "m.thread").put("event_id", root).put("is_falling_back", true);
        relation.putObject("m.in_reply_to").put("event_id", root);
        return send(room, content);
    }

    public String reply(String room, String to, String text) throws IOException {
        var content = text(text);
        content.putObject("m.relates_to").putObject("m.in_reply_to").put("event_id", to);
        return send(room, content);
    }

    /** Says it to somebody, as a client does that knows of mentions. */
    public String mention(String room, String user, String text) throws IOException {
        var content = text(user + ": " + text);
        content.putObject("m.mentions").putArray("user_ids").add(user);
        return send(room, content);
    }

    /** Says something else in place of a message. */
    public String edit(String room, String event, String text) throws IOException {
        var content = text("* " + text);
        content.set("m.new_content", text(text));
        content.putObject("m.relates_to").put("rel_type", "m.replace").put("event_id", event);
        return send(room, content);
    }

    public String react(String room, String event, String mark) throws IOException {
        var content = object();
        var relation = content.putObject("m.relates_to");
        relation.put("rel_type", "m.annotation").put("event_id", event).put("key", mark);
        return send(room, "m.reaction", content);
    }

    public String redact(String room, String event) throws IOException {
        var path = rooms(room) + "/redact/" + MatrixHttp.part(event) + "/" + UUID.randomUUID();
        return eventId(http.put(path, object()));
    }

    /** A message of this content. */
    public String send(String room, ObjectNode content) throws IOException {
        return send(room, "m.room.message", content);
    }

    public String send(String room, String type, JsonNode content) throws IOException {
        var path = rooms(room) + "/send/" + MatrixHttp.part(type) + "/" + UUID.randomUUID();
        return eventId(http.put(path, content));
    }

    /** Content of a message of this text, with whatever else is put into it. */
    public static ObjectNode text(String text) {
        return object().put("msgtype", "m.text").put("body", text);
    }

    /** {@return where it is: {@code mxc://...}} */
    public String upload(byte[] bytes) throws IOException {
        return http.post("/_matrix/media/v3/upload?filename=file", bytes)
                .path("content_uri")
                .asString("");
    }

    /** What lies at {@code mxc://...}. */
    public byte[] download(String uri) throws IOException {
        return http.bytes("/_matrix/client/v1/media/download/" + uri.substring("mxc://".length()));
    }

    // Reading

    /** All events of a room that one may see, oldest first. */
    public List<MatrixEvent> events(String room) throws IOException {
        var events = new ArrayList<MatrixEvent>();
        var from = "";
        while (true) {
            var path = rooms(room) + "/messages?dir=b&limit=" + PAGE;
            var page = http.get(from.isEmpty() ? path : path + "&from=" + MatrixHttp.part(from));
            for (var it : page.path("chunk")) events.add(new MatrixEvent(it));
            from = page.path("end").asString("");
            if (from.isEmpty()) break;
        }
        Collections.reverse(events);
        return events;
    }

    public MatrixEvent event(String room, String id) throws IOException {
        return new MatrixEvent(http.get(rooms(room) + "/event/" + MatrixHttp.part(id)));
    }

    /**
     * What has happened since then.
     *
     * @param since empty for all that is
     * @param patience how long to wait where nothing has
     */
    public JsonNode sync(Optional<String> since, Duration patience) throws IOException {
        var path = API + "/sync?timeout=" + patience.toMillis();
        return http.get(since.map(it -> path + "&since=" + MatrixHttp.part(it)).orElse(path));
    }

    /**
     * The same of one room and nothing else, and all of it: by default a server tells ten events.
     */
    JsonNode sync(String room, Optional<String> since, Duration patience) throws IOException {
        var filter = object();
        var rooms = filter.putObject("room");
        rooms.putArray("rooms").add(room);
        rooms.putObject("timeline").put("limit", SYNC_MAX);
        rooms.putObject("ephemeral").putArray("types");
        filter.putObject("presence").putArray("types");
        var path =
                "%s/sync?timeout=%d&filter=%s"
                        .formatted(API, patience.toMillis(), MatrixHttp.part(filter.toString()));
        return http.get(since.map(it -> path + "&since=" + MatrixHttp.part(it)).orElse(path));
    }

    /** How many messages of a room would have made a sound, and how many of these name one. */
    public record Unread(int notifications, int mentions) {}

    /** What one has not read in a room, threads too. */
    public Unread unread(String room) throws IOException {
        var counts =
                sync(Optional.empty(), Duration.ZERO)
                        .path("rooms")
                        .path("join")
                        .path(room)
                        .path("unread_notifications");
        return new Unread(
                counts.path("notification_count").asInt(0),
                counts.path("highlight_count").asInt(0));
    }

    // Devices

    /** Ids of one's devices. */
    public List<String> devices() throws IOException {
        var devices = new ArrayList<String>();
        for (var it : http.get(API + "/devices").path("devices")) {
            devices.add(it.path("device_id").asString(""));
        }
        return devices;
    }

    /** Logs out this device: its token and its keys are gone. */
    public void logout() throws IOException {
        http.post(API + "/logout", object());
    }

    /** Logs out all devices of this account. */
    public void logoutEverywhere() throws IOException {
        http.post(API + "/logout/all", object());
    }

    /** Any request that there is no word for, such as {@code GET /_matrix/client/versions}. */
    public JsonNode get(String path) throws IOException {
        return http.get(path);
    }

    /** Any request that there is no word for. */
    public JsonNode post(String path, JsonNode body) throws IOException {
        return http.post(path, body);
    }

    @Override
    public String toString() {
        return id + " " + device;
    }

    private static String rooms(String room) {
        return API + "/rooms/" + MatrixHttp.part(room);
    }

    private static String eventId(JsonNode answer) {
        return answer.path("event_id").asString("");
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    /** What a message weighs on the wire, without what the server adds. */
    public static int weight(MatrixEvent event) {
        return event.content().toString().getBytes(StandardCharsets.UTF_8).length;
    }
}
