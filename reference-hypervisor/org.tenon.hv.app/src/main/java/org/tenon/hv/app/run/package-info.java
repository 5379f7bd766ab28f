/**
 * What {@code tenon run} needs besides the machine: the terminal as the guest's console, and the
 * choice of an engine.
 */
@NullMarked
package org.tenon.hv.app.run;

import org.jspecify.annotations.NullMarked;
