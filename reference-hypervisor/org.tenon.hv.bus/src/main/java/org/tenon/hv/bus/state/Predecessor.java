package org.tenon.hv.bus.state;

/**
 * A state record that has a newer version. It stays as it is, for the files that hold it.
 *
 * @param <R> the record of the next version
 */
public interface Predecessor<R extends Record> {
  /** The same in the next version; what that adds has the value that it always had before. */
  R newer();
}
