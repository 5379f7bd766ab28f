package org.tenon.hv.virtio.vsock;

import org.tenon.hv.virtio.BufferReader;
import org.tenon.hv.virtio.BufferWriter;
import org.tenon.hv.virtio.stream.HostStream;

/**
 * One connection between a socket of the guest's and a program on the host, with the credit that
 * each side has (VIRTIO 1.2, 5.10.6.3). Run-loop thread.
 *
 * <pre>{@code
 * GREETING ── the host named a port ──▶ ASKED ── RESPONSE ──▶ OPEN ── both ended ──▶ OVER
 *                 the guest asked ──▶ CALLING ── somebody is there ──▶ OPEN
 * }</pre>
 */
final class VsockConnection {
  /** What each direction can hold on its way through the host. */
  static final int RING_BYTES = 1 << 16;

  /** The longest greeting. */
  private static final int LINE_BYTES = 32;

  /** What the guest may have on its way: the answer to a greeting has room beside it. */
  private static final int BUFFER_BYTES = RING_BYTES - LINE_BYTES;

  private static final String COMMAND = "CONNECT ";

  /** The order in which what is due is sent; bytes come before a SHUTDOWN. */
  private static final int[] BEFORE_BYTES = {
    VsockOperation.RST, VsockOperation.REQUEST, VsockOperation.RESPONSE
  };

  private static final int[] AFTER_BYTES = {
    VsockOperation.SHUTDOWN, VsockOperation.CREDIT_UPDATE, VsockOperation.CREDIT_REQUEST
  };

  private enum State {
    GREETING,
    ASKED,
    CALLING,
    OPEN,
    OVER
  }

  private final HostStream stream;
  private final long hostPort;
  private final StringBuilder line = new StringBuilder();
  private long guestPort;
  private State state;
  private int due;
  private long answerBytes;

  /** What the guest has told of its room, and what it was sent: free-running 32-bit counts. */
  private int guestBuffer;

  private int guestForwarded;
  private int sent;

  /** What the guest was told has been forwarded to the host. */
  private int toldForwarded;

  private boolean askedForCredit;
  private boolean guestSends = true;
  private boolean guestReceives = true;
  private boolean toldEnd;

  private VsockConnection(HostStream stream, long guestPort, long hostPort, State state) {
    this.stream = stream;
    this.guestPort = guestPort;
    this.hostPort = hostPort;
    this.state = state;
  }

  /** Somebody on the host has come, who has not said yet where to. */
  static VsockConnection greeting(HostStream stream, long hostPort) {
    return new VsockConnection(stream, -1, hostPort, State.GREETING);
  }

  /** The guest wants to be connected. */
  static VsockConnection calling(HostStream stream, VsockHeader request) {
    VsockConnection made =
        new VsockConnection(stream, request.sourcePort, request.targetPort, State.CALLING);
    made.takeCredit(request);
    return made;
  }

  boolean is(long guest, long host) {
    return guestPort == guest && hostPort == host;
  }

  long hostPort() {
    return hostPort;
  }

  /** Whether nothing is left to do but to forget it. */
  boolean isOver() {
    return state == State.OVER;
  }

  /** Ends it without a word to the guest. */
  void drop() {
    state = State.OVER;
    due = 0;
    stream.close();
  }

  /** Ends it with a word to the guest, where it knows of it. */
  void reset() {
    if (state == State.GREETING) {
      drop();
    } else {
      due = 1 << VsockOperation.RST;
    }
  }

  private boolean isEnding() {
    return (due & 1 << VsockOperation.RST) != 0;
  }

  private void due(int operation) {
    due |= 1 << operation;
  }

  /** Looks at the host's end. */
  void look() {
    if (state == State.OVER || isEnding()) {
      return;
    }
    switch (state) {
      case GREETING -> readGreeting();
      case CALLING -> {
        if (stream.isConnected()) {
          state = State.OPEN;
          due(VsockOperation.RESPONSE);
        } else if (stream.isBroken()) {
          reset();
        }
      }
      case ASKED -> {
        if (stream.isBroken()) {
          reset();
        }
      }
      default -> lookAtOpen();
    }
  }

  private void lookAtOpen() {
    boolean ended = stream.isInputEnded();
    boolean heard = stream.toGuest().used() == 0 || !guestReceives;
    if (!guestSends && !guestReceives && stream.isDrained()) {
      reset();
    } else if (ended && heard && stream.isBroken()) {
      reset();
    } else if (ended && heard && !toldEnd) {
      toldEnd = true;
      due(VsockOperation.SHUTDOWN);
    }
    if (Integer.compareUnsigned(forwarded() - toldForwarded, BUFFER_BYTES / 2) >= 0) {
      due(VsockOperation.CREDIT_UPDATE);
    }
  }

