/** What a test of an extension works with: the subject, checking switches, frames. */
@NullMarked
package org.tenon.tck.vswitch.trial;

import org.jspecify.annotations.NullMarked;
