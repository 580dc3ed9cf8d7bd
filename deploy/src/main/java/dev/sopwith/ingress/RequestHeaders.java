package dev.sopwith.ingress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The headers of one request; names in any case.
 *
 * <p>Threading: immutable.
 */
final class RequestHeaders {
    private final Map<String, List<String>> values = new TreeMap<>();

    /** These headers; a name that stands twice has the values of both. */
    RequestHeaders(Iterable<Map.Entry<String, String>> headers) {
        for (var header : headers) {
            values.computeIfAbsent(plain(header.getKey()), _ -> new ArrayList<>())
                    .add(header.getValue());
        }
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** The one value of this header; none where it is missing, or stands twice and is unclear. */
    Optional<String> only(String name) {
        var all = values.getOrDefault(plain(name), List.of());
        return all.size() == 1 ? Optional.of(all.getFirst().strip()) : Optional.empty();
    }

    /** How often this header stands there. */
    int count(String name) {
        return values.getOrDefault(plain(name), List.of()).size();
    }

    /** Whether a header begins so. */
    boolean anyBeginsWith(String prefix) {
        return values.keySet().stream().anyMatch(it -> it.startsWith(plain(prefix)));
    }
}
