package dev.sopwith.engine.step;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.sop.HttpBlock;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An {@code http} block with its values filled in (FORMAT §5). Wherever a value stands it stays a
 * value: it can neither end the place it was put into nor change where the request goes.
 *
 * @param body empty for a request without one
 */
record HttpRequestText(String method, String url, List<HttpBlock.Header> headers, String body) {
    private static final Pattern PARTS =
            Pattern.compile("(https?://[^/?#]+)([^?]*)(\\?.*)?", Pattern.DOTALL);
    private static final Pattern DOTS = Pattern.compile("(\\.|%2e){1,2}", Pattern.CASE_INSENSITIVE);

    /** Headers that say where a request goes, where it ends, or how its body is to be read. */
    private static final List<String> FIXED =
            List.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "upgrade",
                    "content-type");

    /** A value cannot be put where it belongs. The message is for people, without the value. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    static HttpRequestText of(StepOrder order) throws Refused {
        return switch (HttpBlock.parse(order.block().text())) {
            case Parsed.Ok(var block) -> new Filling(order).fill(block);
            case Parsed.Bad(_, var problem, _) -> throw new Refused(problem);
        };
    }

    /** The first header of this name, if there is one. */
    Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(HttpBlock.Header::value)
                .findFirst();
    }

    private record Filling(StepOrder order) {

        /** How a value is written in its place. */
        private interface Escape {
            String escape(Placeholder placeholder, JsonValue value) throws Refused;
        }

        HttpRequestText fill(HttpBlock block) throws Refused {
            var headers = new ArrayList<HttpBlock.Header>();
            for (var header : block.headers()) headers.add(header(header));
            return new HttpRequestText(
                    block.method(), url(block.url()), List.copyOf(headers), body(block));
        }

        private String url(String url) throws Refused {
            var parts = PARTS.matcher(url);
            if (!parts.matches()) throw new Refused("the address cannot be read");
            var path = fill(parts.group(2), Filling::percent);
            if (!path.equals(parts.group(2))) {
                for (var segment : path.split("/", -1)) {
                    if (DOTS.matcher(segment).matches()) {
                        throw new Refused("a value would make the path lead elsewhere (. or ..)");
                    }
                }
            }
            var query = parts.group(3) == null ? "" : fill(parts.group(3), Filling::percent);
            return parts.group(1) + path + query;
        }

        private HttpBlock.Header header(HttpBlock.Header header) throws Refused {
            boolean fixed = FIXED.contains(header.name().toLowerCase(Locale.ROOT));
            if (fixed && !Placeholder.in(header.value()).isEmpty()) {
                throw new Refused("nothing is filled into the header " + header.name());
            }
            return new HttpBlock.Header(
                    header.name(), fill(header.value(), Filling::headerValue).strip());
        }

        private String body(HttpBlock block) throws Refused {
            if (block.body().isBlank()) return "";
            if (Placeholder.in(block.body()).isEmpty()) return block.body();
            var type =
                    block.headers().stream()
                            .filter(header -> header.name().equalsIgnoreCase("content-type"))
                            .map(header -> header.value().toLowerCase(Locale.ROOT))
                            .findFirst()
                            .orElse("");
            if (!type.contains("json")) return fill(block.body(), Filling::percent);
            var strings = insideStrings(block.body());
            var filled =
                    fill(
                            block.body(),
                            (place, value) ->
                                    strings.contains(place.offset())
                                            ? jsonText(StepOrder.text(value))
                                            : json(value));
            if (JsonValue.parse(filled) instanceof Parsed.Bad<JsonValue>(_, var problem, _)) {
                throw new Refused("with its values the body is not JSON: " + problem);
            }
            return filled;
        }

        private String fill(String text, Escape escape) throws Refused {
            var filled = new StringBuilder();
            int done = 0;
            for (var placeholder : Placeholder.in(text)) {
                filled.append(text, done, placeholder.offset());
                filled.append(escape.escape(placeholder, value(placeholder)));
                done = placeholder.offset() + placeholder.text().length();
            }
            return filled.append(text, done, text.length()).toString();
        }

        private JsonValue value(Placeholder placeholder) throws Refused {
            Optional<JsonValue> value =
                    switch (placeholder.kind()) {
                        case INPUT -> Optional.ofNullable(order.inputs().get(placeholder.name()));
                        case STEP ->
                                order.earlier().stream()
                                        .filter(step -> step.isCalled(placeholder.name()))
                                        .flatMap(
                                                step ->
                                                        Optional.ofNullable(
                                                                step.values()
                                                                        .get(placeholder.key()))
                                                                .stream())
                                        .findFirst()
                                        .map(JsonValue.Str::new);
                        case SECRET ->
                                Optional.ofNullable(order.secrets().get(placeholder.name()))
                                        .map(secret -> new JsonValue.Str(secret.reveal()));
                        case INVALID -> Optional.empty();
                    };
            return value.orElseThrow(() -> new Refused(placeholder.text() + " has no value here"));
        }

        private static String percent(Placeholder placeholder, JsonValue value) {
            var text = new StringBuilder();
            for (byte b : StepOrder.text(value).getBytes(StandardCharsets.UTF_8)) {
                boolean plain =
                        (b >= 'a' && b <= 'z')
                                || (b >= 'A' && b <= 'Z')
                                || (b >= '0' && b <= '9')
                                || "-._~".indexOf(b) >= 0;
                if (plain) text.append((char) b);
                else text.append("%%%02X".formatted(b & 0xff));
            }
            return text.toString();
        }

        private static String headerValue(Placeholder placeholder, JsonValue value) throws Refused {
            var text = StepOrder.text(value);
            if (text.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new Refused(
                        placeholder.text() + " holds what a header cannot: printable ASCII only");
            }
            return text;
        }

        private static String json(JsonValue value) {
            return value instanceof JsonValue.Str(var text)
                    ? '"' + jsonText(text) + '"'
                    : StepOrder.text(value);
        }

        private static String jsonText(String text) {
            var escaped = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"' || c == '\\') escaped.append('\\').append(c);
                else if (c < ' ') escaped.append("\\u%04x".formatted((int) c));
                else escaped.append(c);
            }
            return escaped.toString();
        }

        /** Offsets of the placeholders that stand inside a string literal. */
        private static List<Integer> insideStrings(String json) {
            var offsets = new ArrayList<Integer>();
            boolean inside = false;
            int at = 0;
            for (var placeholder : Placeholder.in(json)) {
                for (; at < placeholder.offset(); at++) {
                    char c = json.charAt(at);
                    if (c == '"') inside = !inside;
                    else if (c == '\\' && inside) at++;
                }
                if (inside) offsets.add(placeholder.offset());
                at = placeholder.offset() + placeholder.text().length();
            }
            return offsets;
        }
    }
}
