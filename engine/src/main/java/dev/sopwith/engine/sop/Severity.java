package dev.sopwith.engine.sop;

import java.util.Locale;

/** How bad a finding is: an error breaks the SOP, a warning lets it load. */
public enum Severity {
    ERROR,
    WARNING;

    /** The word shown to people and written to JSON: {@code error} or {@code warning}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
