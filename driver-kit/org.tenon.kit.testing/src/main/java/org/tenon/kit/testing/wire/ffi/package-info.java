/** The suite's end of a wire of Linux, through foreign functions. */
@NullMarked
package org.tenon.kit.testing.wire.ffi;

import org.jspecify.annotations.NullMarked;
