@NullMarked
package dev.sopwith.engine.chat;

import org.jspecify.annotations.NullMarked;
