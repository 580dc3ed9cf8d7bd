package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.expression.Cron.Warning;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** The rules of FORMAT §4, one by one. */
class CronTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void five_fields_are_minute_hour_day_month_weekday() {
        assertThat(times("30 9 1 2 *", "2026-01-01T00:00", 2))
                .containsExactly("2026-02-01T09:30", "2027-02-01T09:30");
    }

    @Test
    void six_fields_begin_with_the_second_and_seven_end_with_the_year() {
        assertThat(times("15 30 9 1 2 ?", "2026-01-01T00:00", 1))
                .containsExactly("2026-02-01T09:30:15");
        assertThat(times("15 30 9 1 2 ? 2030", "2026-01-01T00:00", 3))
                .containsExactly("2030-02-01T09:30:15");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1,5,9       | 1,5,9
                    1-4         | 1,2,3,4
                    1-9/4       | 1,5,9
                    50/4        | 50,54,58
                    */25        | 0,25,50
                    0,10-12,*/30| 0,10,11,12,30
                    5,5,05      | 5
                    7-7         | 7
                    59/59       | 59
                    *,3         | 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,\
                    26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,\
                    53,54,55,56,57,58,59
                    """)
    void lists_ranges_and_steps(String minutes, String expected) {
        var wanted = List.of(expected.split(","));
        var found =
                times(minutes + " 3 1 1 *", "2026-01-01T00:00", wanted.size()).stream()
                        .map(time -> Integer.toString(LocalDateTime.parse(time).getMinute()))
                        .toList();
        assertThat(found).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({
        "@hourly, 0 * * * *",
        "@daily, 0 0 * * *",
        "@midnight, 0 0 * * *",
        "@weekly, 0 0 * * SUN",
        "@monthly, 0 0 1 * *",
        "@yearly, 0 0 1 1 *",
        "@annually, 0 0 1 1 *",
        "@Daily, 0 0 * * *",
    })
    void nicknames_stand_for_five_fields(String nickname, String fields) {
        assertThat(times(nickname, "2026-02-03T04:05", 5))
                .isEqualTo(times(fields, "2026-02-03T04:05", 5));
        assertThat(cron(nickname).warnings()).isEmpty();
        assertThat(cron(nickname).text()).isEqualTo(nickname);
    }

    @ParameterizedTest
    @CsvSource({
        "0, SUN",
        "7, SUN",
        "1, MON",
        "6, SAT",
        "1-5, MON TUE WED THU FRI",
        "5-7, FRI SAT SUN",
        "0-2, MON TUE SUN",
        "1/3, MON THU SUN",
        "*/2, TUE THU SAT SUN",
        "*/7, SUN",
        "FRI-SUN, FRI SAT SUN",
        "sun-Tue, MON TUE SUN",
        "5-SUN, FRI SAT SUN",
        "MON-SUN/2, MON WED FRI SUN",
        "SUN, SUN",
    })
    void weekdays_of_five_fields_count_as_in_crontab(String weekday, String days) {
        assertThat(weekdays("0 0 * * " + weekday)).isEqualTo(days);
        assertThat(cron("0 0 * * " + weekday).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1, SUN",
        "7, SAT",
        "2-6, MON TUE WED THU FRI",
        "2/2, MON WED FRI",
        "1-1, SUN",
        "6-SUN, FRI SAT SUN",
        "FRI-7, FRI SAT",
    })
    void weekday_numbers_of_six_fields_count_as_in_quartz_with_a_warning(
            String weekday, String days) {
        assertThat(weekdays("0 0 0 ? * " + weekday)).isEqualTo(days);
        assertThat(kinds("0 0 0 ? * " + weekday)).containsExactly(Warning.Kind.WEEKDAY_NUMBER);
        assertThat(kinds("0 0 0 ? * " + weekday + " *"))
                .containsExactly(Warning.Kind.WEEKDAY_NUMBER);
    }

    @ParameterizedTest
    @CsvSource({"MON, MON", "FRI-SUN, FRI SAT SUN", "*/3, WED SAT SUN", "MON/2, MON WED FRI"})
    void weekday_names_of_six_fields_need_no_warning(String weekday, String days) {
        assertThat(weekdays("0 0 0 * * " + weekday)).isEqualTo(days);
        assertThat(cron("0 0 0 * * " + weekday).warnings()).isEmpty();
    }

    @Test
    void a_weekday_warning_names_the_day_and_what_to_write() {
        assertThat(cron("0 0 9 ? * 1").warnings())
                .containsExactly(
                        new Warning(
                                Warning.Kind.WEEKDAY_NUMBER,
                                "1 means Sunday here (Quartz counting)",
                                "write SUN"));
        assertThat(cron("0 0 9 ? * 2-6").warnings())
                .containsExactly(
                        new Warning(
                                Warning.Kind.WEEKDAY_NUMBER,
                                "2 means Monday, 6 means Friday here (Quartz counting)",
                                "write MON-FRI"));
    }

    @Test
    void two_restricted_day_fields_of_five_mean_either() {
        assertThat(times("0 0 13 * 5", "2026-01-03T00:00", 3))
                .containsExactly("2026-01-09T00:00", "2026-01-13T00:00", "2026-01-16T00:00");
        assertThat(cron("0 0 13 * 5").warnings())
                .containsExactly(
                        new Warning(
                                Warning.Kind.EITHER_DAY,
                                "fires on every day that is 13 or FRI: one of both is enough with 5"
                                        + " fields",
                                "for either write two triggers, one with * as the weekday and one"
                                        + " with * as the day; for both put the second 0 in front"
                                        + " and write the weekday as FRI"));
    }

    @Test
    void two_restricted_day_fields_of_six_or_seven_mean_both() {
        assertThat(times("0 0 0 13 * FRI", "2026-01-03T00:00", 2))
                .containsExactly("2026-02-13T00:00", "2026-03-13T00:00");
        assertThat(times("0 0 0 13 * FRI 2027", "2026-01-03T00:00", 2))
                .containsExactly("2027-08-13T00:00");
        assertThat(cron("0 0 0 13 * FRI").warnings())
                .containsExactly(
                        new Warning(
                                Warning.Kind.BOTH_DAYS,
                                "fires only on days that are 13 and FRI: both must hold with 6"
                                        + " fields",
                                "write ? in the day field that shall not count"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0 0 */2 * MON", "0 0 0 */2 * MON", "0 0 */2,31 * MON", "0 0 0 */2 * MON *"})
    void a_day_field_that_begins_with_a_star_restricts_nothing_and_still_must_hold(String text) {
        assertThat(times(text, "2026-06-01T12:00", 4))
                .containsExactly(
                        "2026-06-15T00:00",
                        "2026-06-29T00:00",
                        "2026-07-13T00:00",
                        "2026-07-27T00:00");
        assertThat(cron(text).warnings()).isEmpty();
    }

    @Test
    void a_stepped_weekday_restricts_nothing_and_still_must_hold() {
        assertThat(times("0 0 13 * */5", "2026-01-01T00:00", 2)) // Sunday and Friday
                .containsExactly("2026-02-13T00:00", "2026-03-13T00:00");
    }

    @Test
    void an_open_range_of_days_is_a_restriction_all_the_same() {
        assertThat(times("0 0 1-31 * MON", "2026-01-01T00:00", 2))
                .containsExactly("2026-01-02T00:00", "2026-01-03T00:00");
        assertThat(kinds("0 0 1-31 * MON")).containsExactly(Warning.Kind.EITHER_DAY);
        assertThat(times("0 0 13 * 0-6", "2026-01-01T00:00", 2))
                .containsExactly("2026-01-02T00:00", "2026-01-03T00:00");
        assertThat(times("0 0 0 13 * SUN-SAT", "2026-01-01T00:00", 2))
                .containsExactly("2026-01-13T00:00", "2026-02-13T00:00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 0 0 ? * ?", "0 0 0 * * ?", "0 0 0 ? * *", "0 0 0 ? * ? *"})
    void a_question_mark_leaves_a_day_field_open(String text) {
        assertThat(times(text, "2026-01-01T00:00", 2))
                .containsExactly("2026-01-02T00:00", "2026-01-03T00:00");
        assertThat(cron(text).warnings()).isEmpty();
    }

    @Test
    void any_blanks_and_leading_zeros_are_fine() {
        assertThat(times("\t 007  09 \n*\r\n*\t* ", "2026-01-01T00:00", 1))
                .containsExactly("2026-01-01T09:07");
    }

    @Test
    void the_next_time_is_strictly_later() {
        assertThat(times("0 9 * * *", "2026-01-01T09:00", 1)).containsExactly("2026-01-02T09:00");
        assertThat(times("0 9 * * *", "2026-01-01T08:59:59.999999999", 1))
                .containsExactly("2026-01-01T09:00");
        assertThat(times("* * * * * *", "2026-01-01T08:59:59.000000001", 1))
                .containsExactly("2026-01-01T09:00");
    }

    @Test
    void a_schedule_with_years_ends_and_all_end_with_2099() {
        assertThat(times("0 0 0 1 1 ? 2030,2032", "2030-06-01T00:00", 5))
                .containsExactly("2032-01-01T00:00");
        assertThat(times("0 0 1 1 *", "2097-06-01T00:00", 5))
                .containsExactly("2098-01-01T00:00", "2099-01-01T00:00");
        assertThat(times("* * * * * *", "2099-12-31T23:59:58", 5))
                .containsExactly("2099-12-31T23:59:59");
        assertThat(cron("* * * * * *").next(Instant.MAX, BERLIN)).isEmpty();
        assertThat(cron("* * * * * *").next(Instant.MIN, ZoneOffset.UTC)).contains(Instant.EPOCH);
    }

    @Test
    void a_schedule_ends_with_2099_on_the_wall_clock_of_its_zone() {
        var east = ZoneId.of("Pacific/Kiritimati");
        var west = ZoneId.of("Pacific/Pago_Pago");
        var cron = cron("0 0 * * *");
        assertThat(cron.next(Instant.parse("2099-12-30T10:00:00Z"), east)).isEmpty();
        assertThat(cron.next(Instant.parse("2099-12-30T11:00:00Z"), west))
                .contains(Instant.parse("2099-12-31T11:00:00Z"));
        assertThat(cron("0 23 * * *").next(Instant.parse("2100-01-01T00:00:00Z"), west))
                .contains(Instant.parse("2100-01-01T10:00:00Z"));
    }

    @Test
    void the_last_year_is_known_when_the_year_is_restricted() {
        assertThat(cron("0 0 0 1 1 ? 2024,2020-2022").lastYear()).contains(2024);
        assertThat(cron("0 0 0 1 1 ? *").lastYear()).isEmpty();
        assertThat(cron("0 0 1 1 *").lastYear()).isEmpty();
    }

    @Test
    void fixed_hours_are_left_out_by_the_spring_gap_and_fire_once_in_autumn() {
        assertThat(instants("30 2 * * *", "2026-03-28T00:00:00Z", BERLIN, 2))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z");
        assertThat(instants("30 2 * * *", "2026-10-24T12:00:00Z", BERLIN, 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(instants("*/30 2,3 * * *", "2026-10-24T12:00:00Z", BERLIN, 5))
                .containsExactly(
                        "2026-10-25T00:00:00Z",
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T02:00:00Z",
                        "2026-10-25T02:30:00Z",
                        "2026-10-26T01:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"30 * * * *", "30 */1 * * *", "30 1-3/1 * * *", "30 2,*/3 * * *"})
    void starred_and_stepped_hours_fire_in_both_passes(String text) {
        assertThat(instants(text, "2026-10-25T00:00:00Z", BERLIN, 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"30 2 * * *", "30 0-23 * * *", "30 0,1,2,3,4 * * *"})
    void hours_without_star_or_step_never_fire_in_the_second_pass(String text) {
        assertThat(instants(text, "2026-10-25T00:30:00Z", BERLIN, 1))
                .doesNotContain("2026-10-25T01:30:00Z");
        assertThat(instants(text, "2026-10-25T01:10:00Z", BERLIN, 1))
                .doesNotContain("2026-10-25T01:30:00Z");
    }

    @Test
    void an_hourly_schedule_goes_on_through_the_spring_gap() {
        assertThat(instants("0 * * * *", "2026-03-29T00:00:00Z", BERLIN, 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z");
    }

    @Test
    void a_day_that_a_zone_skipped_never_fires() {
        assertThat(instants("0 12 * * *", "2011-12-29T00:00:00Z", ZoneId.of("Pacific/Apia"), 2))
                .containsExactly("2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z");
        assertThat(cron("0 0 12 30 12 ? 2011").next(Instant.EPOCH, ZoneId.of("Pacific/Apia")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0 0 30 2 *            | 4 | this schedule never fires
                    0 0 31 4,6,9,11 *     | 4 | this schedule never fires
                    0 0 30 2 */2          | 4 | this schedule never fires
                    0 0 0 29 2 ? 2027     | 6 | this schedule never fires
                    0 0 0 29 2 MON 2028   | 6 | this schedule never fires
                    0 0 0 30 FEB MON      | 6 | this schedule never fires
                    0 24 * * *            | 2 | hour 24 is beyond 0-23
                    60 * * * *            | 0 | minute 60 is beyond 0-59
                    0 9 0 * *             | 4 | day of the month 0 is beyond 1-31
                    0 9 32 * *            | 4 | day of the month 32 is beyond 1-31
                    0 9 * 13 *            | 6 | month 13 is beyond 1-12
                    0 9 * 0 *             | 6 | month 0 is beyond 1-12
                    0 9 * * 8             | 8 | weekday 8 is beyond 0-7
                    0 0 9 ? * 0           | 10| weekday 0 is beyond 1-7
                    0 0 9 ? * 8           | 10| weekday 8 is beyond 1-7
                    0 0 9 ? * ? 2100      | 12| year 2100 is beyond 1970-2099
                    0 0 9 ? * ? 1969      | 12| year 1969 is beyond 1970-2099
                    99999999999999 * * * *| 0 | minute 99999999999999 is beyond 0-59
                    5,7,61 * * * *        | 4 | minute 61 is beyond 0-59
                    0 22-4 * * *          | 2 | 22-4 runs backwards
                    0 9 * * FRI-MON       | 8 | FRI-MON runs backwards
                    0 9 * * 5-0           | 8 | 5-0 runs backwards
                    0 0 9 ? * 7-1         | 10| 7-1 runs backwards
                    0 0 9 ? * ? 2031-2030 | 12| 2031-2030 runs backwards
                    */0 * * * *           | 2 | a step of 0 never comes to an end
                    5/00 * * * *          | 2 | a step of 0 never comes to an end
                    */60 * * * *          | 2 | step 60 is beyond the minute field (0-59)
                    0 */24 * * *          | 4 | step 24 is beyond the hour field (0-23)
                    0 0 */32 * *          | 6 | step 32 is beyond the day of the month field (1-31)
                    0 0 1 */13 *          | 8 | step 13 is beyond the month field (1-12)
                    0 0 * * */8           | 10| step 8 is beyond the weekday field (0-7)
                    @reboot               | 0 | unknown nickname @reboot
                    @every 5m             | 0 | unknown nickname @every
                    @                     | 0 | unknown nickname @
                    ' @daily x'           | 8 | nothing may follow the nickname @daily
                    ''                    | 0 | 5 fields (crontab), 6 or 7 (Quartz) expected, none found
                    ' '                   | 0 | 5 fields (crontab), 6 or 7 (Quartz) expected, none found
                    ' 0 9 * * '           | 8 | 5 fields (crontab), 6 or 7 (Quartz) expected, 4 found
                    0 0 9 * * ? * 7       | 14| 5 fields (crontab), 6 or 7 (Quartz) expected, 8 found
                    0 9 L * *             | 4 | L is not supported: a last day has no fixed number
                    0 0 9 LW * ?          | 6 | LW is not supported: there is no calendar of work days
                    0 9 15W * *           | 6 | W is not supported: there is no calendar of work days
                    0 0 9 ? * 6L          | 11| L is not supported: a last day has no fixed number
                    0 0 9 ? * FRI#2       | 13| # is not supported: both day fields say the same in 6 fields
                    0 0 9 ? * 6#2         | 11| # is not supported: both day fields say the same in 6 fields
                    H * * * *             | 0 | H is not supported: times are the ones written
                    H/5 * * * *           | 0 | H is not supported: times are the ones written
                    TZ=UTC 0 9 * * *      | 0 | a zone cannot stand in the expression
                    CRON_TZ=UTC 0 9 * * * | 0 | a zone cannot stand in the expression
                    0 9 * * xyz           | 8 | xyz is not the name of a weekday
                    0 9 * * MONDAY        | 8 | MONDAY is not the name of a weekday
                    0 9 * JANUARY *       | 6 | JANUARY is not the name of a month
                    0 9 MON * *           | 4 | MON is no day of the month
                    0 9 * * JAN           | 8 | JAN is not the name of a weekday
                    0 ? * * *             | 2 | ? cannot stand here
                    0 9 ? * *             | 4 | ? cannot stand here
                    0 9 * * ?             | 8 | ? cannot stand here
                    0 0 9 ?,1 * *         | 6 | ? cannot stand here
                    0 0 9 1,? * *         | 8 | ? cannot stand here
                    0 0 9 ?/2 * *         | 6 | ? cannot stand here
                    0 0 9 * ? *           | 8 | ? cannot stand here
                    0 0 9 * * * ?         | 12| ? cannot stand here
                    /5 * * * *            | 0 | / cannot stand here in the minute field
                    1-/2 * * * *          | 2 | / cannot stand here in the minute field
                    0,,15 * * * *         | 2 | , cannot stand here in the minute field
                    ,0 * * * *            | 0 | , cannot stand here in the minute field
                    0, 15 * * * *         | 2 | the second is missing after 0,
                    5- * * * *            | 2 | the minute is missing after 5-
                    5/ * * * *            | 2 | the step is missing after 5/
                    */x * * * *           | 2 | x cannot stand here in the minute field
                    -1 * * * *            | 0 | - cannot stand here in the minute field
                    +1 * * * *            | 0 | + cannot stand here in the minute field
                    5.5 * * * *           | 1 | . cannot stand here in the minute field
                    1-5-9 * * * *         | 3 | - cannot stand here in the minute field
                    1/2/3 * * * *         | 3 | / cannot stand here in the minute field
                    ** * * * *            | 1 | * cannot stand here in the minute field
                    *-5 * * * *           | 1 | - cannot stand here in the minute field
                    *5 * * * *            | 1 | 5 cannot stand here in the minute field
                    5m * * * *            | 1 | m cannot stand here in the minute field
                    ٥ * * * *             | 0 | ٥ cannot stand here in the minute field
                    0\u00a09 * * * *      | 1 | U+00A0 cannot stand here in the minute field
                    """)
    void an_unclear_schedule_is_an_error_with_its_place(String text, int offset, String problem) {
        var written = text.replace("\\u00a0", "\u00a0");
        var bad = (Parsed.Bad<Cron>) Cron.parse(written);
        assertThat(bad.problem()).startsWith(problem);
        assertThat(bad.offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0 22-4 * * *       | write 22-23,0-4
                    0 23-0 * * *       | write 23,0
                    0 22-4/2 * * *     | write 0,2,4,22
                    0 9 28-3 * *       | write 28-31,1-3
                    0 9 1 NOV-FEB *    | write NOV-DEC,JAN-FEB
                    0 9 * * FRI-MON    | write MON,FRI-SUN
                    0 9 * * 5-0        | write FRI-SUN
                    0 0 9 ? * 6-1      | write FRI-SUN
                    0 0 9 ? * ? 2031-30| write a number from 1970 to 2099
                    0 0 9 ? * ? 2031-2030| write 2030-2031
                    0 0 9 ? * 0        | with 6 or 7 fields Quartz counts, 1 (Sunday) to 7 (Saturday); write the name, such as SUN
                    0 9 * * MONDAY     | write MON: names have 3 letters
                    0 9 * * xyz        | known: SUN MON TUE WED THU FRI SAT
                    0 0 */40 * *       | write a step from 1 to 31
                    @reboot            | known: @annually @daily @hourly @midnight @monthly @weekly @yearly
                    TZ=UTC 0 9 * * *   | name it in the trigger's key timezone
                    0, 15 * * * *      | write the list without blanks
                    """)
    void an_error_says_what_to_write(String text, String fix) {
        assertThat(((Parsed.Bad<Cron>) Cron.parse(text)).fix()).isEqualTo(fix);
    }

    @Test
    void what_a_fix_proposes_for_a_wrapped_range_is_what_was_meant() {
        assertThat(times("0 22-23,0-4 * * *", "2026-01-01T00:00", 7))
                .isEqualTo(times("0 0,1,2,3,4,22,23 * * *", "2026-01-01T00:00", 7));
    }

    @Test
    void leap_days_on_a_weekday_are_found_decades_ahead() {
        assertThat(times("0 0 0 29 2 MON", "2026-01-01T00:00", 3))
                .containsExactly("2044-02-29T00:00", "2072-02-29T00:00");
    }

    @Test
    void a_schedule_a_century_away_is_found() {
        assertThat(times("0 0 0 1 1 ? 2099", "1970-01-01T00:00", 2))
                .containsExactly("2099-01-01T00:00");
        assertThat(times("0 0 0 29 2 ? 1971,1973,2096", "1971-01-01T00:00", 2))
                .containsExactly("2096-02-29T00:00");
    }

    @Test
    void rare_and_ended_schedules_answer_quickly() {
        var casablanca = ZoneId.of("Africa/Casablanca");
        for (var text :
                List.of("0 0 0 29 2 MON", "0 0 0 1 1 ? 2099", "0 0 0 1 1 ? 2020", "* * 1-2 * * *"))
            assertThat(nanosPerCall(cron(text), casablanca)).as(text).isLessThan(20_000_000);
    }

    @Test
    void one_schedule_may_be_asked_from_many_threads() throws Exception {
        var cron = cron("0 0 9 * * MON-FRI");
        var expected = walk(cron);
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Callable<List<Instant>>> walks = new ArrayList<>();
            for (int i = 0; i < 8; i++) walks.add(() -> walk(cron));
            for (var walked : threads.invokeAll(walks)) {
                assertThat(walked.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void schedules_are_equal_when_they_are_written_alike() {
        assertThat(cron("0 9 * * *")).isEqualTo(cron("0 9 * * *")).isNotEqualTo(cron("@daily"));
    }

    private static List<Instant> walk(Cron cron) {
        var at = Instant.parse("2026-01-01T00:00:00Z");
        var times = new ArrayList<Instant>();
        for (int i = 0; i < 300; i++) {
            at = cron.next(at, BERLIN).orElseThrow();
            times.add(at);
        }
        return times;
    }

    private static long nanosPerCall(Cron cron, ZoneId zone) {
        var start = Instant.parse("2026-10-25T00:00:00Z");
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long before = System.nanoTime();
            var next = cron.next(start.plus(Duration.ofDays(i)), zone);
            best = Math.min(best, System.nanoTime() - before);
            assertThat(next).isNotNull();
        }
        return best;
    }

    private static Cron cron(String text) {
        return switch (Cron.parse(text)) {
            case Parsed.Ok<Cron>(var cron) -> cron;
            case Parsed.Bad<Cron> bad -> throw new AssertionError(text + ": " + bad);
        };
    }

    private static List<Warning.Kind> kinds(String text) {
        return cron(text).warnings().stream().map(Warning::kind).toList();
    }

    private static List<String> times(String text, String after, int count) {
        var at = LocalDateTime.parse(after).toInstant(ZoneOffset.UTC).toString();
        return instants(text, at, ZoneOffset.UTC, count).stream()
                .map(time -> LocalDateTime.ofInstant(Instant.parse(time), ZoneOffset.UTC))
                .map(LocalDateTime::toString)
                .toList();
    }

    private static List<String> instants(String text, String after, ZoneId zone, int count) {
        var cron = cron(text);
        var at = Instant.parse(after);
        var times = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            var next = cron.next(at, zone);
            if (next.isEmpty()) break;
            at = next.get();
            times.add(at.toString());
        }
        return times;
    }

    /** The weekdays of one week on which a schedule of whole days fires, Monday first. */
    private static String weekdays(String text) {
        var names = List.of("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN");
        var cron = cron(text);
        var days =
                IntStream.range(0, 7)
                        .filter(
                                day -> {
                                    var midnight =
                                            LocalDateTime.of(2026, 6, 1 + day, 0, 0)
                                                    .toInstant(ZoneOffset.UTC);
                                    return cron.next(midnight.minusSeconds(1), ZoneOffset.UTC)
                                            .filter(midnight::equals)
                                            .isPresent();
                                })
                        .mapToObj(names::get)
                        .toList();
        return String.join(" ", days);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"60 * * * *", "0 0 0 * *", "0 0 0 1 1 ? 2200", "1- * * * *", "*/ * * * *"})
    void every_slip_has_a_fix(String text) {
        var fix = Cron.parse(text) instanceof Parsed.Bad<Cron> bad ? bad.fix() : "";
        assertThat(fix).isNotEmpty();
    }
}
