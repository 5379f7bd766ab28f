/**
 * What is left when the power is cut or the process is killed.
 *
 * <p>{@link org.tenon.tck.block.durability.PowerCutTests} records what a driver does to its storage
 * while a seeded workload runs, plays power cuts on the record, opens the driver again on each
 * image and asks an oracle whether every promise was kept: no root, no hardware. {@link
 * org.tenon.tck.block.durability.KillTests} kills a real process that runs the driver, at every
 * operation of its storage, and a real server behind it.
 */
@NullMarked
package org.tenon.tck.block.durability;

import org.jspecify.annotations.NullMarked;
