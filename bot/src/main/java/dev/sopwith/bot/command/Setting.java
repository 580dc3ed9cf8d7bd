package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunId;

import java.util.Optional;

/**
 * Where something was written, as far as it decides what it means.
 *
 * @param isAddressed whether it is certainly meant for this service: a prefix, a mention, a reply
 *     to a prompt, a terminal
 * @param run the one whose thread it was written in
 * @param code of the gate whose prompt it replies to
 */
public record Setting(boolean isAddressed, Optional<RunId> run, Optional<String> code) {
    /** Said to this service, outside of any thread. */
    public static final Setting DIRECT = new Setting(true, Optional.empty(), Optional.empty());

    /** In a run's thread, where people also talk to each other. */
    public static Setting thread(RunId run) {
        return new Setting(false, Optional.of(run), Optional.empty());
    }

    /** In a run's thread, and addressed to this service. */
    public static Setting addressed(RunId run) {
        return new Setting(true, Optional.of(run), Optional.empty());
    }

    /** A reply to the prompt of this gate. */
    public static Setting reply(RunId run, String code) {
        return new Setting(true, Optional.of(run), Optional.of(code));
    }
}
