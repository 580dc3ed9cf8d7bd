package dev.sopwith.engine.sop;

/** How urgent a SOP is; decides who goes first and how much approval is asked (FORMAT §5, §6). */
public enum Priority {
    LOW,
    NORMAL,
    HIGH,
    CRITICAL
}
