/**
 * What is remembered: the one place where a thing becomes a fact. {@code Store} is the port, {@code
 * SqliteStore} the file of one service, {@code InMemoryStore} the same promises without a disk.
 *
 * <p>In: works, functions of what the store holds, with opaque JSON of those who own it. Out: rows.
 * Time is epoch milliseconds and is handed in. Decides nothing.
 *
 * <p>A group of tables is one interface of reads ({@code Runs}) with the writes nested in it
 * ({@code Runs.Writable}): who only reads cannot write.
 */
@NullMarked
package dev.sopwith.engine.store;

import org.jspecify.annotations.NullMarked;
