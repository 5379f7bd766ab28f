/**
 * Broken NIC drivers: {@link org.tenon.tck.mutants.net.NicMutants} lists them. Each differs in one
 * point from one correct driver, whose wire is a {@link org.tenon.tck.mutants.net.MemoryWire}.
 */
@NullMarked
package org.tenon.tck.mutants.net;

import org.jspecify.annotations.NullMarked;
