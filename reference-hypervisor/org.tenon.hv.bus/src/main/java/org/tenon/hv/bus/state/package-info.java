/**
 * Saved device state. A device keeps what must survive a save in one record (by convention {@code
 * XState} beside {@code X}), whose constructor rejects whatever the device could not have written;
 * the record carries a {@link org.tenon.hv.bus.state.StateFormat}. {@link
 * org.tenon.hv.bus.state.StateCodec} turns such records into bytes and back: no device has a codec
 * of its own.
 *
 * <p>A device joins by implementing {@link org.tenon.hv.bus.state.Saved}: {@code save} puts its
 * record, {@code restore} takes it. Give the record the format version 1, check every range in its
 * constructor (the file is a stranger's), and keep a file of it as a fixture. A later change never
 * touches that record: the next version is a new one, its {@link org.tenon.hv.bus.state.Successor},
 * and docs/reference/saved-state.md has the steps.
 */
@NullMarked
package org.tenon.hv.bus.state;

import org.jspecify.annotations.NullMarked;
