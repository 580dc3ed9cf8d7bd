package dev.sopwith.engine.secret;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What to look for: the secrets themselves, and how they read inside a text in Base64.
 *
 * @param all everything
 * @param base64 only what is in Base64, for texts whose line ends are taken out
 */
record Needles(ByteAutomaton all, ByteAutomaton base64) {

    static Needles of(Collection<Secret> secrets) {
        Set<String> texts = new HashSet<>();
        for (var secret : secrets) {
            var value = secret.reveal();
            add(value, texts);
            add(value.strip(), texts); // the end of a line in a file of secrets
            value.lines().forEach(line -> add(line, texts));
            value.lines().forEach(line -> add(line.strip(), texts));
        }
        Set<String> encoded = new HashSet<>();
        texts.forEach(text -> addBase64(text.getBytes(StandardCharsets.UTF_8), encoded));
        var base64 = ByteAutomaton.of(encoded);
        encoded.addAll(texts);
        return new Needles(ByteAutomaton.of(encoded), base64);
    }

    boolean isEmpty() {
        return all.lengthMax() == 0;
    }

    private static void add(String text, Set<String> texts) {
        if (text.codePointCount(0, text.length()) >= Masker.CHARACTERS_MIN) texts.add(text);
    }

    /**
     * Base64 writes 3 bytes as 4 characters, so a secret reads in three ways, depending on what
     * stands before it. Characters that also depend on its neighbours are left out.
     */
    private static void addBase64(byte[] secret, Set<String> encoded) {
        for (int before = 0; before < 3; before++) {
            var shifted = new byte[before + secret.length];
            System.arraycopy(secret, 0, shifted, before, secret.length);
            var text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            int start = before == 0 ? 0 : before + 1;
            int end = shifted.length * 8 / 6;
            var inside = text.substring(start, end);
            encoded.add(inside);
            encoded.add(inside.replace('+', '-').replace('/', '_'));
        }
    }
}
