package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.Position;

import java.util.Map;

/**
 * Where things stand in one file, by what stands there: for findings that only show when both files
 * are known.
 */
record Places(Map<String, Position> byName) {

    Places {
        byName = Map.copyOf(byName);
    }

    Position of(String name) {
        return of(name, Position.START);
    }

    Position of(String name, Position otherwise) {
        return byName.getOrDefault(name, otherwise);
    }
}
