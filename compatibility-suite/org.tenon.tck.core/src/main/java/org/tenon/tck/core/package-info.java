/**
 * The vocabulary of certification.
 *
 * <h2>A guided tour</h2>
 *
 * <ul>
 *   <li>A {@link org.tenon.tck.core.Requirement} is one numbered clause of spec/requirements;
 *       {@link org.tenon.tck.core.Requirements} reads them.
 *   <li>A test is a JUnit method that says with {@link org.tenon.tck.core.Clause} which clauses it
 *       covers. It belongs to a {@link org.tenon.tck.core.Level} (the highest of its clauses, or a
 *       higher one that {@link org.tenon.tck.core.AtLevel} names) and to a {@link
 *       org.tenon.tck.core.Tier}.
 *   <li>Every random choice comes from one {@link org.tenon.tck.core.Seed}; each test derives its
 *       own from it by name, so that neither order nor selection of tests changes what a test does.
 *   <li>A test that finds a broken promise throws {@link org.tenon.tck.core.ClauseViolated}:
 *       clause, expected, actual.
 * </ul>
 *
 * <p>{@link org.tenon.tck.core.run} runs tests, {@link org.tenon.tck.core.verdict} judges their
 * results by the published formula, {@link org.tenon.tck.core.report} writes them down. Nothing
 * here knows a device class; those are profiles such as org.tenon.tck.block.
 *
 * <p>All types are immutable and safe for use by any thread unless they say otherwise.
 */
@NullMarked
package org.tenon.tck.core;

import org.jspecify.annotations.NullMarked;
