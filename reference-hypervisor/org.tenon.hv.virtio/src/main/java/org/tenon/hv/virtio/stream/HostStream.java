package org.tenon.hv.virtio.stream;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A connection between a device and the host: bytes in both directions, each through a ring. The
 * device's side belongs to the run-loop thread; whoever has put in or taken out calls {@link
 * #moved}.
 */
public final class HostStream extends Served implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HostStream.class.getName());

  private final Runnable wake;
  private final WritableByteChannel out;
  private final @Nullable SocketChannel socket;
  private final Runnable news;
  private final ByteRing toGuest;
  private final ByteRing fromGuest;
  private @Nullable SelectionKey key;
  private boolean outputShut;
  private volatile boolean inputEnded;
  private volatile boolean broken;
  private volatile boolean outputEnding;
  private volatile boolean closing;
  private volatile @Nullable Thread waiting;

  /**
   * A stream.
   *
   * @param wake has {@link #prepare} called soon
   * @param socket the same as {@code out}, or null for a file
   */
  HostStream(
      Runnable wake,
      WritableByteChannel out,
      @Nullable SocketChannel socket,
      int ringBytes,
      Runnable news) {
    this.wake = wake;
    this.out = out;
    this.socket = socket;
    this.news = news;
    toGuest = new ByteRing(socket == null ? 1 : ringBytes);
    fromGuest = new ByteRing(ringBytes);
  }

  /** Bytes on their way to the guest. */
  public ByteRing toGuest() {
    return toGuest;
  }

  /** Bytes on their way from the guest. */
  public ByteRing fromGuest() {
    return fromGuest;
  }

  /** The device has put in or taken out. */
  public void moved() {
    wake.run();
  }

  /** Whether nothing more will arrive in {@link #toGuest}. */
  public boolean isInputEnded() {
    return inputEnded;
  }

  /** Whether the host takes nothing any more; what is put in is lost. */
  public boolean isBroken() {
    return broken;
  }

  /**
   * Whether {@link #awaitRoom} is the way to go on when {@link #fromGuest} is full: a file takes
   * everything soon, and a run that writes to one repeats exactly only if it never sees how soon.
   */
  public boolean isPrompt() {
    return socket == null;
  }

  /** Waits until {@link #fromGuest} has room. Run-loop thread. */
  public void awaitRoom() {
    waiting = Thread.currentThread();
    wake.run();
    while (fromGuest.free() == 0 && !broken && !closing) {
      LockSupport.park(this);
    }
    waiting = null;
  }

  /** The guest sends no more: the host sees an end when it has everything. */
  public void endOutput() {
    outputEnding = true;
    wake.run();
  }

  /** Whether the host has everything that the guest sent, or never will. */
  public boolean isDrained() {
    return broken || fromGuest.used() == 0;
  }

  @Override
  boolean prepare(HostIo io) {
    if (closing) {
      return false;
    }
    int interest = 0;
    try {
      if (socket != null && key == null) {
        key = io.register(socket, this);
      }
      interest = inputEnded || toGuest.free() == 0 ? 0 : SelectionKey.OP_READ;
      if (!broken) {
        write();
        if (fromGuest.used() > 0) {
          interest |= SelectionKey.OP_WRITE;
        } else if (outputEnding && !outputShut && socket != null) {
          outputShut = true;
          socket.shutdownOutput();
        }
      }
    } catch (IOException e) {
      fail(e);
    }
    if (key != null) {
      key.interestOps(interest);
    }
    return true;
  }

  /** A file takes all, a socket what it can. */
  private void write() throws IOException {
    boolean some = false;
    while (fromGuest.used() > 0 && fromGuest.drain(out) > 0) {
      some = true;
    }
    if (some) {
      tell();
    }
  }

  private void fail(IOException e) {
    if (!broken) {
      LOG.log(Level.DEBUG, "a stream of the host''s ends: {0}", e.getMessage());
      if (socket == null) {
        LOG.log(Level.WARNING, "the guest''s output is lost from here on: {0}", e.getMessage());
      }
    }
    broken = true;
    inputEnded = true;
    tell();
  }

  private void tell() {
    LockSupport.unpark(waiting);
    news.run();
  }

  @Override
  void ready() {
    SocketChannel from = socket;
    if (from == null) {
      return;
    }
    try {
      if (!inputEnded && toGuest.free() > 0) {
        int count = toGuest.fill(from);
        if (count < 0) {
          inputEnded = true;
        }
        if (count != 0) {
          tell();
        }
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  @Override
  void release() {
    try {
      if (socket == null && !broken) {
        write();
      }
      out.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a stream of the host''s did not close: {0}", e.getMessage());
    }
    broken = true;
    inputEnded = true;
    tell();
  }

  /** Ends the connection at once; a file is written to its end. */
  @Override
  public void close() {
    closing = true;
    wake.run();
  }
}
