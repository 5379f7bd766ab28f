/** The tests through the guest's door: configuration space, BARs, MSI-X, resets. */
@NullMarked
package org.tenon.tck.device.hardware;

import org.jspecify.annotations.NullMarked;
