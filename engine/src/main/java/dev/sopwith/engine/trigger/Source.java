package dev.sopwith.engine.trigger;

/** Where a delivery comes from; a trigger hears only its own source. */
public enum Source {
    /** A person or a tool asked. */
    MANUAL,
    /** An HTTP request. */
    WEBHOOK,
    /** An MQTT message. */
    MQTT,
    /** A scheduled time. */
    CRON,
    /** A pin or another device signal. */
    PERIPHERAL,
    /** A source known from other systems; nothing here hears it. */
    FOREIGN
}
