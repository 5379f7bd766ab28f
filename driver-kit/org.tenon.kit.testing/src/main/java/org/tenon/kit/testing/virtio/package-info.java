/** A guest's side of virtio. */
@NullMarked
package org.tenon.kit.testing.virtio;

import org.jspecify.annotations.NullMarked;
