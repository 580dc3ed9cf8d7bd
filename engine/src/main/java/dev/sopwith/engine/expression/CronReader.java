package dev.sopwith.engine.expression;

import java.io.Serial;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * Reads the text of a cron expression, field by field, and says where and why it cannot.
 *
 * <p>The grammar is FORMAT §4. It is read here and not by cron-utils because authors need the place
 * of a mistake, and because that library's dialects differ from ours in what they let pass.
 */
final class CronReader {
    private static final Map<String, String> NICKNAMES =
            new TreeMap<>(
                    Map.of(
                            "@hourly", "0 * * * *",
                            "@daily", "0 0 * * *",
                            "@midnight", "0 0 * * *",
                            "@weekly", "0 0 * * 0",
                            "@monthly", "0 0 1 * *",
                            "@yearly", "0 0 1 1 *",
                            "@annually", "0 0 1 1 *"));
    private static final String BLANKS = " \t\n\r\f\u000b";
    private static final int SHOWN_MAX = 24;

    private final String text;
    private final CronField field;
    private final int fieldsWritten;
    private final Word word;
    private final BitSet values = new BitSet();
    private final List<Integer> weekdayNumbers = new ArrayList<>();
    private boolean starOrStep;
    private int at;

    private CronReader(String text, CronField field, int fieldsWritten, Word word) {
        this.text = text;
        this.field = field;
        this.fieldsWritten = fieldsWritten;
        this.word = word;
        this.at = word.start();
    }

    /** Why a text cannot be read; goes no further than {@link Cron#parse}. */
    static final class Unreadable extends Exception {
        @Serial private static final long serialVersionUID = 1;
        private final int offset;
        private final String fix;

        Unreadable(int offset, String problem, String fix) {
            super(problem, null, false, false);
            this.offset = offset;
            this.fix = fix;
        }

        <T> Parsed<T> asParsed() {
            return Parsed.bad(offset, String.valueOf(getMessage()), fix);
        }
    }

    static CronFields read(String text) throws Unreadable {
        var words = words(text);
        if (!words.isEmpty() && words.getFirst().of(text).startsWith("@")) {
            return nickname(text, words);
        }
        int count = words.size();
        if (count < 5 || count > 7) throw wrongCount(words);
        int i = 0;
        var second =
                count == 5
                        ? CronFields.Values.unwritten(CronField.SECOND, "0", 0, 0)
                        : field(text, CronField.SECOND, count, words.get(i++));
        var minute = field(text, CronField.MINUTE, count, words.get(i++));
        var hour = field(text, CronField.HOUR, count, words.get(i++));
        var day = field(text, CronField.DAY, count, words.get(i++));
        var month = field(text, CronField.MONTH, count, words.get(i++));
        var weekdays = count == 5 ? CronField.WEEKDAY : CronField.QUARTZ_WEEKDAY;
        var weekday = field(text, weekdays, count, words.get(i++));
        var year =
                count == 7
                        ? field(text, CronField.YEAR, count, words.get(i))
                        : CronFields.Values.unwritten(
                                CronField.YEAR, "*", CronField.YEAR.first(), CronField.YEAR.last());
        return new CronFields(count, second, minute, hour, day, month, weekday, year);
    }

    private static CronFields nickname(String text, List<Word> words) throws Unreadable {
        var name = words.getFirst();
        var known = String.join(" ", NICKNAMES.keySet());
        var meaning = NICKNAMES.get(name.of(text).toLowerCase(Locale.ROOT));
        if (meaning == null) {
            throw new Unreadable(
                    name.start(), "unknown nickname " + show(name.of(text)), "known: " + known);
        }
        if (words.size() > 1) {
            throw new Unreadable(
                    words.get(1).start(),
                    "nothing may follow the nickname " + name.of(text),
                    "write only " + name.of(text) + ", or all the fields");
        }
        return read(meaning);
    }

    private static Unreadable wrongCount(List<Word> words) {
        int offset = 0;
        if (words.size() > 7) offset = words.get(7).start();
        else if (!words.isEmpty()) offset = words.getLast().end();
        var problem =
                "5 fields (crontab), 6 or 7 (Quartz) expected, "
                        + (words.isEmpty() ? "none" : words.size())
                        + " found";
        return new Unreadable(
                offset,
                problem,
                "write minute hour day month weekday, or put the second in front of them");
    }

    private static CronFields.Values field(
            String text, CronField field, int fieldsWritten, Word word) throws Unreadable {
        return new CronReader(text, field, fieldsWritten, word).values();
    }

