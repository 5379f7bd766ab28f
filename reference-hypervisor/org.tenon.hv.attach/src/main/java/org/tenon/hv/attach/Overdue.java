package org.tenon.hv.attach;

import org.tenon.api.ClauseId;

/**
 * Something a driver should have done by now.
 *
 * @param clause the promise
 * @param subject which queue, which tag
 * @param detail what is missing
 */
record Overdue(ClauseId clause, String subject, String detail) {}
