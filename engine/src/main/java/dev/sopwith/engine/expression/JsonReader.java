package dev.sopwith.engine.expression;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a {@link JsonValue} from Jackson's tokens, without recursion: how deep a document is costs
 * heap, never stack.
 *
 * <p>Threading: one reader per text; the factory is shared and holds no state of any text.
 */
final class JsonReader {
    static final int DEPTH_MAX = 500;
    private static final int PROBLEM_LENGTH_MAX = 160;

    /** Length is the caller's business and depth is ours, so the library's own limits are off. */
    private static final StreamReadConstraints NO_LIMITS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build();

    /** Names are not pooled: a stranger's documents must not fill a table that all share. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .streamReadConstraints(NO_LIMITS)
                    .build();

    private final String text;
    private final JsonParser parser;
    private final Deque<Container> open = new ArrayDeque<>();

    private JsonReader(String text, JsonParser parser) {
        this.text = text;
        this.parser = parser;
    }

    static Parsed<JsonValue> read(String text) {
        try (var parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return Parsed.ok(new JsonReader(text, parser).document());
        } catch (JacksonException e) {
            return Parsed.bad(offset(e, text), problem(e), "");
        } catch (SyntaxProblem e) {
            return e.bad();
        }
    }

    private JsonValue document() throws SyntaxProblem {
        var value = complete();
        while (!open.isEmpty()) {
            open.getLast().add(value);
            value = complete();
        }
        if (parser.nextToken() != null) throw problem("text follows after the end of the document");
        return value;
    }

    /** Reads on to the next value that is complete: a scalar, or a container at its end. */
    private JsonValue complete() throws SyntaxProblem {
        while (true) {
            var token = parser.nextToken();
            if (token == null) throw new SyntaxProblem(text.length(), "there is no value", "");
            switch (token) {
                case START_OBJECT -> open(new Members());
                case START_ARRAY -> open(new Items());
                case PROPERTY_NAME -> name();
                case END_OBJECT, END_ARRAY -> {
                    return open.removeLast().close();
                }
                case VALUE_STRING -> {
                    return new JsonValue.Str(wellFormed(parser.getString()));
                }
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    return new JsonValue.Num(parser.getString());
                }
                case VALUE_TRUE -> {
                    return new JsonValue.Bool(true);
                }
                case VALUE_FALSE -> {
                    return new JsonValue.Bool(false);
                }
                case VALUE_NULL -> {
                    return new JsonValue.Null();
                }
                case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                        throw new IllegalStateException(token + " does not occur in JSON text");
            }
        }
    }

    private void open(Container container) throws SyntaxProblem {
        if (open.size() == DEPTH_MAX) throw problem("nested deeper than " + DEPTH_MAX + " levels");
        open.addLast(container);
    }

    private void name() throws SyntaxProblem {
        var name = wellFormed(parser.currentName());
        if (!open.getLast().accepts(name))
            throw problem("the name " + Excerpt.quoted(name, 40) + " stands twice in one object");
    }

    private String wellFormed(String string) throws SyntaxProblem {
        boolean halved = string.codePoints().anyMatch(JsonReader::isSurrogate);
        if (halved) throw problem("half a character (an unpaired surrogate)");
        return string;
    }

    private static boolean isSurrogate(int character) {
        return Character.isBmpCodePoint(character) && Character.isSurrogate((char) character);
    }

    private SyntaxProblem problem(String problem) {
        long offset = parser.currentTokenLocation().getCharOffset();
        return new SyntaxProblem(within(offset, text), problem, "");
    }

    private static int offset(JacksonException e, String text) {
        var location = e.getLocation();
        return location == null ? 0 : within(location.getCharOffset(), text);
    }

    private static int within(long offset, String text) {
        return Math.clamp(offset, 0, text.length());
    }

    /** Only what was found: what follows names the library's own switches. */
    private static String problem(JacksonException e) {
        var message = e.getOriginalMessage();
        int end = message.indexOf(": ");
        // It quotes the text it stumbles over, and that is a stranger's.
        return Excerpt.of(end < 0 ? message : message.substring(0, end), PROBLEM_LENGTH_MAX);
    }

    /** An object or array whose end has not come yet. */
    private sealed interface Container {
        /** Takes the name of the next member, unless it is known already. */
        boolean accepts(String name);

        void add(JsonValue value);

        JsonValue close();
    }

    private static final class Members implements Container {
        private final Map<String, JsonValue> members = new LinkedHashMap<>();
        private String name = "";

        @Override
        public boolean accepts(String name) {
            this.name = name;
            return !members.containsKey(name);
        }

        @Override
        public void add(JsonValue value) {
            members.put(name, value);
        }

        @Override
        public JsonValue close() {
            return new JsonValue.Obj(members);
        }
    }

    private static final class Items implements Container {
        private final List<JsonValue> items = new ArrayList<>();

        @Override
        public boolean accepts(String name) {
            throw new IllegalStateException("an array has no names");
        }

        @Override
        public void add(JsonValue value) {
            items.add(value);
        }

        @Override
        public JsonValue close() {
            return new JsonValue.Arr(items);
        }
    }
}
