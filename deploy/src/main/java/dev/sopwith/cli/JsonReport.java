package dev.sopwith.cli;

import dev.sopwith.bot.words.English;
import dev.sopwith.bot.words.Gates;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.trigger.Timetable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultPrettyPrinter;

import java.io.StringWriter;
import java.util.List;

/**
 * The JSON of {@code validate}, {@code list} and {@code schedule}. Keys are never renamed or
 * removed, only added. It is pure ASCII: right in every locale, and without control characters for
 * a terminal to obey.
 */
final class JsonReport {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
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

    private JsonReport() {}

    /** What {@code validate} found. */
    static String ofValidation(Verdict verdict) {
        var text = new StringWriter();
        try (var json = FACTORY.createGenerator(INDENTED, text)) {
            json.writeStartObject();
            json.writeBooleanProperty("valid", verdict.passes());
            json.writeArrayPropertyStart("sops");
            for (var entry : verdict.library().entries()) {
                json.writeStartObject();
                json.writeStringProperty("folder", entry.folder());
                json.writeStringProperty("name", entry.name());
                json.writeBooleanProperty("valid", verdict.passes(entry));
                json.writeArrayPropertyStart("diagnostics");
                for (var finding : entry.diagnostics()) write(json, finding);
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            writeProblem(json, verdict.library());
            json.writeNumberProperty("errors", verdict.errors());
            json.writeNumberProperty("warnings", verdict.warnings());
            json.writeEndObject();
        }
        return text + "\n";
    }

    /** What there is. */
    static String ofList(Library library) {
        var text = new StringWriter();
        try (var json = FACTORY.createGenerator(INDENTED, text)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("sops");
            for (var entry : library.entries()) write(json, entry);
            json.writeEndArray();
            writeProblem(json, library);
            json.writeEndObject();
        }
        return text + "\n";
    }

    /** What starts by itself, in order of time. */
    static String ofSchedule(List<Timetable.Planned> planned) {
        var text = new StringWriter();
        try (var json = FACTORY.createGenerator(INDENTED, text)) {
            json.writeStartArray();
            for (var it : planned) {
                json.writeStartObject();
                json.writeStringProperty("at", it.at().toString());
                json.writeStringProperty("sop", it.entry().sop().name());
                json.writeNumberProperty("trigger", it.entry().position());
                json.writeStringProperty("expression", it.entry().trigger().expression().text());
                json.writeStringProperty("timezone", it.entry().zone().toString());
                json.writeStringProperty("catch_up", English.of(it.entry().trigger().catchUp()));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return text + "\n";
    }

    private static void writeProblem(JsonGenerator json, Library library) {
        if (library.problem().isEmpty()) return;
        json.writeName("problem");
        write(json, library.problem().get());
    }

    private static void write(JsonGenerator json, Library.Entry entry) {
        json.writeStartObject();
        json.writeStringProperty("folder", entry.folder());
        json.writeStringProperty("name", entry.name());
        json.writeStringProperty("state", entry.isBroken() ? "broken" : "valid");
        entry.sop().ifPresent(sop -> write(json, sop));
        json.writeArrayPropertyStart("diagnostics");
        for (var finding : entry.diagnostics()) write(json, finding);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Sop sop) {
        json.writeStringProperty("description", sop.description());
        json.writeStringProperty("version", sop.version());
        json.writeStringProperty("priority", English.of(sop.priority()));
        json.writeStringProperty("execution_mode", English.of(sop.executionMode()));
        json.writeArrayPropertyStart("triggers");
        sop.triggers().stream().map(Trigger::type).forEach(json::writeString);
        json.writeEndArray();
        json.writeNumberProperty("steps", sop.steps().size());
        json.writeNumberProperty("gates", Gates.count(sop));
    }

    private static void write(JsonGenerator json, Diagnostic finding) {
        json.writeStartObject();
        json.writeStringProperty("file", finding.file());
        json.writeNumberProperty("line", finding.line());
        json.writeNumberProperty("column", finding.column());
        json.writeStringProperty("severity", finding.severity().word());
        json.writeStringProperty("code", finding.code().id());
        json.writeStringProperty("message", finding.message());
        json.writeStringProperty("fix", finding.fix());
        json.writeEndObject();
    }
}
