/**
 * What a run measures and enumerates beside its verdict, for whoever reads the report: latencies
 * and crash images. A test adds to the {@link org.tenon.tck.core.evidence.EvidenceLog} of its run;
 * evidence never changes a verdict.
 */
@NullMarked
package org.tenon.tck.core.evidence;

import org.jspecify.annotations.NullMarked;
