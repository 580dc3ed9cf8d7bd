@NullMarked
package dev.sopwith.engine.audit;

import org.jspecify.annotations.NullMarked;
