/**
 * The local operator: a Unix socket on this machine, and what its words do.
 *
 * <p>In: requests as JSON lines, from whom the kernel says they are. Out: commands to the engine,
 * and one answer to each request. Renders nothing; decides nothing about runs.
 */
@NullMarked
package dev.sopwith.bot.local;

import org.jspecify.annotations.NullMarked;
