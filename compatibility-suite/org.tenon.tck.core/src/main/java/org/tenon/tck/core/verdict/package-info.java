/**
 * From test results to a verdict, by the formula that docs/reference/verdict.md publishes.
 *
 * <pre>{@code
 * TestResult ─┐
 * Requirement ┼─▶ VerdictFormula ─▶ ClauseVerdict per clause ─▶ LevelVerdict per level ─▶ Verdict
 * Waiver ─────┘
 * }</pre>
 *
 * <p>Everything here is a value; nothing runs a test or touches a file but {@link
 * org.tenon.tck.core.verdict.Waivers#read}.
 */
@NullMarked
package org.tenon.tck.core.verdict;

import org.jspecify.annotations.NullMarked;
