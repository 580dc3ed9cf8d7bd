package dev.sopwith.bot.matrix;

import com.google.re2j.Pattern;

import dev.sopwith.engine.chat.InboundEvent;

import java.util.List;
import java.util.Optional;

/**
 * What people write to a service: by prefix ({@code !sop}, {@code //sop}, {@code /sop}), by mention
 * or as a reply. Pure.
 */
final class MatrixText {
    private static final List<String> PREFIXES = List.of("!sop", "//sop", "/sop");

    /** How clients write a mention of somebody, in HTML. */
    private static final Pattern PILL =
            Pattern.compile(
                    "<a\\s+href=\"https://matrix\\.to/#/([^\"?]+)[^\"]*\"[^>]*>([^<]*)</a>");

    private static final int KEY_MAX = 32;

    private final String self;
    private final String localpart;

    /**
     * @param self the service's own id
     */
    MatrixText(String self) {
        this.self = self;
        this.localpart = self.substring(1, Math.max(1, self.indexOf(':')));
    }

    /** Words for the service, without what says that they are for it. */
    private record Words(boolean isAddressed, String text) {}

    /** A message as the service takes it; none of what never acts: notices, files, emotes. */
    Optional<InboundEvent> message(Happening.Said said) {
        if (!said.type().equals("m.text")) return Optional.empty();
        var body = said.replyTo().isPresent() ? withoutQuote(said.body()) : said.body();
        var words = words(body, said.html(), said.mentions().contains(self));
        return Optional.of(
                new InboundEvent.Message(
                        said.eventId(),
                        said.room(),
                        said.thread(),
                        said.replyTo(),
                        account(said.sender()),
                        words.isAddressed(),
                        words.text(),
                        said.at(),
                        said.isProven()));
    }

    Optional<InboundEvent> edit(Happening.Edited edit) {
        if (!edit.type().equals("m.text")) return Optional.empty();
        var words = words(edit.body(), Optional.empty(), edit.mentions().contains(self));
        return Optional.of(
                new InboundEvent.Edited(
                        edit.eventId(),
                        edit.room(),
                        account(edit.sender()),
                        words.isAddressed(),
                        edit.at()));
    }

    /** An identity, as the roster writes it. */
    static String account(String user) {
        return "matrix:" + user;
    }

    /** One mark of all its variants; none of what is no mark. */
    static Optional<String> mark(String key) {
        if (key.length() > KEY_MAX) return Optional.empty();
        var mark = new StringBuilder();
        key.codePoints().filter(c -> !isVariant(c)).forEach(mark::appendCodePoint);
        return mark.isEmpty() ? Optional.empty() : Optional.of(mark.toString());
    }

    /** Selectors of a presentation, and colours of skin. */
    private static boolean isVariant(int c) {
        return c == 0xfe0e || c == 0xfe0f || (c >= 0x1f3fb && c <= 0x1f3ff);
    }

    private Words words(String body, Optional<String> html, boolean isMentioned) {
        for (var prefix : PREFIXES) {
            var rest = after(body.stripLeading(), prefix, true);
            if (rest.isPresent()) return new Words(true, rest.get());
        }
        if (!isMentioned) return new Words(false, body);
        var name = html.flatMap(this::shownAs);
        var text = body.strip();
        for (var way : List.of(name.orElse(self), self, "@" + localpart, localpart)) {
            if (way.isBlank()) continue;
            var rest = after(text, way, false);
            if (rest.isPresent()) return new Words(true, rest.get());
            if (text.endsWith(" " + way)) {
                return new Words(true, text.substring(0, text.length() - way.length()).strip());
            }
        }
        return new Words(true, body);
    }

    /** How the message calls us, in the words of its client. */
    private Optional<String> shownAs(String html) {
        var pill = PILL.matcher(html);
        while (pill.find()) {
            var user = pill.group(1).replace("%40", "@").replace("%3A", ":");
            if (user.equals(self)) return Optional.of(unescaped(pill.group(2)).strip());
        }
        return Optional.empty();
    }

    private static String unescaped(String html) {
        return html.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    /** What follows a word, if that is where the text begins and the word ends there. */
    private static Optional<String> after(String text, String word, boolean isCommand) {
        boolean begins = text.regionMatches(true, 0, word, 0, word.length());
        if (!begins) return Optional.empty();
        var rest = text.substring(word.length());
        if (rest.isEmpty()) return Optional.of("");
        char next = rest.charAt(0);
        if (Character.isWhitespace(next)) return Optional.of(rest.strip());
        boolean isCall = !isCommand && (next == ':' || next == ',');
        return isCall ? Optional.of(rest.substring(1).strip()) : Optional.empty();
    }

    /** Older clients repeat what they answer above the answer. */
    private static String withoutQuote(String body) {
        if (!body.startsWith("> ")) return body;
        var lines = body.split("\n", -1);
        int i = 0;
        while (i < lines.length && lines[i].startsWith(">")) i++;
        if (i < lines.length && lines[i].isEmpty()) i++;
        return String.join("\n", List.of(lines).subList(i, lines.length));
    }
}
