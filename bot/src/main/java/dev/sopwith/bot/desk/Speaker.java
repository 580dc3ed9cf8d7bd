package dev.sopwith.bot.desk;

import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.run.Actor;

/**
 * Who says something, and where.
 *
 * @param identity the account, as its network or the kernel vouches for it
 * @param person whom the roster says that is; of a stranger the account itself
 * @param isOperator whether it is the service's own user or root
 */
public record Speaker(Identity identity, String person, boolean isOperator, Surface surface) {

    /** Where people are heard. */
    public enum Surface {
        /** A command line on this machine; only whoever asked reads the answer. */
        SOCKET,
        /** A room; others read along. */
        ROOM
    }

    /** For people to read: who it is, and by which account where that says another name. */
    String named() {
        boolean isOneName = person.equals(identity.id()) || person.equals(identity.toString());
        return isOneName ? identity.toString() : "%s (%s)".formatted(person, identity);
    }

    /** As whom their votes and words are counted. */
    Actor actor() {
        return new Actor(person, identity.toString());
    }
}
