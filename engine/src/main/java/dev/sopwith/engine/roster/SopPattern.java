package dev.sopwith.engine.roster;

/**
 * Which SOPs a rule is about: a name, in which {@code *} stands for any text and {@code ?} for one
 * character. Takes time linear in text times pattern at worst.
 */
public record SopPattern(String text) {
    /** Whether this fits the whole name. */
    public boolean fits(String sop) {
        int at = 0;
        int next = 0;
        int star = -1;
        int starAt = 0;
        while (at < sop.length()) {
            if (next < text.length() && text.charAt(next) == '*') {
                star = next++;
                starAt = at;
            } else if (next < text.length() && isSame(text.charAt(next), sop.charAt(at))) {
                next++;
                at++;
            } else if (star >= 0) {
                next = star + 1;
                at = ++starAt;
            } else {
                return false;
            }
        }
        while (next < text.length() && text.charAt(next) == '*') next++;
        return next == text.length();
    }

    /** Whether every name fits. */
    boolean fitsAll() {
        return text.chars().allMatch(c -> c == '*');
    }

    private static boolean isSame(char pattern, char name) {
        return pattern == '?' || pattern == name;
    }

    @Override
    public String toString() {
        return text;
    }
}
