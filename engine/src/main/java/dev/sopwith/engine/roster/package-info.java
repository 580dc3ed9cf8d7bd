/**
 * Who is who, who may do what, and what an approval needs (FORMAT §8, APPROVALS §1, 2).
 *
 * <p>In: the text of roster.yaml. Out: a {@code Roster}, which answers questions, or diagnostics
 * with places. With one error there is no {@code Roster}; nothing is thrown for any text. Pure.
 */
@NullMarked
package dev.sopwith.engine.roster;

import org.jspecify.annotations.NullMarked;
