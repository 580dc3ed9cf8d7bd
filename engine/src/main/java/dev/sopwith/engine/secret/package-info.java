/**
 * What must not be seen: what a secret is ({@code Secret}), how it is kept out of sight ({@code
 * Masker}), and strings that look like one ({@code TokenScan}); APPROVALS §5.
 *
 * <p>In: any text, and the secrets to hide. Out: the text without them; places and what they look
 * like. Pure.
 */
@NullMarked
package dev.sopwith.engine.secret;

import org.jspecify.annotations.NullMarked;
