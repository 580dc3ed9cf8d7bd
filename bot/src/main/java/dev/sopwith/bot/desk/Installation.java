package dev.sopwith.bot.desk;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.sop.Diagnostic;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What people can ask about beside runs.
 *
 * @param sops as they are now
 * @param findings what there is to say about a SOP here, beside what its own files say: gates that
 *     nobody could clear
 * @param notes what the operator should know, such as what needs a restart
 */
public record Installation(
        Supplier<SopSet> sops,
        Function<SopSet.Loaded, List<Diagnostic>> findings,
        Supplier<List<String>> notes) {

    /** SOPs and nothing to say about them. */
    public static Installation of(Supplier<SopSet> sops) {
        return new Installation(sops, _ -> List.of(), List::of);
    }
}
