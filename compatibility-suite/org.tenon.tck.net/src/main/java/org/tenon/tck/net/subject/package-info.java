/** What is certified: a NIC driver and the wire that it is given. */
@NullMarked
package org.tenon.tck.net.subject;

import org.jspecify.annotations.NullMarked;
