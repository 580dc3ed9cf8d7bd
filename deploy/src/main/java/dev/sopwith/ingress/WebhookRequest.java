package dev.sopwith.ingress;

import java.time.Instant;

/**
 * A POST to some path, as far as its answer depends on it.
 *
 * @param path as it was sent: nothing is decoded
 * @param body as it was sent: proofs are about these bytes; not to be changed
 * @param remote address it came from
 * @param remoteIsLocal whether that is this machine
 * @param at when it was received
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and a copy of each would cost
record WebhookRequest(
        String path,
        RequestHeaders headers,
        byte[] body,
        String remote,
        boolean remoteIsLocal,
        Instant at) {}