    private CronFields.Values values() throws Unreadable {
        if (word.of(text).equals("?") && field.takesQuestionMark(fieldsWritten)) {
            at++;
            addAll(field.first(), field.last(), 1);
        } else {
            do addItem();
            while (accept(','));
        }
        if (at < word.end()) throw unexpected();
        var numbers = List.copyOf(weekdayNumbers);
        return new CronFields.Values(
                field, word.start(), word.of(text), values, starOrStep, numbers);
    }

    /** {@code *}, {@code a}, {@code a-b}, each with a step or without. */
    private void addItem() throws Unreadable {
        int start = at;
        int from = field.first();
        int to = field.last();
        if (accept('*')) {
            starOrStep = true;
        } else {
            from = value(false);
            if (accept('-')) to = value(true);
            else if (!sees('/')) to = from;
        }
        int step = accept('/') ? step() : 1;
        if (from > to) throw backwards(start, from, to, step);
        addAll(from, to, step);
    }

    private void addAll(int from, int to, int step) {
        for (int value = from; value <= to; value += step) values.set(field.normal(value));
    }

    /** A number or a name. {@code SUN} that ends a range is the day after Saturday. */
    private int value(boolean endsRange) throws Unreadable {
        int start = at;
        var digits = take(CronReader::isDigit);
        if (!digits.isEmpty()) {
            if (isLetter(here())) throw unexpected();
            return number(start, digits);
        }
        var name = take(CronReader::isLetter);
        if (name.isEmpty()) throw unexpected();
        int value = field.named(name).orElseThrow(() -> unknownName(start, name));
        boolean sundayLast = endsRange && field.isWeekday() && field.normal(value) == 0;
        return sundayLast ? value + 7 : value;
    }

    private int number(int start, String digits) throws Unreadable {
        int value = toInt(digits);
        if (value < field.first() || value > field.last()) {
            throw new Unreadable(
                    start,
                    "%s %s is beyond %s".formatted(field.label(), show(digits), field.range()),
                    field == CronField.QUARTZ_WEEKDAY
                            ? "with 6 or 7 fields Quartz counts, 1 (Sunday) to 7 (Saturday); write"
                                    + " the name, such as SUN"
                            : "write a number from %d to %d"
                                    .formatted(field.first(), field.last()));
        }
        if (field.isWeekday()) weekdayNumbers.add(value);
        return value;
    }

    private int step() throws Unreadable {
        int start = at;
        var digits = take(CronReader::isDigit);
        if (digits.isEmpty()) throw unexpected();
        int step = toInt(digits);
        if (step == 0 || step > field.stepMax()) {
            var problem =
                    step == 0
                            ? "a step of 0 never comes to an end"
                            : "step %s is beyond the %s field (%s)"
                                    .formatted(show(digits), field.label(), field.range());
            throw new Unreadable(start, problem, "write a step from 1 to " + field.stepMax());
        }
        starOrStep = true;
        return step;
    }

    private Unreadable backwards(int start, int from, int to, int step) {
        var problem = show(text.substring(start, at)) + " runs backwards";
        return new Unreadable(start, problem, "write " + unwrapped(start, from, to, step));
    }

    /** What an author who wrote a range across the end of the field probably means. */
    private String unwrapped(int start, int from, int to, int step) {
        if (field == CronField.YEAR) return to + "-" + from;
        var wrapped = new BitSet();
        int size = field.last() - field.first() + (field == CronField.WEEKDAY ? 0 : 1);
        for (int value = from; value <= to + size; value += step) {
            wrapped.set(field.normal(field.first() + (value - field.first()) % size));
        }
        if (field.isWeekday()) return CronField.weekdays(wrapped);
        if (step > 1) return list(wrapped);
        boolean named = isLetter(text.charAt(start));
        return range(from, field.last(), named) + "," + range(field.first(), to, named);
    }

