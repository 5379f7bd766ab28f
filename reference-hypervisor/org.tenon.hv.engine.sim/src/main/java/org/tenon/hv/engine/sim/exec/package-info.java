/**
 * What each instruction does: one small method per mnemonic, bound by name to the rows of the
 * instruction table in {@link org.tenon.hv.engine.sim.exec.Handlers}. A handler changes nothing
 * before its last access that can fault, so that every fault and every exit can restart the
 * instruction; RIP already points to the next instruction when a block's last handler runs, and is
 * moved only by transfers of control.
 */
@NullMarked
package org.tenon.hv.engine.sim.exec;

import org.jspecify.annotations.NullMarked;
