package org.tenon.hv.attach;

import org.tenon.api.ClauseId;

/**
 * The clauses that every queue of one kind keeps, under that kind's numbers.
 *
 * @param prefix it accepts a prefix of the batch
 * @param exactlyOnce what was accepted comes back exactly once
 * @param nothingElse nothing else comes back
 * @param returns the call does not block
 * @param callsReady one that refuses with nothing in flight calls queueReady
 */
record PortClauses(
    ClauseId prefix,
    ClauseId exactlyOnce,
    ClauseId nothingElse,
    ClauseId returns,
    ClauseId callsReady) {}
