/** x. */
@org.jspecify.annotations.NullMarked
package dev.sopwith.engine.sop;
