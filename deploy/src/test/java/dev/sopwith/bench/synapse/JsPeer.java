package dev.sopwith.bench.synapse;

import dev.sopwith.engine.Peer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A person with a client that can encrypt: matrix-js-sdk with its Rust crypto, as Element has it,
 * in a Node of its own that ends with this JVM.
 *
 * <p>Threading: one thread uses it; calls block.
 */
public final class JsPeer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final List<String> FILES = List.of("package.json", "package-lock.json");

    private final Process process;
    private final BufferedReader answers;
    private final Path errors;
    private int asked;
    private String user = "";
    private String device = "";

    private JsPeer(Process process, Path errors) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.errors = errors;
    }

    /** An event as this person sees it: decrypted, and how it went over the wire. */
    public record Seen(JsonNode json) {
        /** What is to be read. */
        public MatrixEvent event() {
            return new MatrixEvent(json);
        }

        public boolean isEncrypted() {
            return json.path("wire_type").asString("").equals("m.room.encrypted");
        }

        public boolean isReadable() {
            return !json.path("failed").asBoolean(false);
        }
    }

    /**
     * What this client thinks of somebody's device.
     *
     * @param isSignedByOwner whether the owner's identity vouches for it
     */
    public record Device(String id, boolean isSignedByOwner, Map<String, String> keys) {}

    /**
     * Starts a client and logs in, as a new device; returns when its first sync is done. Skips the
     * test where there is no Node or no package index.
     */
    public static JsPeer login(URI server, String name, String password) throws IOException {
        var peer = start();
        try {
            var body = object().put("server", server.toString()).put("user", name);
            var answer = peer.ask("login", body.put("password", password));
            peer.user = answer.path("user").asString("");
            peer.device = answer.path("device").asString("");
            return peer;
        } catch (IOException | RuntimeException e) {
            peer.close();
            throw e;
        }
    }

    private static JsPeer start() throws IOException {
        Path folder;
        try {
            folder = folder();
        } catch (IOException e) {
            Peer.require(false, "no client to test encrypted rooms with: " + e.getMessage());
            throw e;
        }
        var errors = Files.createTempFile("sopwith-peer", ".log");
        var process =
                new ProcessBuilder("node", script(folder).toString())
                        .directory(folder.toFile())
                        .redirectError(errors.toFile())
                        .start();
        return new JsPeer(process, errors);
    }

    /** The client with all it needs, fetched at the first use on a machine. */
    private static Path folder() throws IOException {
        var here = Path.of("").toAbsolutePath();
        try {
            var _ = KeptFolder.run(here, List.of("node", "--version"));
            var _ = KeptFolder.run(here, List.of("npm", "--version"));
        } catch (IOException e) {
            throw new IOException("no Node on this machine: install nodejs and npm", e);
        }
        var recipe = new StringBuilder();
        for (var name : FILES) recipe.append(text(name));
        return KeptFolder.of("matrix-js-sdk", recipe.toString(), JsPeer::install);
    }

    private static void install(Path folder) throws IOException {
        for (var name : FILES) Files.writeString(folder.resolve(name), text(name));
        var _ =
                KeptFolder.run(
                        folder,
                        List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
    }

    /** The script lies beside what it imports; another version of it is another file. */
    private static Path script(Path folder) throws IOException {
        var text = text("peer.mjs");
        var script = folder.resolve("peer-" + KeptFolder.digest(text) + ".mjs");
        if (Files.exists(script)) return script;
        var draft = Files.createTempFile(folder, "peer", ".draft");
        Files.writeString(draft, text);
        return Files.move(draft, script, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String text(String name) throws IOException {
        try (var in = JsPeer.class.getResourceAsStream("peer/" + name)) {
            if (in == null) throw new IOException("peer/" + name + " is not among the resources");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Such as {@code @bob-1:localhost}. */
    public String user() {
        return user;
    }

    public String device() {
        return device;
    }

    /** {@return the id of an encrypted room with these people} */
    public String createEncryptedRoom(String... invited) throws IOException {
        var body = object().put("name", "encrypted").put("encrypted", true);
        var people = body.putArray("invite");
        for (var it : invited) people.add(it);
        return ask("createRoom", body).path("room").asString("");
    }

    public void join(String room) throws IOException {
        var _ = ask("join", object().put("room", room));
    }

    /** Encrypts a room from now on. */
    public void encrypt(String room) throws IOException {
        var _ = ask("encrypt", object().put("room", room));
    }

    /** Whether this client takes the room for an encrypted one: then it sends nothing else. */
    public boolean sendsEncrypted(String room) throws IOException {
        return ask("room", object().put("room", room)).path("encrypted").asBoolean(false);
    }

    /** Who is in a room, as far as this client has heard. */
    public List<String> members(String room) throws IOException {
        var members = new ArrayList<String>();
        for (var it : ask("room", object().put("room", room)).path("members")) {
            members.add(it.asString(""));
        }
        return members;
    }

    // Saying things; each returns the id of the event

    public String say(String room, String text) throws IOException {
        return send(room, "m.room.message", MatrixUser.text(text));
    }

    public String sayInThread(String room, String root, String text) throws IOException {
        var content = MatrixUser.text(text);
        var relation = content.putObject("m.relates_to");
        relation.put("rel_type", "m.thread").put("event_id", root).put("is_falling_back", true);
        relation.putObject("m.in_reply_to").put("event_id", root);
        return send(room, "m.room.message", content);
    }

    public String react(String room, String event, String mark) throws IOException {
        var content = object();
        var relation = content.putObject("m.relates_to");
        relation.put("rel_type", "m.annotation").put("event_id", event).put("key", mark);
        return send(room, "m.reaction", content);
    }

    public String redact(String room, String event) throws IOException {
        var body = object().put("room", room).put("event", event);
        return ask("redact", body).path("event_id").asString("");
    }

    public String send(String room, String type, ObjectNode content) throws IOException {
        var body = object().put("room", room).put("type", type);
        body.set("content", content);
        return ask("send", body).path("event_id").asString("");
    }

    /** The next message has a key that nobody has got yet. */
    public void rotateKey(String room) throws IOException {
        var _ = ask("rotateKey", object().put("room", room));
    }

    // Reading

    /** What this client has seen of a room, oldest first. */
    public List<Seen> timeline(String room) throws IOException {
        var events = new ArrayList<Seen>();
        for (var it : ask("timeline", object().put("room", room))) events.add(new Seen(it));
        return events;
    }

    /** The event of this id, if it has been seen. */
    public Optional<Seen> seen(String room, String event) throws IOException {
        return timeline(room).stream().filter(it -> it.event().id().equals(event)).findFirst();
    }

    // Trust

    /** Makes an identity that vouches for this device. */
    public void crossSign() throws IOException {
        var _ = ask("crossSign", object());
    }

    /** Whether somebody has an identity that vouches for devices. */
    public boolean hasIdentity(String somebody) throws IOException {
        return ask("hasIdentity", object().put("user", somebody)).path("has").asBoolean(false);
    }

    /** The devices of somebody, as the server has them now. */
    public List<Device> devices(String somebody) throws IOException {
        var devices = new ArrayList<Device>();
        var answer = (ObjectNode) ask("devices", object().put("user", somebody));
        answer.forEachEntry(
                (id, it) -> {
                    var keys = new TreeMap<String, String>();
                    ((ObjectNode) it.path("keys"))
                            .forEachEntry((name, key) -> keys.put(name, key.asString("")));
                    devices.add(new Device(id, it.path("signed_by_owner").asBoolean(false), keys));
                });
        return devices;
    }

    // The wire

    private JsonNode ask(String what, ObjectNode body) throws IOException {
        int id = ++asked;
        var line = body.put("id", id).put("do", what) + "\n";
        var out = process.getOutputStream();
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.flush();
        var answer = JsonMapper.shared().readTree(nextLine(what));
        if (answer.path("id").asInt(0) != id) throw new IOException("not asked: " + answer);
        if (answer.has("ok")) return answer.path("ok");
        throw new IOException(what + ": " + answer.path("error").asString(""));
    }

    private String nextLine(String what) throws IOException {
        try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> next = thread.submit(answers::readLine);
            var line = next.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line != null) return line;
            throw new IOException("it ended: " + Files.readString(errors));
        } catch (TimeoutException e) {
            process.destroyForcibly(); // the reader ends with it
            throw new IOException("no answer to " + what + ": " + Files.readString(errors), e);
        } catch (ExecutionException e) {
            throw new IOException(what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + what, e);
        }
    }

    /** The device stays; its keys are gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(errors);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException _) {
            // It lies in the folder for what may be thrown away.
        }
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }
}
