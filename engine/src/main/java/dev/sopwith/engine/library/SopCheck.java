package dev.sopwith.engine.library;

import dev.sopwith.engine.reading.SopReader;
import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.SopFiles;

import java.util.List;

/**
 * A check of a whole folder besides {@link SopReader}, such as the search for credentials.
 *
 * <p>Threading: called from several threads at once.
 */
@FunctionalInterface
public interface SopCheck {
    /** Finds nothing. */
    SopCheck NONE = (_, _) -> List.of();

    /**
     * What there is to say about these files; an error breaks the SOP.
     *
     * @param shownFolder how the folder is named in diagnostics, such as {@code sops/deploy-prod}
     */
    List<Diagnostic> check(SopFiles files, String shownFolder);
}
