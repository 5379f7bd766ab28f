/**
 * The PCI device profile: what is tested of a partner's own PCI function. A partner extends {@link
 * org.tenon.tck.device.DeviceDriverContract}; {@code tenon certify} runs the same tests on a
 * bundle.
 *
 * <p>Two doors: the SPI called directly by the driver kit's checking host, and the function behind
 * virtual hardware, reached as a guest's processor does. What a vendor's registers mean the suite
 * does not know; it pokes at them at random, from a seed, and holds the driver to what is promised
 * whatever they mean.
 */
@NullMarked
package org.tenon.tck.device;

import org.jspecify.annotations.NullMarked;
