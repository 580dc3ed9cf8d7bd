package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Input;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

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
                public List<String> codes(Verb verb) {
                    return List.of();
                }

                @Override
                public SortedMap<Integer, String> steps(RunId run) {
                    return Collections.emptySortedMap();
                }

                @Override
                public boolean isOpen(String code) {
                    return false;
                }
            };

    /** All SOPs, also those that cannot run; empty when that is not known. */
    List<String> sops();

    /** What a SOP takes. */
    List<Input> inputs(String sop);

    /** The runs to which this verb can be said now, by number. */
    List<RunId> runs(Verb verb);

    /** The codes of open gates of which this verb would count. */
    List<String> codes(Verb verb);

    /** The titles of a run's steps, by number; empty where nothing is known of it. */
    SortedMap<Integer, String> steps(RunId run);

    /** Whether this is the code of an open gate. */
    boolean isOpen(String code);
}
