package dev.sopwith.app;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process of its own that says hello to a socket and asks for something; prints what it is told,
 * or why it was not let in. Needs nothing but the JDK, so that any user can run it.
 */
final class Stranger {
    private Stranger() {}

    public static void main(String[] args) {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(args[0])))) {
            var words =
                    "{\"hello\":1}\n{\"words\":[\"freeze\"]}\n".getBytes(StandardCharsets.UTF_8);
            channel.write(ByteBuffer.wrap(words));
            channel.shutdownOutput();
            var told = Channels.newInputStream(channel).readAllBytes();
            System.out.println(new String(told, StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.out.println(e);
        }
    }
}
