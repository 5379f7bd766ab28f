package org.tenon.kit.testing.virtio;

import java.util.List;
import org.tenon.api.Stability;

/**
 * How a guest uses a virtio-net card. Immutable; start from {@link #DEFAULT} and change copies.
 *
 * @param shape of each ring
 * @param features which to take, as far as they are offered
 * @param pieces into how many descriptors each buffer for a frame is cut, and how long each is
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record GuestNicOptions(RingOptions shape, long features, List<Integer> pieces) {
  /** Plain rings, one pair, no offload either way, commands by address, buffers of 2 KiB. */
  public static final GuestNicOptions DEFAULT =
      new GuestNicOptions(
          RingOptions.PLAIN,
          VirtioFeature.NET_MAC
              | VirtioFeature.NET_MTU
              | VirtioFeature.NET_STATUS
              | VirtioFeature.NET_MRG_RXBUF
              | VirtioFeature.NET_CTRL_VQ
              | VirtioFeature.NET_CTRL_RX
              | VirtioFeature.NET_CTRL_MAC_ADDR,
          List.of(2048));

  /** Copies the list. */
  public GuestNicOptions {
    pieces = List.copyOf(pieces);
  }

  /** The same with rings of that shape. */
  public GuestNicOptions withShape(RingOptions rings) {
    return new GuestNicOptions(rings, features, pieces);
  }

  /** The same with these features on top. */
  public GuestNicOptions with(long more) {
    return new GuestNicOptions(shape, features | more, pieces);
  }

  /** The same with buffers in such pieces. */
  public GuestNicOptions withPieces(Integer... lengths) {
    return new GuestNicOptions(shape, features, List.of(lengths));
  }
}
