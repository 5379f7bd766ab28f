@NullMarked
package org.tenon.samples.e1000;

import org.jspecify.annotations.NullMarked;
