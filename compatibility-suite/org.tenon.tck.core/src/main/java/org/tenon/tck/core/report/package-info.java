/**
 * Writes a {@link org.tenon.tck.core.run.RunReport} down: {@code report.json} for machines
 * (spec/schemas/certification-report.schema.json), {@code junit.xml} for build servers, and {@code
 * report.html}, one page without outside parts, for people.
 */
@NullMarked
package org.tenon.tck.core.report;

import org.jspecify.annotations.NullMarked;
