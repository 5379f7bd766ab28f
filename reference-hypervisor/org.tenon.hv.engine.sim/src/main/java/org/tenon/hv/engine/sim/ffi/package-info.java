/** Raw access to guest RAM by host address; the only place of this module that does. */
@NullMarked
package org.tenon.hv.engine.sim.ffi;

import org.jspecify.annotations.NullMarked;
