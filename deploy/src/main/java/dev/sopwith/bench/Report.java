package dev.sopwith.bench;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Measurements as a table for people and as JSON for programs. */
final class Report {
    private static final List<String> HEADINGS =
            List.of("FIGURE", "TARGET", "MEDIAN", "QUARTILES", "", "RATIO", "YARDSTICK", "");
    private static final String GAP = "  ";
    private static final double BYTES_IN_MB = 1e6;
    private static final int NAME = 0;
    private static final int YARDSTICK = HEADINGS.size() - 1;

    private static final JsonFactory FACTORY = JsonFactory.builder().build();
    private static final ObjectWriteContext INDENTED =
            new ObjectWriteContext.Base() {
                @Override
                public PrettyPrinter getPrettyPrinter() {
                    return new DefaultPrettyPrinter();
                }

                @Override
                public boolean hasPrettyPrinter() {
                    return true;
                }
            };

    private Report() {}

    /** One line for each, and how the lines are to be read. */
    static String table(List<Measurement> measurements) {
        var rows = new ArrayList<>(List.of(HEADINGS));
        measurements.forEach(measurement -> rows.add(cells(measurement)));
        var widths =
                IntStream.range(0, HEADINGS.size())
                        .map(
                                i ->
                                        rows.stream()
                                                .mapToInt(row -> row.get(i).length())
                                                .max()
                                                .orElse(0))
                        .toArray();
        var table = new StringBuilder();
        for (var row : rows) table.append(line(row, widths)).append('\n');
        long missed = measurements.stream().filter(it -> !it.meetsTarget()).count();
        return table.append('\n')
                .append(
                        "%d of %d medians are below their targets. RATIO is the median over that of"
                                .formatted(measurements.size() - missed, measurements.size()))
                .append(" the yardstick,\nmeasured in turns in this run on this machine.\n")
                .toString();
    }

    private static List<String> cells(Measurement it) {
        return List.of(
                it.name(),
                "< " + text(it.unit(), it.target()),
                text(it.unit(), it.value().median()),
                text(it.unit(), it.value().lower()) + " - " + text(it.unit(), it.value().upper()),
                it.meetsTarget() ? "" : "missed",
                String.format(Locale.ROOT, "%.2f", it.ratio()),
                text(it.unit(), it.yardstickValue().median()),
                it.yardstick());
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            var blanks = " ".repeat(widths[i] - row.get(i).length());
            boolean isText = i == NAME || i == YARDSTICK;
            line.append(isText ? row.get(i) + blanks : blanks + row.get(i)).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private static String text(Measurement.Unit unit, long value) {
        return switch (unit) {
            case NANOSECONDS -> time(value);
            case BYTES -> number(value / BYTES_IN_MB) + " MB";
            case TIMES -> Long.toString(value);
        };
    }

    /** Three digits and a unit: more would be noise. */
    static String time(long nanos) {
        double value = nanos;
        for (var unit : List.of("ns", "µs", "ms")) {
            if (value < 999.5) return number(value) + " " + unit;
            value /= 1000;
        }
        return number(value) + " s";
    }

    private static String number(double value) {
        int decimals = value == Math.rint(value) || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** Keys are never renamed or removed, only added; times end in {@code _ns}. */
    static String json(String bench, List<Measurement> measurements) {
        var text = new StringWriter();
        try (var json = FACTORY.createGenerator(INDENTED, text)) {
            json.writeStartObject();
            json.writeStringProperty("bench", bench);
            json.writeStringProperty("java", Runtime.version().toString());
            json.writeNumberProperty("processors", Runtime.getRuntime().availableProcessors());
            json.writeArrayPropertyStart("measurements");
            for (var measurement : measurements) write(json, measurement);
            json.writeEndArray();
            json.writeEndObject();
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, Measurement it) {
        var unit =
                switch (it.unit()) {
                    case NANOSECONDS -> "_ns";
                    case BYTES -> "_bytes";
                    case TIMES -> "_times";
                };
        json.writeStartObject();
        json.writeStringProperty("name", it.name());
        json.writeNumberProperty("target" + unit, it.target());
        json.writeBooleanProperty("meets_target", it.meetsTarget());
        write(json, unit, it.value());
        json.writeNumberProperty("ratio", it.ratio());
        json.writeObjectPropertyStart("yardstick");
        json.writeStringProperty("name", it.yardstick());
        write(json, unit, it.yardstickValue());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String unit, Spread values) {
        json.writeNumberProperty("median" + unit, values.median());
        json.writeNumberProperty("lower_quartile" + unit, values.lower());
        json.writeNumberProperty("upper_quartile" + unit, values.upper());
        json.writeNumberProperty("samples", values.count());
    }
}
