@NullMarked
package org.tenon.samples.nictap;

import org.jspecify.annotations.NullMarked;