  private void readGreeting() {
    while (stream.toGuest().used() > 0) {
      char next = (char) (stream.toGuest().take() & 0xff);
      if (next == '\n') {
        greeted();
        return;
      }
      line.append(next);
      if (line.length() > LINE_BYTES) {
        drop();
        return;
      }
    }
    stream.moved();
    if (stream.isInputEnded() && stream.toGuest().used() == 0) {
      drop();
    }
  }

  private void greeted() {
    guestPort = port(line.toString().strip());
    if (guestPort < 0) {
      drop();
    } else {
      state = State.ASKED;
      due(VsockOperation.REQUEST);
    }
  }

  /** The port of a greeting; negative for what is none. */
  private static long port(String greeting) {
    String digits = greeting.startsWith(COMMAND) ? greeting.substring(COMMAND.length()) : "";
    return digits.matches("\\d{1,10}") && Long.parseLong(digits) <= 0xffff_ffffL
        ? Long.parseLong(digits)
        : -1;
  }

  /** Takes a packet of the guest's for this connection. */
  void take(VsockHeader packet, BufferReader payload) {
    takeCredit(packet);
    switch (packet.operation) {
      case VsockOperation.RESPONSE -> answered();
      case VsockOperation.RST -> drop();
      case VsockOperation.SHUTDOWN -> guestEnds(packet.flags);
      case VsockOperation.RW -> receive(packet, payload);
      case VsockOperation.CREDIT_UPDATE -> {}
      case VsockOperation.CREDIT_REQUEST -> due(VsockOperation.CREDIT_UPDATE);
      default -> reset();
    }
    look();
  }

  private void takeCredit(VsockHeader packet) {
    guestBuffer = packet.bufferBytes;
    guestForwarded = packet.forwarded;
    askedForCredit = false;
  }

  private void answered() {
    if (state != State.ASKED) {
      reset();
      return;
    }
    state = State.OPEN;
    String answer = "OK " + hostPort + "\n";
    for (int i = 0; i < answer.length(); i++) {
      stream.fromGuest().put((byte) answer.charAt(i));
    }
    answerBytes = answer.length();
    stream.moved();
  }

  private void guestEnds(int flags) {
    guestReceives &= (flags & VsockOperation.NO_RECEIVE) == 0;
    guestSends &= (flags & VsockOperation.NO_SEND) == 0;
    if (!guestSends) {
      stream.endOutput();
    }
    if (state != State.OPEN) {
      reset();
    }
  }

  /** A guest that sends more than it has credit for, or out of turn, loses the connection. */
  private void receive(VsockHeader packet, BufferReader payload) {
    boolean fits =
        state == State.OPEN
            && guestSends
            && packet.length <= payload.left()
            && packet.length <= stream.fromGuest().free();
    if (!fits) {
      reset();
      return;
    }
    stream.fromGuest().put(payload, packet.length);
    stream.moved();
  }

  /** What of the guest's bytes the host has taken. */
  private int forwarded() {
    return (int) Math.max(0, stream.fromGuest().taken() - answerBytes);
  }

  /** How many bytes the guest has room for; what it says may be nonsense. */
  private long credit() {
    long onTheirWay = Integer.toUnsignedLong(sent - guestForwarded);
    return Math.max(0, Integer.toUnsignedLong(guestBuffer) - onTheirWay);
  }

  private boolean hasBytes() {
    return state == State.OPEN && guestReceives && stream.toGuest().used() > 0;
  }

  /** What to send next: an operation, or 0 for nothing. */
  int next() {
    for (int operation : BEFORE_BYTES) {
      if ((due & 1 << operation) != 0) {
        return operation;
      }
    }
    if (hasBytes()) {
      if (credit() > 0) {
        return VsockOperation.RW;
      }
      if (!askedForCredit) {
        askedForCredit = true;
        due(VsockOperation.CREDIT_REQUEST);
      }
    }
    for (int operation : AFTER_BYTES) {
      if ((due & 1 << operation) != 0) {
        return operation;
      }
    }
    return 0;
  }

  /** Writes the packet for {@link #next} into a buffer with room for a header and a byte. */
  void send(int operation, long guestCid, VsockHeader header, BufferWriter into) {
    due &= ~(1 << operation);
    header.sourceCid = VsockHeader.HOST_CID;
    header.targetCid = guestCid;
    header.sourcePort = hostPort;
    header.targetPort = guestPort;
    header.type = VsockHeader.STREAM;
    header.operation = operation;
    header.flags = operation == VsockOperation.SHUTDOWN ? VsockOperation.NO_SEND : 0;
    header.bufferBytes = BUFFER_BYTES;
    header.forwarded = forwarded();
    header.length = operation == VsockOperation.RW ? payload(into.left()) : 0;
    toldForwarded = header.forwarded;
    header.write(into);
    if (operation == VsockOperation.RW) {
      int count = stream.toGuest().take(into, header.length);
      sent += count;
      stream.moved();
      look();
    } else if (operation == VsockOperation.RST) {
      drop();
    }
  }

  private long payload(long room) {
    return Math.min(Math.min(stream.toGuest().used(), credit()), room - VsockHeader.BYTES);
  }
}
