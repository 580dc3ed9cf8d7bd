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

    /** What a signal carries: an object with a value, which is what is meant where no path is. */
    record OfSignal(Payload payload) implements Subject {
        private static final String NAME = "the value";
        private static final String VALUE = "value";

        @Override
        public Optional<JsonValue> find(ValuePath path) {
            var value = path.isWhole() ? value() : Optional.<JsonValue>empty();
            return value.isPresent() ? value : new OfPayload(payload).find(path);
        }

        private Optional<JsonValue> value() {
            return payload.json() instanceof Parsed.Ok(JsonValue.Obj object)
                    ? Optional.ofNullable(object.members().get(VALUE))
                    : Optional.empty();
        }

        @Override
        public String nameOf(ValuePath path) {
            boolean isValue = path.isWhole() && value().isPresent();
            return isValue ? NAME : new OfPayload(payload).nameOf(path);
        }

        @Override
        public String whyMissing(ValuePath path) {
            return new OfPayload(payload).whyMissing(path);
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
