package dev.sopwith.engine.reading;

import dev.sopwith.engine.sop.Diagnostic;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Step;

import java.util.List;
import java.util.Optional;

/**
 * What SOP.md says, read on its own.
 *
 * @param title the first heading of the first level
 * @param introduction what comes before the steps, without the title, as Markdown
 * @param suspicions places that look like structure and are not: judged only when the SOP is read
 *     as a whole, because a text alone may be meant that way
 * @param places of attributes, for findings that only show when both files are known: {@code
 *     2.timeout}, {@code 2.tools.shell}
 */
public record Procedure(
        Optional<String> title,
        String introduction,
        List<Step> steps,
        List<Sop.Remark> remarks,
        List<Diagnostic> suspicions,
        Places places) {}
