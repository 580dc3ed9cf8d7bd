package dev.sopwith.bot.discord;

import net.dv8tion.jda.api.utils.data.DataObject;

import java.util.Optional;

/** Reactions as marks: variants of one are one. Pure. */
final class Marks {
    private static final int VARIATION = 0xFE0F;
    private static final int TONE_FIRST = 0x1F3FB;
    private static final int TONE_LAST = 0x1F3FF;

    private Marks() {}

    /** Whether it says yes or no to a prompt. */
    static boolean isVote(String mark) {
        return mark.equals("✅") || mark.equals("❌");
    }

    /** What it shows; none of what only this guild has. */
    static Optional<String> plain(DataObject emoji) {
        var name = emoji.getString("name", "");
        if (!emoji.isNull("id") || name.isEmpty()) return Optional.empty();
        var plain = new StringBuilder();
        name.codePoints()
                .filter(it -> it != VARIATION && (it < TONE_FIRST || it > TONE_LAST))
                .forEach(plain::appendCodePoint);
        return plain.isEmpty() ? Optional.empty() : Optional.of(plain.toString());
    }
}
