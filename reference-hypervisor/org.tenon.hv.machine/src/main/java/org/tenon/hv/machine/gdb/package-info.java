/**
 * GDB's remote serial protocol over a loopback socket: {@link org.tenon.hv.machine.gdb.GdbServer}
 * waits for one debugger and lets it drive the machine. Each virtual processor is a thread to GDB.
 * Protocol: GDB manual, appendix E.
 */
@NullMarked
package org.tenon.hv.machine.gdb;

import org.jspecify.annotations.NullMarked;
