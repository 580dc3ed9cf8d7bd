/**
 * The small languages inside a SOP (FORMAT §3, §4): conditions, paths into payloads, cron
 * expressions, MQTT filters, durations, placeholders, and the JSON they look at.
 *
 * <p>In: text from authors and from outside. Out: a value or one problem with its place ({@code
 * Parsed}); nothing is thrown for any text. Pure.
 */
@NullMarked
package dev.sopwith.engine.expression;

import org.jspecify.annotations.NullMarked;
