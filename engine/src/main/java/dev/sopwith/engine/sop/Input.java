package dev.sopwith.engine.sop;

import com.google.re2j.Pattern;

import java.util.List;
import java.util.Optional;

/**
 * One value that a SOP takes when it starts: an {@code [[inputs]]} table of SOP.toml.
 *
 * @param name {@code [a-z][a-z0-9_]*}
 * @param choices what a {@link Type#CHOICE} may be, in the order written; else empty
 * @param pattern what the whole text must match (RE2, linear time)
 * @param defaultValue in its text form: what a person would type
 * @param secret never shown, never accepted as chat text, erased when the run ends
 */
public record Input(
        String name,
        Type type,
        List<String> choices,
        Optional<Pattern> pattern,
        boolean required,
        Optional<String> defaultValue,
        boolean secret,
        String description) {

    /** What a value must look like. */
    public enum Type {
        STRING,
        INTEGER,
        NUMBER,
        BOOLEAN,
        CHOICE
    }
}
