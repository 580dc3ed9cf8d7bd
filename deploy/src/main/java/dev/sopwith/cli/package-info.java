/**
 * The command line. In come the words a person typed and the files in their folder; out go text for
 * a terminal, JSON and an exit code ({@link dev.sopwith.cli.Exit}).
 *
 * <p>Invariant: whatever an author wrote reaches the terminal only through {@link
 * dev.sopwith.cli.Screen}, which lets no control sequence pass.
 */
@NullMarked
package dev.sopwith.cli;

import org.jspecify.annotations.NullMarked;
