/**
 * The contract tier: a driver called through the SPI by the kit's checking host, one group of tests
 * for each subject.
 *
 * <p>Many clauses are watched by the host all the time (completion exactly once, memory not used
 * after it, no thread left behind); the tests that cover such a clause bring about the situation in
 * which a driver would break it.
 */
@NullMarked
package org.tenon.tck.block.contract;

import org.jspecify.annotations.NullMarked;
