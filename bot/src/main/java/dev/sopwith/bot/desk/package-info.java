/**
 * The one desk for what people say, wherever they say it: who they are, what they may do, what
 * their words and presses do, and what is told of it.
 *
 * <p>In: commands, and what is heard in rooms. Out: deliveries and commands to the engine, a result
 * for each. Decides nothing about runs and shows nothing.
 */
@NullMarked
package dev.sopwith.bot.desk;

import org.jspecify.annotations.NullMarked;
