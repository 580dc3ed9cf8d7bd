package dev.sopwith.bot.command;

import static dev.sopwith.bot.command.Parameter.Kind.CODE;
import static dev.sopwith.bot.command.Parameter.Kind.CODE_OR_RUN;
import static dev.sopwith.bot.command.Parameter.Kind.FILE;
import static dev.sopwith.bot.command.Parameter.Kind.FROM_STEP;
import static dev.sopwith.bot.command.Parameter.Kind.FULL;
import static dev.sopwith.bot.command.Parameter.Kind.INPUTS;
import static dev.sopwith.bot.command.Parameter.Kind.LINK_CODE;
import static dev.sopwith.bot.command.Parameter.Kind.NOTE;
import static dev.sopwith.bot.command.Parameter.Kind.OK;
import static dev.sopwith.bot.command.Parameter.Kind.PAST_SOP;
import static dev.sopwith.bot.command.Parameter.Kind.PAYLOAD;
import static dev.sopwith.bot.command.Parameter.Kind.REASON;
import static dev.sopwith.bot.command.Parameter.Kind.RUN_ID;
import static dev.sopwith.bot.command.Parameter.Kind.SOP;
import static dev.sopwith.bot.command.Parameter.Kind.SOURCE;
import static dev.sopwith.bot.command.Parameter.Kind.STEP;
import static dev.sopwith.bot.command.Parameter.Kind.TEST;
import static dev.sopwith.bot.command.Parameter.Kind.TOPIC;
import static dev.sopwith.bot.command.Parameter.Kind.VERB;
import static dev.sopwith.bot.command.Parameter.optional;
import static dev.sopwith.bot.command.Parameter.required;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What people can say, the same everywhere (CHAT §1). In the order in which help lists it: what one
 * starts with first.
 */
public enum Verb {
    RUN("Start a SOP.", Effect.STARTS, required(SOP), optional(INPUTS)),
    PLAN(
            "Show what a run would do and who would be asked; starts nothing.",
            Effect.LOOKS,
            required(SOP),
            optional(INPUTS)),
    LIST("List the SOPs.", Effect.LOOKS),
    SHOW("Show a SOP.", Effect.LOOKS, required(SOP)),
    RUNS("List the newest runs.", Effect.LOOKS),
    STATUS("Show what goes on, or all about one run.", Effect.LOOKS, optional(RUN_ID)),
    LOG(
            "Show what happened in a run or a step, or all that a step printed.",
            Effect.LOOKS,
            required(RUN_ID),
            optional(STEP),
            optional(FULL)),
    PENDING("List what waits for people, and what to say.", Effect.LOOKS),
    APPROVE("Say yes to the gate with this code.", Effect.VOTES, required(CODE), optional(REASON)),
    DENY("Say no; the run ends.", Effect.ENDS, required(CODE_OR_RUN), optional(REASON)),
    UNVOTE("Take your yes back.", Effect.ENDS, required(CODE_OR_RUN)),
    DONE("Say that a step for people was done.", Effect.STARTS, optional(RUN_ID), optional(NOTE)),
    FAILED("Say that a step for people failed.", Effect.STARTS, optional(RUN_ID), optional(NOTE)),
    SKIP("Skip a step for people.", Effect.STARTS, optional(RUN_ID), optional(NOTE)),
    RETRY(
            "Do a step again of which nobody knows what became.",
            Effect.STARTS,
            required(RUN_ID),
            optional(NOTE)),
    RESUME("Let a paused run go on.", Effect.STARTS, required(RUN_ID)),
    ABORT(
            "End a run with a step of which nobody knows what became.",
            Effect.ENDS,
            required(RUN_ID),
            optional(REASON)),
    RERUN(
            "Start a new run with the same inputs, from a step on.",
            Effect.STARTS,
            required(RUN_ID),
            optional(FROM_STEP)),
    CANCEL("End a run, and the step it is at.", Effect.ENDS, required(RUN_ID), optional(REASON)),
    WHY(
            "Show the last deliveries for a SOP, and their outcomes.",
            Effect.LOOKS,
            required(PAST_SOP)),
    TRIGGER(
            "Show what a delivery would come to; starts nothing.",
            Effect.LOOKS,
            required(TEST),
            required(SOURCE),
            required(TOPIC),
            optional(PAYLOAD)),
    PAUSE("Let nothing start this SOP.", Effect.STARTS, required(SOP)),
    UNPAUSE("Let this SOP start again.", Effect.STARTS, required(PAST_SOP)),
    FREEZE("Let nothing start and no new step begin.", Effect.STARTS, optional(REASON)),
    UNFREEZE("End a freeze.", Effect.STARTS),
    CLOCK("Say that the clock is right.", Effect.STARTS, required(OK)),
    BACKUP("Copy the store into a new file.", Effect.STARTS, required(FILE)),
    WHOAMI("Show who you are to this service.", Effect.LOOKS),
    LINK("Prove that two accounts are yours.", Effect.LOOKS, optional(LINK_CODE)),
    HELP("Show what can be said, or how.", Effect.LOOKS, optional(VERB));

    /** What becomes of it when it is heard late, after the service was down (CHAT §1). */
    public enum Effect {
        /** Shows something. */
        LOOKS,
        /** Starts or repeats work, or changes how the service behaves: only while it is fresh. */
        STARTS,
        /** Says yes: for as long as the gate is open. */
        VOTES,
        /** Holds work back: always. */
        ENDS
    }

    private final String description;
    private final Effect effect;

    @SuppressWarnings("ImmutableEnumChecker") // List.of, which the checker cannot see
    private final List<Parameter> parameters;

    Verb(String description, Effect effect, Parameter... parameters) {
        this.description = description;
        this.effect = effect;
        this.parameters = List.of(parameters);
    }

    /** As people write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it does, in one sentence. */
    public String description() {
        return description;
    }

    public Effect effect() {
        return effect;
    }

    /** What follows it, in order. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** {@code log RUN [STEP]}. */
    public String usage() {
        return parameters.isEmpty() ? word() : word() + " " + parametersText();
    }

    /** {@code RUN [STEP]}; empty for a verb that stands alone. */
    public String parametersText() {
        return parameters.stream().map(Parameter::toString).collect(Collectors.joining(" "));
    }

    boolean takes(Parameter.Kind kind) {
        return parameters.stream().anyMatch(it -> it.kind() == kind);
    }
}
