/**
 * What the Linux kernel can do with a file beyond {@code java.nio}: holes, reserved space, locks
 * that belong to one open of the file. The only package here that calls foreign functions;
 * blocking, for any thread.
 */
@NullMarked
package org.tenon.samples.blockfile.ffi;

import org.jspecify.annotations.NullMarked;
