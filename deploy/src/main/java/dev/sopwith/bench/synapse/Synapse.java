package dev.sopwith.bench.synapse;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A Synapse of one's own: a process on the loopback with a file for its database, federating with
 * nobody. It ends with this JVM, however that ends.
 *
 * <p>Threading: one thread starts, kills and closes it; anybody may register people.
 */
public final class Synapse implements AutoCloseable {
    /** What follows the colon in the id of everybody here. */
    public static final String SERVER_NAME = "localhost";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SECRET = "registration";
    private static final int TRIES = 5;

    /** Ends when its standard input does: with the JVM that holds the other end. */
    private static final String MAIN =
            """
            import os, sys, threading
            def follow():
                sys.stdin.buffer.read()
                os._exit(0)
            threading.Thread(target=follow, daemon=True).start()
            from synapse.app.homeserver import main
            main()
            """;

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Path python;
    private final Path folder;
    private final int port;
    private Process process;

    private Synapse(Path python, Path folder, int port, Process process) {
        this.python = python;
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** How much one account may send. */
    public enum Limits {
        /** As much as it likes. */
        NONE,
        /** What Synapse does when nobody says otherwise: 10 messages at once, then one in 5 s. */
        REAL
    }

    /**
     * Starts one with nobody in it; returns when it answers.
     *
     * @param folder an empty one, for all that it keeps
     * @param settings more lines for its configuration
     * @throws IOException when it cannot be installed or started; says why
     */
    public static Synapse start(Path folder, Limits limits, String settings) throws IOException {
        var python = SynapseProgram.python();
        for (int i = 1; ; i++) {
            int port = freePort();
            writeConfiguration(folder, port, limits, settings);
            try {
                return new Synapse(python, folder, port, run(python, folder, port));
            } catch (PortIsTaken e) {
                if (i == TRIES) throw new IOException("no port stays free", e);
            }
        }
    }

    /** Where it listens. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The id of a person of this name. */
    public static String userId(String name) {
        return "@" + name + ":" + SERVER_NAME;
    }

    /** A name that nobody has at any server of this JVM. */
    public static String freeName(String name) {
        return name + "-" + NAMES.incrementAndGet();
    }

    /** A new person, logged in; the password is the name. */
    public MatrixUser register(String name) throws IOException {
        var path = "/_synapse/admin/v1/register";
        var http = MatrixHttp.anonymous(url());
        var nonce = http.get(path).path("nonce").asString("");
        var body = JsonMapper.shared().createObjectNode();
        body.put("nonce", nonce).put("username", name).put("password", name).put("admin", false);
        body.put("mac", mac(nonce + "\0" + name + "\0" + name + "\0notadmin"));
        var answer = http.post(path, body);
        return MatrixUser.of(url(), answer);
    }

    /** A new person whose name begins like this. */
    public MatrixUser registerSomeone(String name) throws IOException {
        return register(freeName(name));
    }

    private static String mac(String text) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    // What can happen to a server

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Starts it again where it was, with all it had; returns when it answers. */
    public void startAgain() throws IOException {
        if (process.isAlive()) throw new IllegalStateException("it has not ended");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                process = run(python, folder, port);
                return;
            } catch (PortIsTaken e) {
                if (System.nanoTime() > end) throw e;
            }
        }
    }

    /** SIGSTOP: connections are taken by the kernel, and nobody answers. */
    public void freeze() throws IOException {
        KeptFolder.run(folder, List.of("kill", "-STOP", Long.toString(process.pid())));
    }

    /** SIGCONT. */
    public void thaw() throws IOException {
        KeptFolder.run(folder, List.of("kill", "-CONT", Long.toString(process.pid())));
    }

    /** What it logged since it started first. */
    public String log() throws IOException {
        return Files.readString(logFile(folder));
    }

    @Override
    public void close() {
        kill();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("it does not end");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    // Starting

    private static final class PortIsTaken extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static Process run(Path python, Path folder, int port) throws IOException {
        var log = logFile(folder);
        long logged = Files.exists(log) ? Files.size(log) : 0;
        var command =
                List.of(python.toString(), "-c", MAIN, "-c", configuration(folder).toString());
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        try {
            awaitReady(process, port, log, logged);
            return process;
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static void awaitReady(Process process, int port, Path log, long logged)
            throws IOException {
        var http = MatrixHttp.anonymous(URI.create("http://127.0.0.1:" + port));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!http.answers("/health")) {
            var said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            var now = said.substring((int) Math.min(logged, said.length()));
            if (!process.isAlive()) {
                if (now.contains("in use")) throw new PortIsTaken();
                throw new IOException("Synapse ended at its start; its log: " + now);
            }
            if (System.nanoTime() > end) {
                throw new IOException("Synapse does not answer; its log: " + now);
            }
            LockSupport.parkNanos(20_000_000);
        }
        // Somebody else may have been faster at this port, and answers in its place.
        if (!process.isAlive()) throw new PortIsTaken();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path configuration(Path folder) {
        return folder.resolve("homeserver.yaml");
    }

    private static Path logFile(Path folder) {
        return folder.resolve("synapse.log");
    }

    private static void writeConfiguration(Path folder, int port, Limits limits, String settings)
            throws IOException {
        Files.createDirectories(folder);
        var key = new byte[32];
        new SecureRandom().nextBytes(key);
        Files.writeString(
                folder.resolve("signing.key"),
                "ed25519 a_test " + Base64.getEncoder().withoutPadding().encodeToString(key));
        var text =
                """
                server_name: %s
                listeners:
                  - port: %d
                    type: http
                    tls: false
                    bind_addresses: [127.0.0.1]
                    resources: [{names: [client]}]
                database: {name: sqlite3, args: {database: '%s'}}
                media_store_path: '%s'
                signing_key_path: '%s'
                registration_shared_secret: %s
                macaroon_secret_key: macaroon
                report_stats: false
                trusted_key_servers: []
                suppress_key_server_warning: true
                federation_domain_whitelist: []
                bcrypt_rounds: 4
                presence: {enabled: false}
                """
                        .formatted(
                                SERVER_NAME,
                                port,
                                folder.resolve("homeserver.db"),
                                folder.resolve("media"),
                                folder.resolve("signing.key"),
                                SECRET);
        var limited = limits == Limits.NONE ? GENEROUS : "";
        Files.writeString(
                configuration(folder),
                text + limited + settings,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static final String GENEROUS =
            """
            rc_message: &much {per_second: 10000, burst_count: 10000}
            rc_registration: *much
            rc_room_creation: *much
            rc_joins_per_room: *much
            rc_key_requests: *much
            rc_login: {address: *much, account: *much, failed_attempts: *much}
            rc_joins: {local: *much, remote: *much}
            rc_invites: {per_room: *much, per_user: *much, per_issuer: *much}
            rc_admin_redaction: *much
            rc_third_party_invite: *much
            rc_delayed_event_mgmt: *much
            rc_presence: {per_user: *much}
            """;
}
