/**
 * A real Matrix homeserver on this machine, for measuring and for tests: {@link
 * dev.sopwith.bench.synapse.Synapse} is the server, {@link dev.sopwith.bench.synapse.MatrixUser} a
 * person at it who uses nothing but the client-server API.
 *
 * <p>What has to be fetched for it is fetched once a machine and kept ({@link
 * dev.sopwith.bench.synapse.KeptFolder}). Everything listens on the loopback only and federates
 * with nobody.
 */
@NullMarked
package dev.sopwith.bench.synapse;

import org.jspecify.annotations.NullMarked;
