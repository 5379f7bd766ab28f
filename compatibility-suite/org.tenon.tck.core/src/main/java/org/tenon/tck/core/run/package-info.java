/**
 * Runs the tests of a profile against a subject, on the JUnit Platform.
 *
 * <pre>{@code
 * Profile + Subject ─▶ Certification ─▶ JUnit launcher ─▶ contract tests
 *                        ▲                                │ RunContext: seed, evidence, subject
 * RunEvent… ◀────────────┤◀──── ResultListener ◀──────────┘
 *                        ▼
 *                  RunReport (verdict, results, evidence, environment)
 * }</pre>
 *
 * <p>The same tests run in a partner's own build, where JUnit itself starts them; {@link
 * org.tenon.tck.core.run.RunContext} then takes the seed from the system property {@code
 * tenon.seed}, or draws one, and prints it with every failure.
 */
@NullMarked
package org.tenon.tck.core.run;

import org.jspecify.annotations.NullMarked;
