package dev.sopwith.ingress;

import dev.sopwith.engine.sop.Trigger.Auth;
import dev.sopwith.engine.sop.Trigger.Credential;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How a sender tells one delivery from another, so that what it sends again starts nothing twice.
 */
final class IdempotencyKey {
    private static final List<String> HEADERS = List.of("Idempotency-Key", "X-Idempotency-Key");
    private static final Pattern FORM = Pattern.compile("[!-~]{1,255}");

    /** The ids that programs give to their deliveries; only where it is them who send. */
    private static final Map<Auth, List<String>> DELIVERY_IDS =
            Map.of(
                    Auth.GITHUB, List.of("X-GitHub-Delivery"),
                    Auth.GITEA, List.of("X-Gitea-Delivery", "X-Forgejo-Delivery"));

    private IdempotencyKey() {}

    /** The key as it was sent, however it looks; none where two differ. */
    static Optional<String> sent(RequestHeaders headers) {
        var sent = new TreeSet<String>();
        for (var header : HEADERS) {
            if (headers.count(header) > 1) return Optional.empty();
            headers.only(header).ifPresent(sent::add);
        }
        return sent.size() == 1 ? Optional.of(sent.first()) : Optional.empty();
    }

    /**
     * What tells this delivery from others of the same sender.
     *
     * @param proven what was proved: nobody can use up the keys of another secret
     * @throws Problem.Found when there is a key that cannot be one
     */
    static Optional<String> of(RequestHeaders headers, Set<Credential> proven)
            throws Problem.Found {
        var key = sent(headers);
        if (key.isEmpty() && HEADERS.stream().anyMatch(it -> headers.count(it) > 0)) {
            throw new Problem.Found(Problem.MALFORMED, "there are two different idempotency keys");
        }
        if (key.isPresent() && !FORM.matcher(key.get()).matches()) {
            throw new Problem.Found(
                    Problem.MALFORMED,
                    "an idempotency key has 1 to 255 visible ASCII characters and no blanks");
        }
        var senders = new TreeSet<String>();
        for (var it : proven) senders.add(it.variable());
        return key.or(() -> deliveryId(headers, proven))
                .map(it -> String.join(" ", senders) + " " + it);
    }

    private static Optional<String> deliveryId(RequestHeaders headers, Set<Credential> proven) {
        return proven.stream()
                .flatMap(it -> DELIVERY_IDS.getOrDefault(it.auth(), List.of()).stream())
                .distinct()
                .sorted()
                .flatMap(it -> headers.only(it).stream())
                .filter(it -> FORM.matcher(it).matches())
                .findFirst();
    }
}
