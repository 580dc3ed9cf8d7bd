package dev.sopwith.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.roster.IngressSettings.Address;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Senders who take their time. */
@Timeout(120)
class HttpListenerTest {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final String HEAD = "POST /sop/go HTTP/1.1\r\nHost: a\r\n";

    private HttpListener listener;

    @BeforeEach
    void open() throws IOException {
        listener = HttpListener.open(new Address("127.0.0.1", 0), HttpListenerTest::echo, PATIENCE);
    }

    @AfterEach
    void close() {
        listener.close();
    }

    private static Reply echo(HttpListener.Incoming request) {
        try {
            var body = new String(request.body(), StandardCharsets.UTF_8);
            return new Reply(200, "text/plain", body, Optional.empty());
        } catch (Problem.Found e) {
            return e.reply();
        }
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), listener.address().port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String all(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException e) {
            return ""; // closed with something unread
        }
    }

    @Test
    void who_falls_silent_in_the_middle_of_a_body_is_cut_off_and_the_others_are_served()
            throws Exception {
        var silent = new ArrayList<Socket>();
        for (int i = 0; i < 20; i++) {
            var socket = connect();
            write(socket, HEAD + "Content-Length: 20\r\n\r\n{");
            silent.add(socket);
        }
        try (var socket = connect()) {
            write(socket, HEAD + "Content-Length: 2\r\nConnection: close\r\n\r\nab");
            assertThat(all(socket)).startsWith("HTTP/1.1 200").endsWith("ab\n");
        }
        for (var socket : silent) {
            assertThat(all(socket)).isEmpty();
            socket.close();
        }
    }

    @Test
    void who_sends_a_body_byte_by_byte_is_told_that_it_takes_too_long() throws Exception {
        try (var socket = connect()) {
            write(socket, HEAD + "Content-Length: 1000000\r\n\r\n");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (socket.getInputStream().available() == 0 && System.nanoTime() < end) {
                write(socket, "x");
                TimeUnit.MILLISECONDS.sleep(5);
            }
            var head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
            assertThat(head).isEqualTo("HTTP/1.1 408");
        }
    }

    @Test
    void one_connection_serves_many_requests() throws Exception {
        try (var socket = connect()) {
            for (int i = 0; i < 50; i++) write(socket, HEAD + "Content-Length: 2\r\n\r\nab");
            write(socket, HEAD + "Content-Length: 1\r\nConnection: close\r\n\r\nc");
            var text = all(socket);
            assertThat(text.split("HTTP/1.1 200", -1)).hasSize(52);
            assertThat(text).endsWith("c\n");
        }
    }
}
