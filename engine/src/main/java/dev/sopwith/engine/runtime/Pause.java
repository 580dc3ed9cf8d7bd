package dev.sopwith.engine.runtime;

import dev.sopwith.engine.store.Reads;
import dev.sopwith.engine.store.Tx;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Somebody said that nothing may start a SOP. All of them are one setting of the store, so they
 * hold over restarts, and for a SOP that is broken or gone for a while as well.
 *
 * @param by who said so
 */
public record Pause(String by, Instant at) {
    private static final String SETTING = "paused";
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** All pauses, by SOP. */
    static SortedMap<String, Pause> all(Reads store) {
        return Collections.unmodifiableSortedMap(read(store));
    }

    static Optional<Pause> of(Reads store, String sop) {
        return Optional.ofNullable(read(store).get(sop));
    }

    static void put(Tx tx, String sop, Pause pause) {
        var all = read(tx);
        all.put(sop, pause);
        tx.node().set(SETTING, MAPPER.writeValueAsString(all));
    }

    static void remove(Tx tx, String sop) {
        var all = read(tx);
        all.remove(sop);
        if (all.isEmpty()) tx.node().clear(SETTING);
        else tx.node().set(SETTING, MAPPER.writeValueAsString(all));
    }

    private static TreeMap<String, Pause> read(Reads store) {
        var setting = store.node().setting(SETTING);
        if (setting.isEmpty()) return new TreeMap<>();
        try {
            return MAPPER.readValue(setting.get(), new TypeReference<TreeMap<String, Pause>>() {});
        } catch (JacksonException e) {
            // Nothing starts rather than what was paused.
            throw new IllegalStateException("the paused SOPs in the store cannot be read", e);
        }
    }

    /** {@return such as {@code paused by local:alice since 2026-11-21T03:00:00Z}} */
    @Override
    public String toString() {
        return "paused by %s since %s".formatted(by, at.truncatedTo(ChronoUnit.SECONDS));
    }
}
