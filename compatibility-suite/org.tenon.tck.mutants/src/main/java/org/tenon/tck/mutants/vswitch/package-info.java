/**
 * Broken extensions of the virtual switch: {@link org.tenon.tck.mutants.vswitch.BaseGuard} keeps
 * every promise, and each of {@link org.tenon.tck.mutants.vswitch.SwitchMutants} breaks one.
 */
@NullMarked
package org.tenon.tck.mutants.vswitch;

import org.jspecify.annotations.NullMarked;
