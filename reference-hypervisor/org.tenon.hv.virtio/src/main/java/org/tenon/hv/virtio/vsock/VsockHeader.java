package org.tenon.hv.virtio.vsock;

import org.tenon.hv.virtio.BufferReader;
import org.tenon.hv.virtio.BufferWriter;

/** The header of a packet, struct virtio_vsock_hdr (VIRTIO 1.2, 5.10.6); made once, refilled. */
final class VsockHeader {
  /** Bytes. */
  static final int BYTES = 44;

  /** VIRTIO_VSOCK_TYPE_STREAM. */
  static final int STREAM = 1;

  /** The context id of the host (5.10.4). */
  static final long HOST_CID = 2;

  long sourceCid;
  long targetCid;
  long sourcePort;
  long targetPort;
  long length;
  int type;
  int operation;
  int flags;
  int bufferBytes;
  int forwarded;

  /** Reads one, for which there must be enough bytes. */
  void read(BufferReader from) {
    sourceCid = from.number(8);
    targetCid = from.number(8);
    sourcePort = from.number(4);
    targetPort = from.number(4);
    length = from.number(4);
    type = (int) from.number(2);
    operation = (int) from.number(2);
    flags = (int) from.number(4);
    bufferBytes = (int) from.number(4);
    forwarded = (int) from.number(4);
  }

  /** Writes it; there must be room. */
  void write(BufferWriter into) {
    into.number(sourceCid, 8);
    into.number(targetCid, 8);
    into.number(sourcePort, 4);
    into.number(targetPort, 4);
    into.number(length, 4);
    into.number(type, 2);
    into.number(operation, 2);
    into.number(flags, 4);
    into.number(bufferBytes, 4);
    into.number(forwarded, 4);
  }
}
