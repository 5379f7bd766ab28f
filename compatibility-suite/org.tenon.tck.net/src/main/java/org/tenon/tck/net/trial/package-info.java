/**
 * What every test of a NIC driver stands on: {@link org.tenon.tck.net.trial.NicTests} gives each
 * test a {@link org.tenon.tck.net.trial.NicTrial}, which lays wires, opens drivers on the kit's
 * checking host as {@link org.tenon.tck.net.trial.Card}s, and hands out the test's own random
 * choices.
 */
@NullMarked
package org.tenon.tck.net.trial;

import org.jspecify.annotations.NullMarked;
