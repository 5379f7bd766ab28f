package org.tenon.hv.virtio.rng;

import org.tenon.hv.bus.state.StateFormat;

/**
 * What is saved of an entropy device beside the common part ({@link
 * org.tenon.hv.virtio.VirtioState}).
 *
 * @param features what was agreed
 * @param position where its entropy stands
 */
@StateFormat(name = "virtio-rng", version = 1)
public record RngState(long features, long position) {}