    private static String list(BitSet values) {
        return values.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    private String range(int from, int to, boolean named) {
        return from == to ? shown(from, named) : shown(from, named) + "-" + shown(to, named);
    }

    private String shown(int value, boolean named) {
        return named ? field.names().get(value - field.first()) : Integer.toString(value);
    }

    private Unreadable unknownName(int start, String name) {
        var upper = name.toUpperCase(Locale.ROOT);
        var other = otherDialect(start, upper);
        if (!other.isEmpty()) return new Unreadable(start, other, instead(upper));
        if (field.names().isEmpty()) {
            var problem = "%s is no %s".formatted(show(name), field.label());
            return new Unreadable(start, problem, "write a number in " + field.range());
        }
        var problem = "%s is not the name of a %s".formatted(show(name), field.label());
        for (var known : field.names()) {
            if (upper.startsWith(known)) {
                return new Unreadable(start, problem, "write " + known + ": names have 3 letters");
            }
        }
        return new Unreadable(start, problem, "known: " + String.join(" ", field.names()));
    }

    /** The problem when letters are those of another dialect, else empty. */
    private String otherDialect(int start, String upper) {
        return switch (upper) {
            case "L" -> "L is not supported: a last day has no fixed number";
            case "W", "LW", "WL" -> upper + " is not supported: there is no calendar of work days";
            case "H" -> "H is not supported: times are the ones written";
            case "TZ", "CRON" ->
                    start == word.start() && word.of(text).contains("=")
                            ? "a zone cannot stand in the expression"
                            : "";
            default -> "";
        };
    }

    private static String instead(String upper) {
        return switch (upper) {
            case "L" -> "write fixed days, or day 1 of the next month";
            case "H" -> "write a number";
            case "TZ", "CRON" -> "name it in the trigger's key timezone";
            default -> "write MON-FRI as the weekday";
        };
    }

    private Unreadable unexpected() {
        if (at >= word.end()) {
            var before = text.charAt(at - 1);
            var problem =
                    "the %s is missing after %s"
                            .formatted(before == '/' ? "step" : field.label(), show(word.of(text)));
            boolean splitList = before == ',' && at < text.length();
            return new Unreadable(
                    at,
                    problem,
                    splitList
                            ? "write the list without blanks"
                            : "write it, or remove the " + before);
        }
        var found = show(Character.toString(text.codePointAt(at)));
        return switch (here()) {
            case '?' -> new Unreadable(at, "? cannot stand here", questionMarkFix());
            case '#' ->
                    new Unreadable(
                            at,
                            "# is not supported: both day fields say the same in 6 fields",
                            "write 0 0 9 8-14 * MON for the second Monday of a month at 9");
            case 'L', 'l' -> new Unreadable(at, otherDialect(at, "L"), instead("L"));
            case 'W', 'w' -> new Unreadable(at, otherDialect(at, "W"), instead("W"));
            default ->
                    new Unreadable(
                            at,
                            "%s cannot stand here in the %s field".formatted(found, field.label()),
                            "a field is *, a number, a range a-b, a step a/n or */n, or a list of"
                                    + " these with commas");
        };
    }

    private String questionMarkFix() {
        return field.takesQuestionMark(fieldsWritten)
                ? "write ? alone, or nothing but the days"
                : "write *; ? is for the day fields of 6 or 7 fields";
    }

    private char here() {
        return at < word.end() ? text.charAt(at) : '\0';
    }

    private boolean sees(char wanted) {
        return at < word.end() && text.charAt(at) == wanted;
    }

    private boolean accept(char wanted) {
        if (!sees(wanted)) return false;
        at++;
        return true;
    }

    private String take(IntPredicate wanted) {
        int start = at;
        while (at < word.end() && wanted.test(text.charAt(at))) at++;
        return text.substring(start, at);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    /** The number, or {@link Integer#MAX_VALUE} for one that is larger than any field. */
    private static int toInt(String digits) {
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            value = value * 10 + (digits.charAt(i) - '0');
            if (value > 1_000_000) return Integer.MAX_VALUE;
        }
        return value;
    }

    /** A piece of the author's text for a sentence: short, and nothing that moves a cursor. */
    static String show(String piece) {
        var shown = new StringBuilder();
        for (int i = 0; i < piece.length(); ) {
            if (i >= SHOWN_MAX) return shown.append('…').toString();
            int c = piece.codePointAt(i);
            boolean plain = (c > ' ' && c < 0x7f) || Character.isLetterOrDigit(c);
            if (plain) shown.appendCodePoint(c);
            else shown.append("U+%04X".formatted(c));
            i += Character.charCount(c);
        }
        return shown.toString();
    }

    private static List<Word> words(String text) {
        var words = new ArrayList<Word>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && BLANKS.indexOf(text.charAt(at)) < 0) at++;
            if (at > start) words.add(new Word(start, at));
            at++;
        }
        return words;
    }

    /** Where a field stands in the text. */
    private record Word(int start, int end) {
        String of(String text) {
            return text.substring(start, end);
        }
    }
}
