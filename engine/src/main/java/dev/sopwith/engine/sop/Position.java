package dev.sopwith.engine.sop;

/** A place in a text: line and column from 1, columns in UTF-16 units. */
public record Position(int line, int column) {

    public static final Position START = new Position(1, 1);
}
