package dev.sopwith.engine.audit;

import dev.sopwith.engine.store.Trail.Body;
import dev.sopwith.engine.store.Trail.Entry;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.StringWriter;
import java.util.List;

/** Rows of the chain, one JSON object a line. */
final class JsonLines {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonLines() {}

    static String of(List<Entry> entries) {
        var lines = new StringBuilder();
        for (var entry : entries) lines.append(line(entry)).append('\n');
        return lines.toString();
    }

    private static String line(Entry entry) {
        var text = new StringWriter();
        var link = entry.link();
        try (var out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartObject();
            out.writeNumberProperty("position", link.position());
            out.writeNumberProperty("at", link.at());
            out.writeStringProperty("kind", link.kind());
            out.writeName("run");
            if (link.run().isPresent()) out.writeNumber(link.run().getAsLong());
            else out.writeNull();
            out.writeName("seq");
            if (link.seq().isPresent()) out.writeNumber(link.seq().getAsInt());
            else out.writeNull();
            out.writeStringProperty("body_hash", link.bodyHash());
            out.writeStringProperty("prev", link.prev());
            out.writeStringProperty("hash", link.hash());
            write(out, "salt", entry.body().map(Body::salt).orElse(""), entry.body().isPresent());
            write(out, "body", entry.body().map(Body::text).orElse(""), entry.body().isPresent());
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, String name, String value, boolean present) {
        if (present) out.writeStringProperty(name, value);
        else out.writeNullProperty(name);
    }
}
