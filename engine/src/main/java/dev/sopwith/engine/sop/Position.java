package dev.sopwith.engine.sop;

/** A place in a text: line and column from 1, columns in UTF-16 units. */
record Position(int line, int column) {

    static final Position START = new Position(1, 1);
}
