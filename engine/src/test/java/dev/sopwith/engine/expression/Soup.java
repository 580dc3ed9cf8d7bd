package dev.sopwith.engine.expression;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Random texts from pieces that mean something, so that they get deep into a reader. */
final class Soup {
    private static final String[] ODD = {
        "\0", "\ud800", "\udc00", "😀", "\u202e", "\ufeff", "\u00a0", "é", "e\u0301", "٥", "“", "\\"
    };
    private final SplittableRandom random;
    private final String[] pieces;

    Soup(long seed, String... pieces) {
        this.random = new SplittableRandom(seed);
        this.pieces = pieces;
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 5);
    }

    SplittableRandom random() {
        return random;
    }

    String next(int piecesMax) {
        var text = new StringBuilder();
        for (int i = random.nextInt(piecesMax + 1); i > 0; i--) text.append(piece());
        return text.toString();
    }

    private String piece() {
        return switch (random.nextInt(40)) {
            case 0 -> one(ODD);
            case 1 -> Character.toString(random.nextInt(0x20, 0x7f));
            default -> one(pieces);
        };
    }

    String one(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** The text with one character taken out, doubled, or replaced. */
    String broken(String text) {
        if (text.isEmpty()) return piece();
        int at = random.nextInt(text.length());
        var before = text.substring(0, at);
        var after = text.substring(at + 1);
        return switch (random.nextInt(3)) {
            case 0 -> before + after;
            case 1 -> before + text.charAt(at) + text.charAt(at) + after;
            default -> before + piece() + after;
        };
    }
}
