/**
 * The switch profile: what is tested of an extension of the virtual switch. A partner extends
 * {@link org.tenon.tck.vswitch.SwitchExtensionContract}; {@code tenon certify} runs the same tests
 * on a bundle.
 *
 * <p>The driver kit's checking switch has frames enter, from a seed, and compares decisions with
 * decisions: what a vendor's policy is the suite does not know. The switch has ports of guests, an
 * uplink, and one for each name that the extension's settings hold, so that one that is told {@code
 * to=watch} finds a port of that name.
 */
@NullMarked
package org.tenon.tck.vswitch;

import org.jspecify.annotations.NullMarked;
