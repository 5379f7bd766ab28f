/** The tests through the SPI's door: the driver under the kit's checking host, in virtual time. */
@NullMarked
package org.tenon.tck.device.contract;

import org.jspecify.annotations.NullMarked;
