@NullMarked
package org.tenon.samples.blockfile;

import org.jspecify.annotations.NullMarked;
