/**
 * What must not be seen: finds strings that look like credentials (APPROVALS §5).
 *
 * <p>In: any text. Out: places and what they look like, never the secret itself. Pure.
 */
@NullMarked
package dev.sopwith.engine.secret;

import org.jspecify.annotations.NullMarked;
