/**
 * What is certified: a block driver's factory, the bundle it came in, and how the suite gives it
 * storage of its own.
 *
 * <p>A {@link org.tenon.tck.block.subject.Storage} makes {@link
 * org.tenon.tck.block.subject.Scratch}es: fresh storage of a given size that a driver reaches
 * {@linkplain org.tenon.tck.block.subject.Scratch#direct() directly}, as in production, or
 * {@linkplain org.tenon.tck.block.subject.Scratch#observe under observation}, where faults are
 * injected and power cuts are played.
 */
@NullMarked
package org.tenon.tck.block.subject;

import org.jspecify.annotations.NullMarked;
