package dev.sopwith.engine.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The node's own rows in maps. */
final class MemoryNode implements Node.Writable {
    private final TreeMap<String, String> settings = new TreeMap<>();
    private final TreeMap<Integer, ConfigRow> configs = new TreeMap<>();
    private final UndoLog undo;
    private final String epoch;

    MemoryNode(UndoLog undo, String epoch) {
        this.undo = undo;
        this.epoch = epoch;
    }

    @Override
    public void set(String name, String value) {
        undo.put(settings, name, value);
    }

    @Override
    public void clear(String name) {
        undo.remove(settings, name);
    }

    @Override
    public void add(ConfigRow row) {
        undo.put(configs, configs.size() + 1, row);
    }

    @Override
    public String epoch() {
        return epoch;
    }

    @Override
    public OptionalLong restoredAt() {
        return OptionalLong.empty();
    }

    @Override
    public Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    @Override
    public List<ConfigRow> configs(int max) {
        return configs.descendingMap().values().stream().limit(max).toList();
    }
}
