/** TODO. */
@NullMarked
package org.tenon.tck.hypervisor;

import org.jspecify.annotations.NullMarked;
