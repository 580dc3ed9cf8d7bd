package dev.sopwith.bot.matrix;

import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretSources;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The secrets of one account. {@code MATRIX_PASSWORD_OPS} is for the connector {@code ops} alone
 * and wins over {@code MATRIX_PASSWORD}.
 *
 * <p>Threading: safe from any thread. Looked for each time: a file may have changed.
 */
final class MatrixLogin {
    private final SecretSources secrets;
    private final List<String> connectors = new ArrayList<>(); // guarded by itself

    MatrixLogin(SecretSources secrets) {
        this.secrets = secrets;
    }

    /** This connector uses the account as well. */
    void add(String connector) {
        synchronized (connectors) {
            connectors.add(connector);
        }
    }

    Optional<Secret> token() {
        return find("MATRIX_ACCESS_TOKEN");
    }

    Optional<Secret> password() {
        return find("MATRIX_PASSWORD");
    }

    Optional<Secret> recoveryKey() {
        return find("MATRIX_RECOVERY_KEY");
    }

    private Optional<Secret> find(String name) {
        List<String> names;
        synchronized (connectors) {
            names = List.copyOf(connectors);
        }
        return names.stream()
                .map(it -> secrets.find(name + "_" + variable(it)))
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> secrets.find(name));
    }

    /** A connector's name as part of a variable's. */
    static String variable(String connector) {
        return connector.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /**
     * What to open the account with: a token if it is this user's, else the password.
     *
     * @throws MatrixFailure when there is nothing, or the token is somebody else's
     */
    Credential credential(HomeServer server, String user) {
        var token = token();
        if (token.isPresent()) {
            try {
                var owner = Wait.on(server.whoAmI(token.get().reveal())).user();
                if (owner.equals(user)) return new Credential.Token(token.get().reveal());
                throw new MatrixFailure(
                        MatrixFailure.Kind.UNAUTHENTICATED,
                        "the token is of %s, and the roster names %s as user_id"
                                .formatted(owner, user));
            } catch (MatrixFailure e) {
                boolean isWorthless = e.kind == MatrixFailure.Kind.UNAUTHENTICATED;
                if (!isWorthless || password().isEmpty()) throw e;
            }
        }
        return password()
                .<Credential>map(it -> new Credential.Password(it.reveal()))
                .orElseThrow(
                        () ->
                                new MatrixFailure(
                                        MatrixFailure.Kind.UNAUTHENTICATED,
                                        "there is neither MATRIX_ACCESS_TOKEN nor MATRIX_PASSWORD"));
    }
}
