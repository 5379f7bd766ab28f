/**
 * Broken drivers that the compatibility suite must catch. {@link org.tenon.tck.mutants.Mutants}
 * lists them; each {@link org.tenon.tck.mutants.Mutant} differs in one point from one correct
 * driver, which the suite must pass, and names the clauses that this point breaks. The suite runs
 * on all of them in every build; its score is published.
 */
@NullMarked
package org.tenon.tck.mutants;

import org.jspecify.annotations.NullMarked;
