package dev.sopwith.engine.roster;

import dev.sopwith.engine.sop.Position;

import java.util.List;

/** A piece of a YAML text, and where it begins. */
sealed interface YamlNode {
    Position at();

    /** One value; quoted ones are always text. */
    record Scalar(Kind kind, String text, Position at) implements YamlNode {}

    /** What the core schema makes of a value that is not in quotes. */
    enum Kind {
        TEXT,
        INTEGER,
        NUMBER,
        BOOLEAN,
        NULL
    }

    record Items(List<YamlNode> items, Position at) implements YamlNode {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** Keys and their values, in the order of the text. */
    record Keys(List<Entry> entries, Position at) implements YamlNode {
        public Keys {
            entries = List.copyOf(entries);
        }
    }

    /** A key with its value; {@code at} is the key's place. */
    record Entry(String key, Position at, YamlNode value) {}
}
