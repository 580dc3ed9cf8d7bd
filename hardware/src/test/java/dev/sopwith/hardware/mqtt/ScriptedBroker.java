package dev.sopwith.hardware.mqtt;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A broker that says what a test wants: what no real one does, or does only now and then. Speaks as
 * much MQTT 5 as a client needs, keeps no session and delivers nothing of its own.
 *
 * <p>Threading: safe from any thread; each connection has a thread.
 */
final class ScriptedBroker implements AutoCloseable {
    private static final int CONNECT = 1;
    private static final int PUBACK = 4;
    private static final int SUBSCRIBE = 8;
    private static final int UNSUBSCRIBE = 10;
    private static final int PINGREQ = 12;

    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private volatile Optional<Socket> open = Optional.empty();

    /** Packet identifiers that were acknowledged, in order. */
    final List<Integer> acknowledged = new CopyOnWriteArrayList<>();

    /** How many messages at a time each login allowed. */
    final List<Integer> limits = new CopyOnWriteArrayList<>();

    /** Filters that were asked for. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    /** Whether it says that it still has the session of the client. */
    volatile boolean isSessionPresent;

    /** What a login is answered with; 0 lets in. */
    volatile int loginCode;

    /** What a subscription is answered with, whatever was asked for. */
    volatile int subscribeCode = 1;

    /** Whether it answers what it is asked beside messages. */
    volatile boolean answersUnsubscribe = true;

    /** What is sent in one piece with the answer to a login. */
    volatile byte[] greeting = new byte[0];

    ScriptedBroker() throws IOException {
        Thread.ofVirtual().name("scripted broker").start(this::accept);
    }

    String url() {
        return "mqtt://127.0.0.1:" + server.getLocalPort();
    }

    /** A message of QoS 1. */
    static byte[] message(int id, boolean isRepeat, String topic, String payload) {
        var body = new ByteArrayOutputStream();
        text(body, topic);
        number(body, id);
        body.write(0);
        body.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
        return packet(isRepeat ? 0x3a : 0x32, body.toByteArray());
    }

    /** Sends it now. */
    void send(byte[] packet) throws IOException {
        write(open.orElseThrow(), packet);
    }

    /** Cuts the connection without a word. */
    void drop() throws IOException {
        var socket = open.orElseThrow();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                open = Optional.of(socket);
                Thread.ofVirtual().name("scripted connection").start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket;
                var in = new DataInputStream(socket.getInputStream())) {
            while (true) {
                int first = in.read();
                if (first < 0) return;
                var body = in.readNBytes(length(in));
                answer(socket, first >> 4, body);
            }
        } catch (SocketException _) {
            // Whoever was there has gone.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(Socket socket, int kind, byte[] body) throws IOException {
        switch (kind) {
            case CONNECT -> {
                limits.add(limit(body));
                var out = new ByteArrayOutputStream();
                int present = isSessionPresent && loginCode == 0 ? 1 : 0;
                out.writeBytes(packet(0x20, new byte[] {(byte) present, (byte) loginCode, 0}));
                if (loginCode == 0) out.writeBytes(greeting);
                write(socket, out.toByteArray());
            }
            case PUBACK -> acknowledged.add(id(body));
            case SUBSCRIBE -> {
                var filters = filters(body, 1);
                asked.addAll(filters);
                write(socket, packet(0x90, codes(body, filters.size(), subscribeCode)));
            }
            case UNSUBSCRIBE -> {
                if (answersUnsubscribe) {
                    write(socket, packet(0xb0, codes(body, filters(body, 0).size(), 0x11)));
                }
            }
            case PINGREQ -> write(socket, packet(0xd0, new byte[0]));
            default -> {
                // DISCONNECT: the client closes the connection.
            }
        }
    }

    /** The receive maximum of a login. */
    private static int limit(byte[] body) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(body));
        in.skipNBytes(10); // name and version of the protocol, flags, keep alive
        for (int left = length(in); left > 0; left--) {
            switch (in.readUnsignedByte()) {
                case 0x21 -> {
                    return in.readUnsignedShort();
                }
                case 0x11, 0x27 -> {
                    in.skipNBytes(4); // session expiry, packet size
                    left -= 4;
                }
                default -> in.skipNBytes(1);
            }
        }
        return 65_535;
    }

    private static List<String> filters(byte[] body, int optionBytes) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(body));
        in.skipNBytes(2);
        in.skipNBytes(length(in));
        var filters = new ArrayList<String>();
        while (in.available() > 0) {
            filters.add(in.readUTF());
            in.skipNBytes(optionBytes);
        }
        return filters;
    }

    private static byte[] codes(byte[] request, int count, int code) {
        var out = new ByteArrayOutputStream();
        out.write(request, 0, 2);
        out.write(0);
        for (int i = 0; i < count; i++) out.write(code);
        return out.toByteArray();
    }

    private static int id(byte[] body) {
        return (body[0] & 0xff) << 8 | (body[1] & 0xff);
    }

    private static int length(DataInputStream in) throws IOException {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }

    private static byte[] packet(int first, byte[] body) {
        var out = new ByteArrayOutputStream();
        out.write(first);
        int left = body.length;
        do {
            out.write(left > 0x7f ? (left & 0x7f) | 0x80 : left);
            left >>= 7;
        } while (left > 0);
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }

    private static synchronized void write(Socket socket, byte[] bytes) throws IOException {
        var out = new DataOutputStream(socket.getOutputStream());
        out.write(bytes);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        var last = open;
        if (last.isPresent()) last.get().close();
    }
}
