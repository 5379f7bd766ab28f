@NullMarked
package org.tenon.samples.nicloopback;

import org.jspecify.annotations.NullMarked;
