package dev.sopwith.engine.runtime;

import dev.sopwith.engine.trigger.Arrival;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a delivery asks for, as it is kept while it waits.
 *
 * @param inputs checked against the SOP as it was when it came, and again when it starts; without
 *     the secret ones
 * @param sealed the secret inputs, see {@link SecretInputs.Parted}
 * @param payload as text
 * @param cause in words
 * @param initiators persons behind it and behind all that were folded into it
 * @param again the run that it repeats, if it does
 */
record Request(
        Map<String, String> inputs,
        Map<String, String> sealed,
        String payload,
        String cause,
        Set<String> initiators,
        boolean byPerson,
        Optional<Again> again) {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** A run to be repeated, and from which step. */
    record Again(long run, int from) {}

    Request {
        inputs = Map.copyOf(inputs);
        sealed = Map.copyOf(sealed);
        initiators = Set.copyOf(initiators);
    }

    /** What came in, with its inputs parted into those that may be seen and the others. */
    static Request of(Arrival arrival, SecretInputs.Parted inputs) {
        return new Request(
                inputs.open(),
                inputs.sealed(),
                arrival.delivery().payload().text(),
                arrival.cause(),
                arrival.initiators(),
                arrival.byPerson(),
                Optional.empty());
    }

    /** The same content with more people behind it. */
    Request behind(Set<String> others) {
        var all = new HashSet<>(initiators);
        all.addAll(others);
        return new Request(inputs, sealed, payload, cause, all, byPerson, again);
    }

    /** The same content for the record, once nobody needs the secrets any more. */
    Request withoutSecrets() {
        return new Request(inputs, Map.of(), payload, cause, initiators, byPerson, again);
    }

    SecretInputs.Parted parted() {
        return new SecretInputs.Parted(inputs, sealed);
    }

    String json() {
        return MAPPER.writeValueAsString(this);
    }

    /**
     * A request as it was kept.
     *
     * @throws Unreadable when it was kept by another version, or is damaged
     */
    static Request of(String json) throws Unreadable {
        try {
            return MAPPER.readValue(json, Request.class);
        } catch (JacksonException | NullPointerException e) {
            throw new Unreadable("what waited cannot be read by this version; ask for it again", e);
        }
    }

    /** A kept request that is none. The message is for people. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String message, Exception cause) {
            super(message, cause);
        }
    }
}
