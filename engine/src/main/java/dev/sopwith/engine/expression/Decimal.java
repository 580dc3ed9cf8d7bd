package dev.sopwith.engine.expression;

import java.math.BigInteger;
import java.util.Optional;

/**
 * A number as JSON writes it, compared exactly and without ever writing its zeros out: {@code
 * 1e999999999} costs no more than its text is long. (BigDecimal compares such numbers by expanding
 * them, and refuses exponents beyond 32 bits.) Equality is that of {@link #compareTo} being 0.
 *
 * <p>Exponents of more than {@value #EXPONENT_DIGITS_MAX} digits all count as equally far out. A
 * literal in a condition is shorter than that, so every comparison with one stays exact.
 */
final class Decimal implements Comparable<Decimal> {
    static final int EXPONENT_DIGITS_MAX = 1000;
    private static final BigInteger FAR_OUT = BigInteger.TEN.pow(EXPONENT_DIGITS_MAX);

    // The value is sign * 0.DIGITS * 10^point. The digits are those of the text between first and
    // end, without the point; they neither begin nor end with 0. Nothing is copied: one delivery
    // may
    // be compared with a thousand conditions.
    private final String text;
    private final int first;
    private final int end;
    private final int sign;
    private final BigInteger point;

    private Decimal(String text, Layout layout) {
        this.text = text;
        this.first = layout.firstDigit(text);
        this.end = layout.behindLastDigit(text);
        boolean isZero = first >= end;
        this.sign = isZero ? 0 : layout.wholeStart == 0 ? 1 : -1;
        this.point =
                isZero
                        ? BigInteger.ZERO
                        : exponent(text, layout.exponentStart)
                                .add(BigInteger.valueOf(layout.placesBeforePoint(first)));
    }

    /** Whether the text is a number by the grammar of JSON, with nothing around it. */
    static boolean isNumber(String text) {
        return new Layout(text).isNumber;
    }

    /** The number that this text is by the grammar of JSON, if it is one. */
    static Optional<Decimal> parse(String text) {
        var layout = new Layout(text);
        return layout.isNumber ? Optional.of(new Decimal(text, layout)) : Optional.empty();
    }

    private static BigInteger exponent(String text, int start) {
        int from = start;
        while (from < text.length() && "+-0".indexOf(text.charAt(from)) >= 0) from++;
        int length = text.length() - from;
        if (length == 0) return BigInteger.ZERO;
        var magnitude =
                length > EXPONENT_DIGITS_MAX ? FAR_OUT : new BigInteger(text.substring(from));
        return text.charAt(start) == '-' ? magnitude.negate() : magnitude;
    }

    /** Orders by value; {@code 5} and {@code 5.0} are the same. */
    @Override
    public int compareTo(Decimal other) {
        if (sign != other.sign) return Integer.compare(sign, other.sign);
        return sign * compareMagnitude(other);
    }

    private int compareMagnitude(Decimal other) {
        int byPoint = point.compareTo(other.point);
        return byPoint != 0 ? byPoint : compareDigits(other);
    }

    /** Digits without zeros at their ends order like text: 12 before 123 before 13. */
    private int compareDigits(Decimal other) {
        int i = first;
        int j = other.first;
        while (i < end && j < other.end) {
            if (text.charAt(i) == '.') i++;
            if (other.text.charAt(j) == '.') j++;
            int byDigit = Character.compare(text.charAt(i++), other.text.charAt(j++));
            if (byDigit != 0) return Integer.signum(byDigit);
        }
        return Boolean.compare(i < end, j < other.end);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Where the parts of {@code -12.5e+3} stand: one pass over the text, nothing copied. */
    private static final class Layout {
        final int wholeStart;
        final int wholeEnd;
        final int fractionStart;
        final int fractionEnd;
        final int exponentStart;
        final boolean isNumber;

        Layout(String text) {
            wholeStart = text.startsWith("-") ? 1 : 0;
            wholeEnd = endOfDigits(text, wholeStart);
            boolean fraction = text.startsWith(".", wholeEnd);
            fractionStart = fraction ? wholeEnd + 1 : wholeEnd;
            fractionEnd = fraction ? endOfDigits(text, fractionStart) : wholeEnd;
            boolean exponent =
                    text.startsWith("e", fractionEnd) || text.startsWith("E", fractionEnd);
            exponentStart = exponent ? fractionEnd + 1 : fractionEnd;
            boolean sign =
                    text.startsWith("+", exponentStart) || text.startsWith("-", exponentStart);
            int exponentDigits = exponent && sign ? exponentStart + 1 : exponentStart;
            int end = exponent ? endOfDigits(text, exponentDigits) : fractionEnd;
            isNumber =
                    wholeEnd > wholeStart
                            && (wholeEnd == wholeStart + 1 || text.charAt(wholeStart) != '0')
                            && (!fraction || fractionEnd > fractionStart)
                            && (!exponent || end > exponentDigits)
                            && end == text.length();
        }

        /** Where the first digit but 0 stands. */
        int firstDigit(String text) {
            int first = wholeStart;
            while (first < fractionEnd && !isSignificant(text.charAt(first))) first++;
            return first;
        }

        /** Behind the last digit but 0. */
        int behindLastDigit(String text) {
            int end = fractionEnd;
            while (end > wholeStart && !isSignificant(text.charAt(end - 1))) end--;
            return end;
        }

        private static boolean isSignificant(char character) {
            return character != '0' && character != '.';
        }

        /** How many places before the point this digit begins; negative behind it. */
        int placesBeforePoint(int digit) {
            return digit < wholeEnd ? wholeEnd - digit : fractionStart - digit;
        }

        private static int endOfDigits(String text, int from) {
            int end = from;
            while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') end++;
            return end;
        }
    }
}
