package dev.sopwith.cli;

/**
 * What a piece of a line may look like. The text carries the ink as a mark that {@link Screen}
 * turns into a colour or drops; marks are Unicode noncharacters, so no keyboard makes them, and one
 * that an author smuggled in could colour a line but do nothing else.
 */
enum Ink {
    BOLD('\uFDD0', "1"),
    FAINT('\uFDD1', "2"),
    RED('\uFDD2', "1;31"),
    YELLOW('\uFDD3', "1;33"),
    GREEN('\uFDD4', "32"),
    BLUE('\uFDD5', "1;34");

    static final String RESET = "\u001b[0m";

    private static final char END = '\uFDDF';

    private final char mark;
    private final String parameters;

    Ink(char mark, String parameters) {
        this.mark = mark;
        this.parameters = parameters;
    }

    String of(String text) {
        return text.isEmpty() ? "" : mark + text + END;
    }

    static boolean isMark(int codePoint) {
        return codePoint == END
                || (codePoint >= BOLD.mark && codePoint < BOLD.mark + values().length);
    }

    static boolean isEnd(int codePoint) {
        return codePoint == END;
    }

    /** The terminal's control sequence for a mark. */
    static String sequence(int mark) {
        if (isEnd(mark)) return RESET;
        return "\u001b[" + values()[mark - BOLD.mark].parameters + "m";
    }
}
