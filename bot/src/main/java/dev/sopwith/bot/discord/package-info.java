/**
 * Discord: one channel of one guild as a room, with slash commands, buttons, modals and a thread
 * for each run.
 *
 * <p>In: documents to show; what the gateway tells. Out: typed events, requests to Discord. Knows
 * the words that can be said, for its commands are made of them; decides nothing. JDA keeps the
 * connection and the rate limits; what is sent and heard is JSON made and read here, so that no
 * cache decides what reaches people.
 */
@NullMarked
package dev.sopwith.bot.discord;

import org.jspecify.annotations.NullMarked;
