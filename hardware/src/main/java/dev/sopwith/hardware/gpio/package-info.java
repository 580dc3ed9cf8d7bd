/**
 * The pins of GPIO chips: their edges start SOPs, and steps set them. In comes what the roster says
 * about boards; out go deliveries to the intake and levels to the pins. Pi4J has the model of
 * inputs and outputs; {@link dev.sopwith.hardware.gpio.KernelChip} speaks to the kernel, {@link
 * dev.sopwith.hardware.gpio.SimulatedChip} to nobody.
 */
@NullMarked
package dev.sopwith.hardware.gpio;

import org.jspecify.annotations.NullMarked;
