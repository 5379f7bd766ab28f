@NullMarked
package org.tenon.api;

import org.jspecify.annotations.NullMarked;
