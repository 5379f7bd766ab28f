/** A checking host for drivers under test. */
@NullMarked
package org.tenon.kit.testing;

import org.jspecify.annotations.NullMarked;
