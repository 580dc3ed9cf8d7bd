package dev.sopwith.engine.secret;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Finds strings that look like access tokens and private keys, so that none is kept in a file or
 * shown in a message. Says where they are, never what they are.
 *
 * <p>Takes time linear in the text (RE2). A shape is enough: whether a token is valid is not asked.
 *
 * <p>Threading: safe from any thread.
 */
public final class TokenScan {
    // Also after an escaped line break, as in a JSON text.
    private static final String BEGINNING = "(?:\\b|\\\\[nrt])";
    private static final Pattern TOKENS = pattern();
    static final int SHOWN = 4;
    static final String MASK = "…***";

    // No token without one of these. Looking for them costs a hundredth of the pattern.
    private static final List<String> MARKS =
            List.of(
                    "syt_",
                    "syr_",
                    "mat_",
                    "mar_",
                    "mct_",
                    "mcr_",
                    "gho_",
                    "ghp_",
                    "ghs_",
                    "ghu_",
                    "ghr_",
                    "github_pat_",
                    "glpat-",
                    "xox",
                    "AKIA",
                    "ASIA",
                    "PRIVATE KEY");

    private TokenScan() {}

    /** What a token gives access to. */
    public enum Kind {
        /** Synapse, and the Matrix Authentication Service: three or four parts with {@code _}. */
        MATRIX_TOKEN(
                "sy[tr]_[A-Za-z0-9+/=_-]{20,}|m(?:at|ar|ct|cr)_[A-Za-z0-9]{30}_[A-Za-z0-9]{6}\\b"),
        /**
         * A bot's id in Base64, a time, a signature. Ids are digits: the first letter is one of
         * three.
         */
        DISCORD_TOKEN("[MNO][A-Za-z0-9_-]{22,30}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,45}"),
        /** Classic tokens of people, apps and servers, and fine-grained ones. */
        GITHUB_TOKEN("gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"),
        /** Personal, project and group tokens. */
        GITLAB_TOKEN("glpat-[A-Za-z0-9_-]{20,}(?:\\.[A-Za-z0-9]+)*"),
        /** Bots, people, apps and sessions; {@code xoxo} is a greeting unless a number follows. */
        SLACK_TOKEN("xox(?:[a-np-z]-|o-[0-9])[A-Za-z0-9-]{10,}"),
        /** Long-lived and temporary access keys. */
        AWS_ACCESS_KEY("A(?:KI|SI)A[A-Z2-7]{16}\\b"),
        /** Up to its end, or to the end of the text where that is missing. */
        PRIVATE_KEY(
                "-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
                        + "(?s:.*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|.*)");

        private final String shape;

        Kind(String shape) {
            this.shape = shape;
        }

        /** {@return what people call it, such as {@code matrix token}} */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * Where something looks like a token.
     *
     * @param line from 1
     * @param column from 1, in UTF-16 units
     * @param length in UTF-16 units; a private key goes on over several lines
     */
    public record Finding(Kind kind, int line, int column, int length) {}

    /** Findings in a file's content, in order. What is not UTF-8 is skipped, not refused. */
    public static List<Finding> scan(byte[] content) {
        return scan(new String(content, StandardCharsets.UTF_8));
    }

    /** Findings in a text, in order. Lines end with {@code \n}. */
    public static List<Finding> scan(String text) {
        var findings = new ArrayList<Finding>();
        int line = 1;
        int lineStart = 0;
        for (var span : spans(text)) {
            int lineEnd = text.indexOf('\n', lineStart);
            while (lineEnd >= 0 && lineEnd < span.start()) {
                line++;
                lineStart = lineEnd + 1;
                lineEnd = text.indexOf('\n', lineStart);
            }
            int column = span.start() - lineStart + 1;
            findings.add(new Finding(span.kind(), line, column, span.end() - span.start()));
        }
        return List.copyOf(findings);
    }

    /** The same text with each token cut down to its first 4 characters and {@code …***}. */
    public static String mask(String line) {
        var spans = spans(line);
        if (spans.isEmpty()) return line;
        var masked = new StringBuilder();
        int done = 0;
        for (var span : spans) {
            masked.append(line, done, span.start() + SHOWN).append(MASK);
            done = span.end();
        }
        return masked.append(line, done, line.length()).toString();
    }

    /** Where a token stands in a text: from {@code start} to before {@code end}. */
    record Span(Kind kind, int start, int end) {}

    /** All tokens of a text, in order. */
    static List<Span> spans(String text) {
        if (!mayHoldOne(text)) return List.of();
        var spans = new ArrayList<Span>();
        var matcher = TOKENS.matcher(text);
        while (matcher.find()) {
            var kind = kind(matcher);
            spans.add(new Span(kind, matcher.start(kind.name()), matcher.end()));
        }
        return spans;
    }

    private static boolean mayHoldOne(String text) {
        return MARKS.stream().anyMatch(text::contains) || mayHoldDiscordToken(text);
    }

    /** Whether two dots stand six token characters apart, after at least 22 others. */
    private static boolean mayHoldDiscordToken(String text) {
        for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
            boolean middle = dot + 7 < text.length() && text.charAt(dot + 7) == '.';
            if (middle && isWord(text, dot + 1, dot + 7) && isWord(text, dot - 22, dot))
                return true;
        }
        return false;
    }

    private static boolean isWord(String text, int start, int end) {
        return start >= 0 && text.substring(start, end).chars().allMatch(TokenScan::isWord);
    }

    private static boolean isWord(int c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-';
    }

    /** One pattern for all, each kind a group with its name. */
    private static Pattern pattern() {
        return Pattern.compile(
                Arrays.stream(Kind.values())
                        .map(TokenScan::alternative)
                        .collect(Collectors.joining("|")));
    }

    private static String alternative(Kind kind) {
        var before = kind == Kind.PRIVATE_KEY ? "" : BEGINNING;
        return before + "(?P<" + kind.name() + ">" + kind.shape + ")";
    }

    private static Kind kind(Matcher matcher) {
        for (var kind : Kind.values()) {
            if (matcher.start(kind.name()) >= 0) return kind;
        }
        throw new IllegalStateException("a match outside of all groups of " + TOKENS);
    }
}
