/**
 * How fast the program is on the machine it runs on. In comes the wish to measure; out go figures,
 * each beside its target and a yardstick that was measured in the same run, as a table or as JSON.
 *
 * <p>Nothing is asserted: a figure depends on the machine, so whoever reads it judges, by the ratio
 * rather than by the time. Every {@link dev.sopwith.bench.Bench} is a class of its own and a
 * sub-command in {@link dev.sopwith.bench.BenchCommand}.
 */
@NullMarked
package dev.sopwith.bench;

import org.jspecify.annotations.NullMarked;
