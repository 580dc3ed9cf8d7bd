package dev.sopwith.engine.expression;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

final class DecimalTest {

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "10", "0.10", "-1.5e10", "1E-5", "1e+5", "0e0", "0e-00"})
    void what_json_calls_a_number_is_one(String text) {
        assertThat(Decimal.isNumber(text)).isTrue();
        assertThat(Decimal.parse(text)).isPresent();
        assertThat(JsonValue.parse(text).isOk()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "-", "+1", "01", "-01", ".5", "5.", "5.e3", "e5", "1e", "1e+", "1e5.", "1ee5",
                " 1", "1 ", "0x1", "1f", "٥", "1_0", "--1", "NaN", "1-", "1+1", "1e5-"
            })
    void what_json_does_not_call_a_number_is_none(String text) {
        assertThat(Decimal.isNumber(text)).isFalse();
        assertThat(Decimal.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void numbers_order_as_big_decimals_do(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 5_000; i++) {
            var one = number(random);
            var other = random.nextInt(4) == 0 ? one.replace("e", "0e") : number(random);
            int expected = new BigDecimal(one).compareTo(new BigDecimal(other));
            assertThat(decimal(one).compareTo(decimal(other)))
                    .as("seed %d: %s and %s", seed, one, other)
                    .isEqualTo(expected);
        }
    }

    private static Decimal decimal(String text) {
        return Decimal.parse(text).orElseThrow();
    }

    private static String number(SplittableRandom random) {
        var sign = random.nextBoolean() ? "-" : "";
        var whole = random.nextInt(3) == 0 ? "0" : "" + random.nextInt(1, 1_200);
        var fraction =
                random.nextBoolean()
                        ? ""
                        : "." + "0".repeat(random.nextInt(3)) + random.nextInt(120);
        var exponent =
                random.nextBoolean()
                        ? ""
                        : (fraction.isEmpty() ? ".0e" : "e") + random.nextInt(-5, 6);
        return sign + whole + fraction + exponent;
    }

    static LongStream seeds() {
        return Soup.seeds();
    }
}
