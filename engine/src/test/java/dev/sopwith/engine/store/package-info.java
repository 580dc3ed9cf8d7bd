@NullMarked
package dev.sopwith.engine.store;

import org.jspecify.annotations.NullMarked;
