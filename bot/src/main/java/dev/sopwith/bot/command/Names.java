package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Input;

import java.util.List;

/**
 * What can be named at the moment: against it words are checked and completed. An answer may be a
 * moment old, for nothing is decided by it.
 */
public interface Names {
    /** Nothing is known; every name may be right. */
    Names NONE =
            new Names() {
                @Override
                public List<String> sops() {
                    return List.of();
                }

                @Override
                public List<Input> inputs(String sop) {
                    return List.of();
                }

                @Override
                public List<RunId> runs(Verb verb) {
                    return List.of();
                }

                @Override
                public List<String> codes() {
                    return List.of();
                }
            };

    /** All SOPs, also those that cannot run; empty when that is not known. */
    List<String> sops();

    /** What a SOP takes. */
    List<Input> inputs(String sop);

    /** The runs to which this verb can be said now, by number. */
    List<RunId> runs(Verb verb);

    /** The codes of all open gates. */
    List<String> codes();

    /** Whether this is one of them; asked more often than for all. */
    default boolean isOpen(String code) {
        return codes().contains(code);
    }
}
