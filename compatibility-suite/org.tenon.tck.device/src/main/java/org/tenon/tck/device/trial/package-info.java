/** What a test of a PCI function works with: the subject, harnesses, a hostile guest. */
@NullMarked
package org.tenon.tck.device.trial;

import org.jspecify.annotations.NullMarked;
