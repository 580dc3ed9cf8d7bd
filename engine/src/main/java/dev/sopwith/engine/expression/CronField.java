package dev.sopwith.engine.expression;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** A place in a cron expression: what may be written there and what it counts. */
enum CronField {
    SECOND("second", 0, 59),
    MINUTE("minute", 0, 59),
    HOUR("hour", 0, 23),
    DAY("day of the month", 1, 31),
    MONTH(
            "month", 1, 12, "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT",
            "NOV", "DEC"),
    /** As crontab counts: 0 and 7 are Sunday. */
    WEEKDAY("weekday", 0, 7, "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
    /** As Quartz counts: 1 is Sunday, 7 is Saturday. */
    QUARTZ_WEEKDAY("weekday", 1, 7, "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
    YEAR("year", 1970, 2099);

    private static final int DAYS_OF_WEEK = 7;

    private final String label;
    private final int first;
    private final int last;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> names;

    CronField(String label, int first, int last, String... names) {
        this.label = label;
        this.first = first;
        this.last = last;
        this.names = List.of(names);
    }

    /** What people call it in a sentence. */
    String label() {
        return label;
    }

    int first() {
        return first;
    }

    int last() {
        return last;
    }

    /** {@return the numbers allowed, such as {@code 0-23}} */
    String range() {
        return first + "-" + last;
    }

    /** {@return the names allowed, in order; none in most fields} */
    List<String> names() {
        return names;
    }

    /** {@return the largest step that still says something} */
    int stepMax() {
        return this == YEAR ? last - first : last;
    }

    boolean isWeekday() {
        return this == WEEKDAY || this == QUARTZ_WEEKDAY;
    }

    /** Whether {@code ?} may stand here: FORMAT §4 has it in the day fields of 6 and 7 fields. */
    boolean takesQuestionMark(int fieldsWritten) {
        return fieldsWritten > 5 && (this == DAY || isWeekday());
    }

    /** {@return the number that a name stands for, in any case; none when it is not one of ours} */
    OptionalInt named(String name) {
        int index = names.indexOf(name.toUpperCase(Locale.ROOT));
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(first + index);
    }

    /** {@return a number of this field as it is evaluated: weekdays from 0, which is Sunday} */
    int normal(int value) {
        return isWeekday() ? (value - first) % DAYS_OF_WEEK : value;
    }

    /** {@return whether these normal values are all there are} */
    boolean isEverything(BitSet values) {
        return values.cardinality() == (isWeekday() ? DAYS_OF_WEEK : last - first + 1);
    }

    /** {@return the name of a normal weekday, 0 being {@code SUN}} */
    static String weekday(int normal) {
        return WEEKDAY.names.get(normal);
    }

    /** {@return normal weekdays in a spelling that means the same in 5, 6 and 7 fields} */
    static String weekdays(BitSet normal) {
        var fromMonday = new BitSet();
        normal.stream().forEach(day -> fromMonday.set(day == 0 ? DAYS_OF_WEEK : day));
        var text = new StringBuilder();
        int from = fromMonday.nextSetBit(0);
        while (from >= 0) {
            int to = fromMonday.nextClearBit(from) - 1;
            text.append(text.isEmpty() ? "" : ",").append(weekday(from % DAYS_OF_WEEK));
            if (to > from) {
                text.append(to == from + 1 ? "," : "-").append(weekday(to % DAYS_OF_WEEK));
            }
            from = fromMonday.nextSetBit(to + 1);
        }
        return text.toString();
    }
}
