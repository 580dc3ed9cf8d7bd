package dev.sopwith.engine.runtime;

import java.util.Set;

/**
 * Who holds the roles that stand for groups, as chat networks say it at this moment.
 *
 * <p>Threading: calls block on the network; never made inside a commit.
 */
public interface Memberships {
    /** Nobody counts by a role. */
    Memberships NONE =
            new Memberships() {
                @Override
                public boolean areAsked() {
                    return false;
                }

                @Override
                public Set<String> held(String person, Set<String> groups) {
                    return Set.of();
                }
            };

    /** Whether a role stands for any group now. */
    boolean areAsked();

    /**
     * Those of these groups whose role this person holds.
     *
     * @throws Unanswered when it cannot be said: then nobody may act as if it had been
     */
    Set<String> held(String person, Set<String> groups) throws Unanswered;

    /** Nobody said who holds which role. The message is for people. */
    final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;

        /** For this reason. */
        public Unanswered(String why) {
            super(why);
        }
    }
}
