package dev.sopwith.engine.step;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;

import javax.net.SocketFactory;

/**
 * Makes sockets that ask the policy when they connect: after every name was resolved, whatever
 * resolved it, and for every redirect. What is checked is what is connected to.
 *
 * <p>Threading: safe from any thread.
 */
final class GuardedSockets extends SocketFactory {
    private final AddressPolicy policy;

    GuardedSockets(AddressPolicy policy) {
        this.policy = policy;
    }

    /** The policy said no. */
    static final class AddressRefused extends IOException {
        private static final long serialVersionUID = 1;

        AddressRefused(String message) {
            super(message);
        }
    }

    @Override
    public Socket createSocket() {
        return new Guarded(policy);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    private Socket connected(SocketAddress address) throws IOException {
        var socket = createSocket();
        socket.connect(address);
        return socket;
    }

    private static final class Guarded extends Socket {
        private final AddressPolicy policy;

        Guarded(AddressPolicy policy) {
            this.policy = policy;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            if (!(endpoint instanceof InetSocketAddress to) || to.isUnresolved()) {
                throw new AddressRefused("an address that nobody resolved");
            }
            var why = policy.whyRefused(to.getAddress());
            if (why.isPresent()) {
                throw new AddressRefused(
                        "%s is %s, which http steps may not reach"
                                .formatted(to.getAddress().getHostAddress(), why.get()));
            }
            super.connect(endpoint, timeout);
        }
    }
}
