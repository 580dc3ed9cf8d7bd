/**
 * What people write, understood: words to one {@code Command}, or to the one line that says what to
 * write instead.
 *
 * <p>In: a message and where it was written; names of what there is. Out: values. Pure: no clock,
 * no store, no network, and nothing is done here. {@code Verb} is the one table of the verbs:
 * usage, help, completion and what a network registers all come from it.
 */
@NullMarked
package dev.sopwith.bot.command;

import org.jspecify.annotations.NullMarked;
