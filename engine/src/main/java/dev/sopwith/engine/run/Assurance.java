package dev.sopwith.engine.run;

/** How sure we are that a vote was meant. In order: a later one is worth more. */
public enum Assurance {
    /** A reaction or a button. */
    CLICK,
    /** The gate's one-time code, typed. */
    TYPED
}
