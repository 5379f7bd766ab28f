/**
 * {@code pci-hello}: a PCI function in a few pages, to be read from top to bottom by whoever writes
 * one.
 *
 * <ol>
 *   <li>{@link org.tenon.samples.pcihello.HelloDriverFactory} says what the driver is called, what
 *       it can be told, and what it takes from an offer.
 *   <li>{@link org.tenon.samples.pcihello.HelloDriver} is the function: what its configuration
 *       space says, what a guest reads and writes behind its BAR, the doorbell, the reset.
 *   <li>{@link org.tenon.samples.pcihello.HelloRegisters} is all of its state, and its saved form.
 * </ol>
 *
 * <p>Everything runs on the device thread, so there is no lock anywhere.
 */
@NullMarked
package org.tenon.samples.pcihello;

import org.jspecify.annotations.NullMarked;
