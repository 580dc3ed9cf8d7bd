package dev.sopwith.bot.room;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.run.StepVisit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a post of a run is about, read from its key.
 *
 * @param step of a prompt about a step
 * @param number of a gate its revision, of people's steps and doubts the attempt
 * @param word what a control of it says; empty for the post itself
 */
public record PostKey(RunId run, Kind kind, Optional<StepVisit> step, int number, String word) {
    private static final Pattern FORM =
            Pattern.compile(
                    "run/(?<run>[1-9]\\d{0,17})(?:/step/(?<step>\\d{1,9})/(?<visit>\\d{1,9}))?"
                            + "/(?:(?<kind>card|gate|person|doubt|paused|event)"
                            + "(?:/(?<number>\\d{1,9}))?(?:/(?<word>[a-z]{1,20}))?|\\d{1,9}/log)");

    /** What is asked or told there. */
    public enum Kind {
        CARD,
        GATE,
        PERSON,
        DOUBT,
        PAUSED,
        LOG,
        EVENT
    }

    /** A key as the store has it, or the id of a control; none when it is no run's, or not ours. */
    public static Optional<PostKey> parse(String key, String epoch) {
        if (!key.startsWith(epoch + "/")) return Optional.empty();
        var form = FORM.matcher(key.substring(epoch.length() + 1));
        return form.matches() ? Optional.of(of(form)) : Optional.empty();
    }

    /** The key of its run's card, as the store has it. */
    public String card(String epoch) {
        return "%s/%s/card".formatted(epoch, Question.run(run));
    }

    private static PostKey of(Matcher form) {
        var kind =
                switch (Optional.ofNullable(form.group("kind")).orElse("log")) {
                    case "card" -> Kind.CARD;
                    case "gate" -> Kind.GATE;
                    case "person" -> Kind.PERSON;
                    case "doubt" -> Kind.DOUBT;
                    case "paused" -> Kind.PAUSED;
                    case "log" -> Kind.LOG;
                    default -> Kind.EVENT;
                };
        var step =
                Optional.ofNullable(form.group("step"))
                        .map(
                                it ->
                                        new StepVisit(
                                                Integer.parseInt(it),
                                                Integer.parseInt(form.group("visit"))));
        return new PostKey(
                new RunId(Long.parseLong(form.group("run"))),
                kind,
                step,
                Optional.ofNullable(form.group("number")).map(Integer::parseInt).orElse(0),
                Optional.ofNullable(form.group("word")).orElse(""));
    }
}
