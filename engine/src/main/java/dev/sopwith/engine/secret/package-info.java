/**
 * What must not be seen: what a secret is ({@code Secret}), how it is kept out of sight ({@code
 * Masker}) and kept in the store ({@code SecretBox}), and strings that look like one ({@code
 * TokenScan}); APPROVALS §5.
 *
 * <p>In: any text, and the secrets to hide. Out: the text without them; places and what they look
 * like. Pure but for the key file of {@code SecretBox}.
 */
@NullMarked
package dev.sopwith.engine.secret;

import org.jspecify.annotations.NullMarked;
