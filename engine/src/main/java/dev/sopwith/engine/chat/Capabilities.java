package dev.sopwith.engine.chat;

/**
 * What a network can do. Who sends asks here, and never which network it is.
 *
 * @param edits whether a message can be changed
 * @param modals whether a button can ask for text
 * @param ephemeral whether an answer can be for one person only
 * @param length how many characters a message can have
 */
public record Capabilities(
        boolean threads,
        boolean edits,
        boolean reactions,
        boolean buttons,
        boolean modals,
        boolean ephemeral,
        boolean files,
        int length) {
    public Capabilities {
        if (length < 1) throw new IllegalArgumentException("messages without a character");
    }
}
