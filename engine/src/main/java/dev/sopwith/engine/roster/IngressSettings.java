package dev.sopwith.engine.roster;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What else may start SOPs, beside people and schedules.
 *
 * @param http how web requests come in; none: nobody listens
 * @param brokers from which messages come, by name, in the order of the roster
 * @param boards whose pins are heard and set, by name, in the order of the roster
 */
public record IngressSettings(
        Optional<Http> http,
        SequencedMap<String, Broker> brokers,
        SequencedMap<String, Board> boards) {
    /** What holds when nothing is said: nothing comes in. */
    public static final IngressSettings NONE =
            new IngressSettings(Optional.empty(), new LinkedHashMap<>(), new LinkedHashMap<>());

    public IngressSettings {
        brokers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(brokers));
        boards = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(boards));
    }

    /** The broker of triggers and steps that name none: the first. */
    public Optional<String> standardBroker() {
        return brokers.isEmpty() ? Optional.empty() : Optional.of(brokers.firstEntry().getKey());
    }

    /** What the variables of a broker begin with, such as {@code MQTT_HOME_}. */
    public static String brokerVariables(String broker) {
        return "MQTT_" + broker.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_";
    }

    /**
     * An MQTT broker.
     *
     * @param secure whether TLS is spoken
     * @param owners people and groups who count as initiators of what comes from it
     * @param clientId what the service is called there; none means an id of its own
     */
    public record Broker(
            boolean secure, Address address, List<String> owners, Optional<String> clientId) {
        private static final Pattern URL =
                Pattern.compile(
                        "(mqtts?)://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?/?");

        private static final int PORT = 1883;
        private static final int SECURE_PORT = 8883;

        public Broker {
            owners = List.copyOf(owners);
        }

        /** Whether it looks like a URL of a broker, whatever its port. */
        static boolean hasShape(String url) {
            return URL.matcher(url).matches();
        }

        /** What a URL of a broker means; empty when it is none. */
        public static Optional<Broker> of(
                String url, List<String> owners, Optional<String> clientId) {
            var parts = URL.matcher(url);
            if (!parts.matches()) return Optional.empty();
            boolean secure = parts.group(1).equals("mqtts");
            var port =
                    Optional.ofNullable(parts.group(3))
                            .orElse(Integer.toString(secure ? SECURE_PORT : PORT));
            return Address.of(parts.group(2) + ":" + port)
                    .map(it -> new Broker(secure, it, owners, clientId));
        }

        /** {@return its URL, with the port} */
        @Override
        public String toString() {
            return (secure ? "mqtts://" : "mqtt://") + address;
        }
    }

    /**
     * A board with pins.
     *
     * @param chip label of its GPIO chip, such as {@code pinctrl-rp1}
     * @param signals by name
     */
    public record Board(String chip, SequencedMap<String, Signal> signals) {
        public Board {
            signals = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(signals));
        }
    }

    /**
     * A pin of a board.
     *
     * @param line its name, or its number on the chip
     * @param pull what holds it where nothing drives it
     * @param isOutput whether the service drives it
     * @param isActiveLow whether low means on
     * @param isOnWhenSafe of an output: how it is left when the service ends
     */
    public record Signal(
            String line, Pull pull, boolean isOutput, boolean isActiveLow, boolean isOnWhenSafe) {}

    /** What holds a pin where nothing drives it. */
    public enum Pull {
        UP,
        DOWN,
        NONE
    }

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
