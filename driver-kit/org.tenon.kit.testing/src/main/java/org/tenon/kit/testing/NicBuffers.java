package org.tenon.kit.testing;

/**
 * Which buffers a harness keeps posted on each pair.
 *
 * @param count how many, as far as the depth goes; 0 for none
 * @param bytes how long each is; 0 for as long as the longest frame
 */
record NicBuffers(int count, int bytes) {
  static final NicBuffers USUAL = new NicBuffers(64, 0);
}
