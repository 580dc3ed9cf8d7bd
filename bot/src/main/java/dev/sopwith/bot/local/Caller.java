package dev.sopwith.bot.local;

/**
 * Who is on the other end of the socket, as the kernel says.
 *
 * @param login of that user
 * @param operator whether it is the service's own user or root
 */
public record Caller(String login, boolean operator) {}
