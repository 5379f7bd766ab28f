/**
 * What every test of a block driver stands on: {@link org.tenon.tck.block.trial.BlockTests} gives
 * each test a {@link org.tenon.tck.block.trial.BlockTrial}, which provides storage, opens drivers
 * on the kit's checking host, hands out the test's own random choices, and after the test holds
 * every fault that the host saw against the driver.
 */
@NullMarked
package org.tenon.tck.block.trial;

import org.jspecify.annotations.NullMarked;
