package dev.sopwith.engine.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the service knows about itself and its store. */
public interface Node {
    /**
     * Random, made with the store and anew by a restore. Every key that leaves the house contains
     * it, so that nothing old can hit something new. 16 hex digits.
     */
    String epoch();

    /** When this store was last restored from a backup, epoch milliseconds. */
    OptionalLong restoredAt();

    /** What was last set under this name, such as {@code frozen}. */
    Optional<String> setting(String name);

    /** The configurations that were in force, newest first. */
    List<ConfigRow> configs(int max);

    /**
     * A configuration that came into force.
     *
     * @param roster digest
     * @param sops digest of all SOPs
     * @param by who or what brought it, such as {@code start} or a person
     */
    record ConfigRow(long at, String roster, String sops, String by) {}

    /** What a work may do to the node's own rows. */
    interface Writable extends Node {
        void set(String name, String value);

        void clear(String name);

        void add(ConfigRow row);
    }
}
