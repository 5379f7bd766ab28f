/** The tests of the contract, in groups by subject. */
@NullMarked
package org.tenon.tck.net.contract;

import org.jspecify.annotations.NullMarked;
