package dev.sopwith.engine.runtime;

import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretBox;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.store.Tx;

import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps secret inputs out of everything that is stored: sealed while a delivery waits and while its
 * run goes on, a keyed hash everywhere else.
 *
 * <p>Threading: safe from any thread.
 */
final class SecretInputs {
    private static final String QUEUE = "queue";

    private final SecretBox box;

    SecretInputs(SecretBox box) {
        this.box = box;
    }

    /**
     * Inputs parted into those that may be seen and the others.
     *
     * @param open by name
     * @param sealed by name, in Base64, as they may wait in the queue
     */
    record Parted(Map<String, String> open, Map<String, String> sealed) {}

    /** The inputs as they may be stored with a delivery. */
    Parted part(Sop sop, Map<String, String> inputs) {
        var secret = names(sop);
        var open = new HashMap<String, String>();
        var sealed = new HashMap<String, String>();
        inputs.forEach(
                (name, value) -> {
                    if (secret.contains(name)) {
                        var bytes = box.seal(Secret.of(value), QUEUE + "/" + name);
                        sealed.put(name, Base64.getEncoder().encodeToString(bytes));
                    } else {
                        open.put(name, value);
                    }
                });
        return new Parted(Map.copyOf(open), Map.copyOf(sealed));
    }

    /**
     * All inputs of a delivery that waited, in plain text: for checking and starting only.
     *
     * @throws SecretBox.BadKey when the key has changed since
     */
    Map<String, String> whole(Parted parted) throws SecretBox.BadKey {
        var inputs = new HashMap<>(parted.open());
        for (var sealed : parted.sealed().entrySet()) {
            var bytes = Base64.getDecoder().decode(sealed.getValue());
            inputs.put(sealed.getKey(), box.unseal(bytes, QUEUE + "/" + sealed.getKey()).reveal());
        }
        return inputs;
    }

    /** The inputs of a run as they may be stored: of a secret one its keyed hash. */
    Map<String, String> hashed(Sop sop, Map<String, String> inputs) {
        var secret = names(sop);
        var hashed = new HashMap<String, String>();
        inputs.forEach(
                (name, value) ->
                        hashed.put(
                                name, secret.contains(name) ? box.hash(Secret.of(value)) : value));
        return hashed;
    }

    /** Keeps the secret inputs of a run until it ends. */
    void keep(Tx tx, long run, Sop sop, Map<String, String> inputs) {
        for (var name : names(sop)) {
            Optional.ofNullable(inputs.get(name))
                    .ifPresent(
                            value ->
                                    tx.runs()
                                            .putSecret(
                                                    run,
                                                    name,
                                                    box.seal(Secret.of(value), place(run, name))));
        }
    }

    /**
     * A secret input of a run.
     *
     * @throws SecretBox.BadKey when the key has changed since
     */
    Secret open(long run, String name, byte[] sealed) throws SecretBox.BadKey {
        return box.unseal(sealed, place(run, name));
    }

    /** The inputs of this SOP that are secret. */
    static Set<String> names(Sop sop) {
        var names = new HashSet<String>();
        for (var input : sop.inputs()) if (input.secret()) names.add(input.name());
        return names;
    }

    private static String place(long run, String name) {
        return "R-" + run + "/" + name;
    }
}
