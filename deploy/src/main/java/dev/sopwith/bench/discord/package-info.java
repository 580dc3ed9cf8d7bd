/**
 * Discord on this machine, for the demo, for measuring and for tests: {@link
 * dev.sopwith.bench.discord.FakeDiscord} speaks REST and the gateway of a guild with a few people
 * in it, over real sockets of the loopback. What comes in is what an application calls and what
 * people do; what goes out is what Discord would answer, refuse and tell.
 *
 * <p>It is a fake: what it does not know it refuses loudly. Tests hold all that was said against
 * what Discord publishes about its interface.
 */
@NullMarked
package dev.sopwith.bench.discord;

import org.jspecify.annotations.NullMarked;
