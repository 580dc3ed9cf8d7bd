package dev.sopwith.engine.expression;

import java.util.BitSet;
import java.util.List;

/**
 * What a cron expression says, field by field, with the fields that were left out filled in.
 *
 * @param written how many fields there are in the text: it decides how the day fields are read
 */
record CronFields(
        int written,
        Values second,
        Values minute,
        Values hour,
        Values day,
        Values month,
        Values weekday,
        Values year) {

    boolean bothDaysRestricted() {
        return day.restricted() && weekday.restricted();
    }

    /** Whether one of two restricted day fields is enough, as in crontab. */
    boolean eitherDay() {
        return written == 5 && bothDaysRestricted();
    }

    /**
     * What one field says.
     *
     * @param text as written
     * @param normal the values of {@link CronField#normal}; not changed after construction
     * @param starOrStep whether it holds a {@code *} or a step
     * @param weekdayNumbers the numbers used for weekdays, in order
     */
    record Values(
            CronField field,
            int offset,
            String text,
            BitSet normal,
            boolean starOrStep,
            List<Integer> weekdayNumbers) {

        /** A field that is not in the text, as if it were. */
        static Values unwritten(CronField field, String meaning, int from, int to) {
            var normal = new BitSet();
            normal.set(from, to + 1);
            return new Values(field, 0, meaning, normal, false, List.of());
        }

        /** Whether it counts as a choice of days: crontab's rule looks at the first character. */
        boolean restricted() {
            return !text.startsWith("*") && !text.startsWith("?");
        }

        boolean isEverything() {
            return field.isEverything(normal);
        }
    }
}
