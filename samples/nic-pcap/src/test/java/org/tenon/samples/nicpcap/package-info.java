@NullMarked
package org.tenon.samples.nicpcap;

import org.jspecify.annotations.NullMarked;
