/**
 * The service: everything that runs, wired by hand.
 *
 * <p>In: where the SOPs and the state are. Out: a service that listens until it is closed. Decides
 * nothing; the only place that names the concrete parts.
 */
@NullMarked
package dev.sopwith.app;

import org.jspecify.annotations.NullMarked;
