package dev.sopwith.bot.local;

import dev.sopwith.engine.run.Actor;

/**
 * Who is on the other end of the socket, as the kernel says.
 *
 * @param login of that user
 * @param operator whether it is the service's own user or root
 */
public record Caller(String login, boolean operator) {
    /** Without a roster the service's own user is the only person there is. */
    Actor actor(String person) {
        return new Actor(person, "local:" + login);
    }
}
