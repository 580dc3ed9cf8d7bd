package dev.sopwith.engine.roster;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What else may start SOPs, beside people and schedules.
 *
 * @param http how web requests come in; none: nobody listens
 */
public record IngressSettings(Optional<Http> http) {
    /** What holds when nothing is said: nothing comes in. */
    public static final IngressSettings NONE = new IngressSettings(Optional.empty());

    /**
     * Web requests.
     *
     * @param listen where webhooks are served
     * @param observe where health and figures are served
     * @param requestsPerMinute that one address may send
     * @param owners people and groups who count as initiators of what comes with a secret, by the
     *     variable of the secret
     */
    public record Http(
            Address listen,
            Address observe,
            int requestsPerMinute,
            SortedMap<String, List<String>> owners) {
        /** Where health and figures are served when nothing is said. */
        public static final Address OBSERVE = new Address("127.0.0.1", 8485);

        /** What one address may send when nothing is said. */
        public static final int REQUESTS_PER_MINUTE = 6_000;

        public Http {
            owners = Collections.unmodifiableSortedMap(new TreeMap<>(owners));
        }

        /** Owners in any map. */
        public static Http of(
                Address listen,
                Address observe,
                int requestsPerMinute,
                Map<String, List<String>> owners) {
            return new Http(listen, observe, requestsPerMinute, new TreeMap<>(owners));
        }
    }

    /**
     * A host and a port.
     *
     * @param host without the brackets of an IPv6 address
     * @param port 0 means one that is free
     */
    public record Address(String host, int port) {
        /** The greatest port there is. */
        public static final int PORT_MAX = 65_535;

        /** What {@code HOST:PORT} means; empty when the port is none. */
        static Optional<Address> of(String text) {
            int colon = text.lastIndexOf(':');
            int port = Integer.parseInt(text.substring(colon + 1));
            var host = text.substring(0, colon).replaceAll("^\\[|]$", "");
            return port > PORT_MAX ? Optional.empty() : Optional.of(new Address(host, port));
        }

        /** {@return as it stands in the roster} */
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }
}
