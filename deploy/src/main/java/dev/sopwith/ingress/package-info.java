/**
 * Web requests: what comes in starts SOPs, and what goes on can be looked at.
 *
 * <p>In: requests to the paths of webhooks, and the questions of monitors. Out: deliveries to the
 * engine's intake, and an answer after each commit. {@code WebhookDesk} knows what a request comes
 * to and nothing of any web server; {@code HttpListener} is the only one that does.
 *
 * <p>Invariants: a request without a proof starts nothing and leaves none of its content behind;
 * 202 means that what came of it is durable; whatever is unclear is refused.
 */
@NullMarked
package dev.sopwith.ingress;

import org.jspecify.annotations.NullMarked;
