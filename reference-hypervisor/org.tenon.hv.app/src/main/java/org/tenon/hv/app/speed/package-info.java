/**
 * Measures how fast an engine runs guests, each contender as a process of its own whose console is
 * read line by line: compute kernels that are compiled when measuring, and the boot of a Linux
 * guest. Called by {@code tenon guest bench}, on its thread.
 */
@NullMarked
package org.tenon.hv.app.speed;

import org.jspecify.annotations.NullMarked;
