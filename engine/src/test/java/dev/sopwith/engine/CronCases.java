package dev.sopwith.engine;

import dev.sopwith.engine.expression.Cron;
import dev.sopwith.engine.expression.JsonValue;
import dev.sopwith.engine.expression.Parsed;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

final class CronCases implements CaseRunner {
    @Override
    public JsonValue run(CaseInput input) {
        return switch (Cron.parse(input.text("expression"))) {
            case Parsed.Bad<Cron> _ -> INVALID;
            case Parsed.Ok<Cron>(var cron) ->
                    Json.object("next", next(cron, input), "warnings", warnings(cron));
        };
    }

    private static List<String> next(Cron cron, CaseInput input) {
        var zone = ZoneId.of(input.text("zone"));
        var at = Instant.parse(input.text("after"));
        int count = input.number("count");
        List<String> times = new ArrayList<>();
        while (times.size() < count) {
            var next = cron.next(at, zone);
            if (next.isEmpty()) break;
            at = next.get();
            times.add(at.toString());
        }
        return times;
    }

    private static List<String> warnings(Cron cron) {
        return cron.warnings().stream()
                .map(warning -> warning.kind().name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
