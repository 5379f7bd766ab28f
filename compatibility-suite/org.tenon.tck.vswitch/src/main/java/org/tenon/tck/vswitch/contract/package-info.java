/** The tests, in groups. */
@NullMarked
package org.tenon.tck.vswitch.contract;

import org.jspecify.annotations.NullMarked;
