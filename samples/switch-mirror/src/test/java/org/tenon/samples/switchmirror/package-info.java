@NullMarked
package org.tenon.samples.switchmirror;

import org.jspecify.annotations.NullMarked;
