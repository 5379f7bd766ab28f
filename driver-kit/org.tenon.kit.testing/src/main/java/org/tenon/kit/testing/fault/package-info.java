/** Faults on demand. */
@NullMarked
package org.tenon.kit.testing.fault;

import org.jspecify.annotations.NullMarked;
