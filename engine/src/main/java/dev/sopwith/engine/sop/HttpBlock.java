package dev.sopwith.engine.sop;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;
import dev.sopwith.engine.expression.Placeholder;
import dev.sopwith.engine.expression.Quoted;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An {@code http} block: request line, headers, a blank line, body (FORMAT §5).
 *
 * <p>Values may be filled into path, query, header values and JSON or form bodies, never into
 * scheme, host or method: who is talked to is what was approved.
 *
 * @param headers in the order written
 * @param placeholders all of them, with offsets into the text of the block
 */
public record HttpBlock(
        String method,
        String url,
        List<Header> headers,
        String body,
        List<Placeholder> placeholders) {

    public record Header(String name, String value) {}

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final Pattern URL =
            Pattern.compile("(https?)://([^/?#\\s]+)(/[^?#\\s]*)?(\\?[^#\\s]*)?");
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~A-Za-z0-9-]+):(.*)");

    public static Parsed<HttpBlock> parse(String text) {
        return new Reading(text).read();
    }

    /** One pass over the text; the first problem ends it. */
    private static final class Reading {
        private final String text;
        private final List<Header> headers = new ArrayList<>();
        private int at;

        Reading(String text) {
            this.text = text;
        }

        Parsed<HttpBlock> read() {
            var request = nextLine();
            var words = request.strip().split("[ \\t]+", -1);
            if (!METHODS.contains(words[0])) {
                return Parsed.bad(
                        0,
                        "%s is no HTTP method".formatted(Quoted.of(words[0])),
                        "begin with a request line such as GET https://example.org/health");
            }
            if (words.length != 2) {
                return Parsed.bad(
                        0,
                        "a request line is a method and an address",
                        "write GET https://example.org/health");
            }
            var badUrl = checkUrl(words[1], text.indexOf(words[1], words[0].length()));
            if (badUrl instanceof Parsed.Bad<String> bad) return bad(bad);
            while (at < text.length()) {
                int start = at;
                var line = nextLine();
                if (line.isBlank()) break;
                var badHeader = header(line, start);
                if (badHeader instanceof Parsed.Bad<String> bad) return bad(bad);
            }
            int bodyStart = Math.min(at, text.length());
            var body = text.substring(bodyStart);
            var badBody = checkBody(words[0], body, bodyStart);
            if (badBody instanceof Parsed.Bad<String> bad) return bad(bad);
            return Parsed.ok(
                    new HttpBlock(
                            words[0], words[1], List.copyOf(headers), body, Placeholder.in(text)));
        }

        private static Parsed<HttpBlock> bad(Parsed.Bad<String> bad) {
            return Parsed.bad(bad.offset(), bad.problem(), bad.fix());
        }

        private String nextLine() {
            int end = text.indexOf('\n', at);
            var line = text.substring(at, end < 0 ? text.length() : end);
            at = end < 0 ? text.length() : end + 1;
            return line;
        }

        private Parsed<String> checkUrl(String url, int offset) {
            var parts = URL.matcher(url);
            if (!parts.matches()) {
                return Parsed.bad(
                        offset,
                        "%s is no whole http or https address".formatted(Quoted.of(url)),
                        "write https://host/path");
            }
            var host = HOST.matcher(parts.group(2));
            if (parts.group(2).contains("${")) {
                return Parsed.bad(
                        offset + parts.start(2),
                        "nothing is filled into the host of an address",
                        "write the host itself: it is part of what is approved");
            }
            if (!host.matches()) {
                return Parsed.bad(
                        offset + parts.start(2),
                        "%s is no host".formatted(Quoted.of(parts.group(2))),
                        "write a name or an address, and :port if needed; credentials belong in"
                                + " a header with ${secrets.NAME}");
            }
            return checkPlaceholders(url, offset, false);
        }

        private Parsed<String> header(String line, int offset) {
            var header = HEADER.matcher(line);
            if (!header.matches()) {
                return Parsed.bad(
                        offset,
                        "%s is no header".formatted(Quoted.of(line)),
                        "write Name: value; a blank line ends the headers");
            }
            headers.add(new Header(header.group(1), header.group(2).strip()));
            return checkPlaceholders(header.group(2), offset + header.start(2), true);
        }

        private static Parsed<String> checkPlaceholders(String part, int offset, boolean secrets) {
            for (Placeholder placeholder : Placeholder.in(part)) {
                boolean secret = placeholder.kind() == Placeholder.Kind.SECRET;
                if (secret && secrets) continue;
                if (secret || placeholder.kind() == Placeholder.Kind.INVALID) {
                    return Parsed.bad(
                            offset + placeholder.offset(),
                            "%s cannot be filled in here".formatted(Quoted.of(placeholder.text())),
                            secret
                                    ? "secrets go into headers only"
                                    : "write ${inputs.NAME} or ${steps.N.KEY}");
                }
            }
            return Parsed.ok(part);
        }

        private Parsed<String> checkBody(String method, String body, int offset) {
            if (body.isBlank()) return Parsed.ok(body);
            if (method.equals("GET") || method.equals("HEAD")) {
                return Parsed.bad(
                        offset,
                        "a %s request has no body".formatted(method),
                        "use POST or PUT, or put the values into the query");
            }
            var placeholders = checkPlaceholders(body, offset, false);
            if (placeholders instanceof Parsed.Bad<String> || Placeholder.in(body).isEmpty()) {
                return placeholders;
            }
            var type = contentType();
            if (type.contains("json")) return checkJson(body, offset);
            if (type.startsWith("application/x-www-form-urlencoded")) return Parsed.ok(body);
            return Parsed.bad(
                    offset + Placeholder.in(body).getFirst().offset(),
                    "values are filled into JSON and form bodies only",
                    "add Content-Type: application/json");
        }

        private String contentType() {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase("content-type"))
                    .map(header -> header.value().toLowerCase(Locale.ROOT))
                    .findFirst()
                    .orElse("");
        }

        /**
         * With something harmless in each place the body must be JSON: inside strings, or whole.
         */
        private static Parsed<String> checkJson(String body, int offset) {
            var filled = new StringBuilder(body);
            for (Placeholder placeholder : Placeholder.in(body).reversed()) {
                int end = placeholder.offset() + placeholder.text().length();
                filled.replace(placeholder.offset(), end, "0");
            }
            if (JsonValue.parse(filled.toString()) instanceof Parsed.Bad<JsonValue> bad) {
                return Parsed.bad(
                        offset,
                        "the body is not JSON once its values are filled in: " + bad.problem(),
                        "a value stands inside a string, or for a whole value");
            }
            return Parsed.ok(body);
        }
    }
}
