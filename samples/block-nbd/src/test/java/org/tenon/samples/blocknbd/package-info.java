@NullMarked
package org.tenon.samples.blocknbd;

import org.jspecify.annotations.NullMarked;
