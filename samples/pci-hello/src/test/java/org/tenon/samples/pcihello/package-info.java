@NullMarked
package org.tenon.samples.pcihello;

import org.jspecify.annotations.NullMarked;
