package dev.sopwith.engine.step;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which addresses an http step may not reach. Link-local and metadata addresses give the secrets of
 * the machine to whoever asks, so no name may lead there; private networks are what steps are for.
 *
 * <p>Threading: immutable.
 *
 * @param allowed addresses that are reachable all the same
 */
public record AddressPolicy(Set<InetAddress> allowed) {
    /** Nothing that is not public or private. */
    public static final AddressPolicy STRICT = new AddressPolicy(Set.of());

    /** Of clouds, where they are not link-local: AWS (IPv6), Alibaba, Azure, Oracle. */
    private static final Set<InetAddress> METADATA =
            Stream.of("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
                    .map(InetAddress::ofLiteral)
                    .collect(Collectors.toUnmodifiableSet());

    public AddressPolicy {
        allowed = Set.copyOf(allowed);
    }

    /** Why this address is not reached; empty if it is. */
    Optional<String> whyRefused(InetAddress address) {
        if (allowed.contains(address)) return Optional.empty();
        var inside = embedded(address);
        if (inside.isPresent()) return whyRefused(inside.get());
        if (address.isLinkLocalAddress()) return Optional.of("a link-local address");
        if (METADATA.contains(address)) return Optional.of("a metadata address");
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || isBroadcast(address)) {
            return Optional.of("no address of one host");
        }
        return Optional.empty();
    }

    /** The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64 or 6to4. */
    private static Optional<InetAddress> embedded(InetAddress address) {
        var bytes = address.getAddress();
        if (bytes.length != 16) return Optional.empty();
        boolean zeros = isZero(bytes, 0, 10);
        boolean mapped = zeros && (bytes[10] & bytes[11]) == -1;
        boolean compatible = zeros && isZero(bytes, 10, 12) && !isZero(bytes, 12, 15);
        boolean nat64 =
                Arrays.equals(bytes, 0, 4, new byte[] {0, 0x64, (byte) 0xff, (byte) 0x9b}, 0, 4)
                        && isZero(bytes, 4, 12);
        if (mapped || compatible || nat64) return Optional.of(address(bytes, 12));
        boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
        return sixToFour ? Optional.of(address(bytes, 2)) : Optional.empty();
    }

    private static InetAddress address(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
    }

    private static boolean isBroadcast(InetAddress address) {
        return address instanceof Inet4Address
                && Arrays.equals(address.getAddress(), new byte[] {-1, -1, -1, -1});
    }
}
