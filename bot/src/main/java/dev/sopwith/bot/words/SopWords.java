package dev.sopwith.bot.words;

import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What there is to say about a SOP as a whole. */
public final class SopWords {
    private SopWords() {}

    /** What holds for every run, without what is only a default. */
    public static List<String> rules(Sop sop) {
        var rules = new ArrayList<String>();
        rules.add("priority " + English.of(sop.priority()));
        rules.add("mode " + English.of(sop.executionMode()));
        rules.add("at most " + English.count(sop.maxConcurrent(), "run") + " at once");
        rules.add("admission " + English.of(sop.admissionPolicy()));
        addTime(rules, "cooldown", sop.cooldown());
        addTime(rules, "whole run within", sop.timeout());
        if (sop.maxPendingApprovals() > 0) {
            rules.add(English.count(sop.maxPendingApprovals(), "run") + " may wait for approval");
        }
        sop.lock().ifPresent(lock -> rules.add("lock " + lock));
        sop.agent().ifPresent(agent -> rules.add("agent " + agent));
        return rules;
    }

    private static void addTime(List<String> rules, String what, Duration time) {
        if (!time.isZero()) rules.add(what + " " + English.duration(time));
    }

    /** What a value of this input looks like. */
    public static String type(Input input) {
        var type =
                input.choices().isEmpty()
                        ? English.of(input.type())
                        : input.choices().stream().collect(Collectors.joining(" | "));
        return input.pattern()
                .map(Object::toString) // as it was written
                .map(pattern -> type + " like " + pattern)
                .orElse(type);
    }

    /** The kinds of triggers, each once. */
    public static String triggers(Sop sop) {
        if (sop.triggers().isEmpty()) return "none";
        return sop.triggers().stream()
                .map(Trigger::type)
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
