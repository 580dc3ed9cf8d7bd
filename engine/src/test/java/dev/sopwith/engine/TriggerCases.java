package dev.sopwith.engine;

import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.Matcher;
import dev.sopwith.engine.trigger.Source;

import java.util.Arrays;
import java.util.Locale;

final class TriggerCases implements CaseRunner {

    private static final String SOP = "[sop]\nname = \"case\"\ndescription = \"d\"\n";

    @Override
    public JsonValue run(CaseInput input) {
        var read = SopReader.readManifest(SOP + input.text("trigger"), SopTomlCases.NOW);
        if (read.value().isEmpty()) return INVALID;
        var event = input.at("event");
        var word = event.text("source").toUpperCase(Locale.ROOT);
        var source = Arrays.stream(Source.values()).filter(s -> s.name().equals(word)).findFirst();
        if (source.isEmpty()) return new JsonValue.Bool(false); // nothing here sends such events
        var delivery =
                new Delivery(
                        source.get(),
                        event.textIfAny("topic").orElse(""),
                        event.textIfAny("payload").map(Payload::of).orElse(Payload.NONE));
        var trigger = read.value().get().triggers().getFirst();
        return new JsonValue.Bool(
                Matcher.verdict(trigger, delivery).map(v -> v.matches()).orElse(false));
    }
}
