package dev.sopwith.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.sop.Trigger.Credential;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether a request proves that its sender knows a secret (APPROVALS §5).
 *
 * <p>Two secrets of one credential may hold at once, so that one can be replaced while nobody
 * waits: the one in the variable itself and the one in the variable with {@value #NEXT} behind its
 * name.
 *
 * <p>Threading: safe from any thread. Secrets are read each time.
 */
final class Proofs {
    /** What follows the name of a variable in the name of the one that will replace it. */
    static final String NEXT = "_NEXT";

    /** A secret of fewer characters can be guessed, and proves nothing. */
    static final int SECRET_MIN = 16;

    /** How far the time stamp of a signature may be from now. */
    static final Duration WINDOW = Duration.ofMinutes(5);

    static final String TIMESTAMP = "X-Sopwith-Timestamp";
    static final String SIGNATURE = "X-Sopwith-Signature";

    private static final String NOT_LOCAL = "it needs no secret, so only this machine may use it: ";
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final SecretSources sources;
    private final InstantSource clock;

    Proofs(SecretSources sources, InstantSource clock) {
        this.sources = sources;
        this.clock = clock;
    }

    /** The secrets of this variable that can prove something. */
    List<Secret> secrets(String variable) {
        var secrets = new ArrayList<Secret>();
        for (var name : List.of(variable, variable + NEXT)) {
            sources.find(name).filter(it -> !isShort(it)).ifPresent(secrets::add);
        }
        return secrets;
    }

    /** Why this variable proves nothing, whoever sends what. */
    Optional<String> lack(String variable) {
        if (!secrets(variable).isEmpty()) return Optional.empty();
        return Optional.of(
                sources.find(variable).isPresent()
                        ? "%s has fewer than %d characters".formatted(variable, SECRET_MIN)
                        : variable + " is not set");
    }

    private static boolean isShort(Secret secret) {
        return secret.reveal().length() < SECRET_MIN;
    }

    /** Why the request does not prove this; empty when it does. Never quotes what was sent. */
    Optional<String> refusal(Credential credential, WebhookRequest request) {
        if (credential.auth() == dev.sopwith.engine.sop.Trigger.Auth.NONE) {
            return notLocal(request).map(NOT_LOCAL::concat);
        }
        var lack = lack(credential.variable());
        if (lack.isPresent()) return lack;
        var secrets = secrets(credential.variable());
        return switch (credential.auth()) {
            case BEARER ->
                    token(secrets, bearer(request).or(() -> sent(request, "X-Webhook-Secret")));
            case ALERTMANAGER -> token(secrets, bearer(request).or(() -> password(request)));
            case GITLAB -> token(secrets, sent(request, "X-Gitlab-Token"));
            case GITHUB -> signature(secrets, request, "X-Hub-Signature-256", "sha256=");
            case GITEA ->
                    request.headers().count("X-Forgejo-Signature") > 0
                            ? signature(secrets, request, "X-Forgejo-Signature", "")
                            : signature(secrets, request, "X-Gitea-Signature", "");
            case HMAC -> own(secrets, request);
            case NONE -> throw new IllegalStateException("nothing is proved by none");
        };
    }

    private static Optional<String> sent(WebhookRequest request, String header) {
        return request.headers().only(header).filter(it -> !it.isEmpty());
    }

    private static Optional<String> bearer(WebhookRequest request) {
        return authorization(request, "bearer ");
    }

    private static Optional<String> authorization(WebhookRequest request, String scheme) {
        return sent(request, "Authorization")
                .filter(it -> it.toLowerCase(Locale.ROOT).startsWith(scheme))
                .map(it -> it.substring(scheme.length()).strip());
    }

    /** The password of basic authentication, whoever the user is said to be. */
    private static Optional<String> password(WebhookRequest request) {
        try {
            return authorization(request, "basic ")
                    .map(it -> new String(Base64.getDecoder().decode(it), UTF_8))
                    .filter(it -> it.contains(":"))
                    .map(it -> it.substring(it.indexOf(':') + 1));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> token(List<Secret> secrets, Optional<String> sent) {
        if (sent.isEmpty()) return Optional.of("there is no token");
        var digest = sha256(sent.get());
        boolean known = any(secrets, digest, (secret, it) -> isEqual(sha256(secret.reveal()), it));
        return known ? Optional.empty() : Optional.of("the token is another one");
    }

    private static Optional<String> signature(
            List<Secret> secrets, WebhookRequest request, String header, String prefix) {
        var sent = sent(request, header);
        if (sent.isEmpty()) return Optional.of("there is no " + header);
        return signed(secrets, sent.get(), prefix, request.body())
                ? Optional.empty()
                : Optional.of("%s does not fit body and secret".formatted(header));
    }

    private Optional<String> own(List<Secret> secrets, WebhookRequest request) {
        var stamp = sent(request, TIMESTAMP).filter(it -> it.matches("[0-9]{1,12}"));
        var signature = sent(request, SIGNATURE);
        if (stamp.isEmpty()) return Optional.of("there is no %s in seconds".formatted(TIMESTAMP));
        if (signature.isEmpty()) return Optional.of("there is no " + SIGNATURE);
        var key = IdempotencyKey.sent(request.headers());
        if (key.isEmpty()) return Optional.of("there is no Idempotency-Key, which is signed too");
        var head = "v1\n%s\n%s\n%s\n".formatted(stamp.get(), request.path(), key.get());
        if (!signed(secrets, signature.get(), "v1=", head.getBytes(UTF_8), request.body())) {
            return Optional.of("%s does not fit request and secret".formatted(SIGNATURE));
        }
        var age =
                Duration.between(
                        Instant.ofEpochSecond(Long.parseLong(stamp.get())), clock.instant());
        return age.abs().compareTo(WINDOW) <= 0
                ? Optional.empty()
                : Optional.of(
                        "%s is %,d s from now, more than %,d"
                                .formatted(TIMESTAMP, age.abs().toSeconds(), WINDOW.toSeconds()));
    }

    private static boolean signed(
            List<Secret> secrets, String signature, String prefix, byte[]... parts) {
        if (!signature.startsWith(prefix)) return false;
        byte[] sent;
        try {
            sent = HexFormat.of().parseHex(signature.substring(prefix.length()));
        } catch (IllegalArgumentException _) {
            return false;
        }
        return any(secrets, sent, (secret, it) -> isEqual(hmac(secret, parts), it));
    }

    /** Asks all: how long it takes says nothing about which one fits. */
    private static boolean any(
            List<Secret> secrets, byte[] sent, BiPredicate<Secret, byte[]> fits) {
        boolean any = false;
        for (var secret : secrets) any |= fits.test(secret, sent);
        return any;
    }

    private static boolean isEqual(byte[] one, byte[] other) {
        return MessageDigest.isEqual(one, other);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] hmac(Secret secret, byte[]... parts) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.reveal().getBytes(UTF_8), "HmacSHA256"));
            for (var part : parts) mac.update(part);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /**
     * Why a request may come from elsewhere. A page in a browser on this machine can send requests
     * to it too, and a proxy passes on those of others: both leave traces.
     */
    private static Optional<String> notLocal(WebhookRequest request) {
        if (!request.remoteIsLocal()) return Optional.of("it came from " + request.remote());
        var headers = request.headers();
        for (var trace : List.of("Origin", "Forwarded", "X-Forwarded-", "Sec-Fetch-", "Via")) {
            if (headers.anyBeginsWith(trace)) return Optional.of("it has a header " + trace);
        }
        var host = headers.only("Host").map(it -> it.replaceFirst(":[0-9]{1,5}$", ""));
        boolean isLocal =
                host.filter(it -> LOCAL_NAMES.contains(it.toLowerCase(Locale.ROOT))).isPresent();
        return isLocal ? Optional.empty() : Optional.of("its Host is another one");
    }
}
