package dev.sopwith.engine.expression;

import java.util.Optional;

/** What a condition is asked about. */
sealed interface Subject {

    /** The value at this place; the empty path is the direct form. */
    Optional<JsonValue> find(ValuePath path);

    /** The place as it is named to people. */
    String nameOf(ValuePath path);

    /** Why there is no value at this place. */
    String whyMissing(ValuePath path);

    /** What came with a delivery: for a path it must be JSON, as a whole it need not. */
    record OfPayload(Payload payload) implements Subject {
        private static final String NAME = "the payload";

        @Override
        public Optional<JsonValue> find(ValuePath path) {
            if (payload.isBlank()) return Optional.empty();
            if (path.isWhole()) return Optional.of(payload.whole());
            return switch (payload.json()) {
                case Parsed.Ok(var document) -> path.find(document);
                case Parsed.Bad(_, _, _) -> Optional.empty();
            };
        }

        @Override
        public String nameOf(ValuePath path) {
            return path.isWhole() ? NAME : shown(path);
        }

        @Override
        public String whyMissing(ValuePath path) {
            if (payload.isBlank()) return NAME + " is empty";
            return switch (payload.json()) {
                case Parsed.Ok(_) -> shown(path) + " is not there";
                case Parsed.Bad(var offset, _, _) -> NAME + " is not JSON (" + place(offset) + ")";
            };
        }

        private String place(int offset) {
            var before = payload.text().substring(0, offset);
            long line = before.chars().filter(c -> c == '\n').count() + 1;
            int start = before.lastIndexOf('\n') + 1;
            int character = before.codePointCount(start, offset) + 1;
            return "line " + line + ", character " + character;
        }
    }

    /** A document that the engine made itself. */
    record OfDocument(JsonValue document) implements Subject {
        @Override
        public Optional<JsonValue> find(ValuePath path) {
            return path.find(document);
        }

        @Override
        public String nameOf(ValuePath path) {
            return shown(path);
        }

        @Override
        public String whyMissing(ValuePath path) {
            return shown(path) + " is not there";
        }
    }

    private static String shown(ValuePath path) {
        return Excerpt.of(path.text(), 60);
    }
}
