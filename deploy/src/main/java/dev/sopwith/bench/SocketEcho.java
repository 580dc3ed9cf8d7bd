package dev.sopwith.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A line there and back over a Unix socket, with nobody who thinks in between: what an answer costs
 * at least on this machine.
 *
 * <p>Threading: one thread asks; a virtual one answers.
 */
final class SocketEcho implements AutoCloseable {
    private static final int LINE = 200;

    private final ServerSocketChannel server;
    private final SocketChannel client;
    private final ByteBuffer line = ByteBuffer.allocate(LINE);

    private SocketEcho(ServerSocketChannel server, SocketChannel client) {
        this.server = server;
        this.client = client;
    }

    static SocketEcho open(Path path) throws IOException {
        var address = UnixDomainSocketAddress.of(path);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        Thread.ofVirtual().name("echo").start(() -> serve(server));
        return new SocketEcho(server, SocketChannel.open(address));
    }

    private static void serve(ServerSocketChannel server) {
        try (var client = server.accept()) {
            var line = ByteBuffer.allocate(LINE);
            while (client.read(line) >= 0) {
                line.flip();
                while (line.hasRemaining()) client.write(line);
                line.clear();
            }
        } catch (IOException _) {
            // Whoever asked has gone, or hears of it when they ask.
        }
    }

    /** {@return nanoseconds until a line was back} */
    long nanos() throws IOException {
        long start = System.nanoTime();
        line.clear();
        while (line.hasRemaining()) client.write(line);
        line.clear();
        while (line.hasRemaining()) {
            if (client.read(line) < 0) throw new IOException("the echo has gone");
        }
        return System.nanoTime() - start;
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
