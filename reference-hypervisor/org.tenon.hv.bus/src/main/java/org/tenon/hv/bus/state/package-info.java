/**
 * Saved device state. A device keeps what must survive a save in one record (by convention {@code
 * XState} beside {@code X}), whose constructor rejects whatever the device could not have written;
 * the record carries a {@link org.tenon.hv.bus.state.StateFormat}. {@link
 * org.tenon.hv.bus.state.StateCodec} turns such records into bytes and back: no device has a codec
 * of its own.
 */
@NullMarked
package org.tenon.hv.bus.state;

import org.jspecify.annotations.NullMarked;
