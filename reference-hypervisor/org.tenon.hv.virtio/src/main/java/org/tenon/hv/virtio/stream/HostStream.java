package org.tenon.hv.virtio.stream;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
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
  private final @Nullable FileChannel file;
  private final @Nullable Path target;
  private final Runnable news;
  private final ByteRing toGuest;
  private final ByteRing fromGuest;
  private @Nullable SocketChannel socket;
  private @Nullable SelectionKey key;
  private boolean outputShut;
  private volatile boolean connected;
  private volatile boolean inputEnded;
  private volatile boolean broken;
  private volatile boolean outputEnding;
  private volatile boolean closing;
  private volatile @Nullable Thread waiting;

  private HostStream(
      Runnable wake,
      @Nullable FileChannel file,
      @Nullable SocketChannel socket,
      @Nullable Path target,
      int ringBytes,
      Runnable news) {
    this.wake = wake;
    this.file = file;
    this.socket = socket;
    this.target = target;
    this.news = news;
    connected = target == null;
    toGuest = new ByteRing(file == null ? ringBytes : 1);
    fromGuest = new ByteRing(ringBytes);
  }

  /**
   * A stream over a socket that is connected.
   *
   * @param wake has {@link #prepare} called soon
   */
  static HostStream of(Runnable wake, SocketChannel socket, int ringBytes, Runnable news) {
    return new HostStream(wake, null, socket, null, ringBytes, news);
  }

  /** A stream to a socket that somebody else listens at. */
  static HostStream to(Runnable wake, Path target, int ringBytes, Runnable news) {
    return new HostStream(wake, null, null, target, ringBytes, news);
  }

  /** A stream into a file. */
  static HostStream into(Runnable wake, FileChannel file, int ringBytes) {
    return new HostStream(wake, file, null, null, ringBytes, () -> {});
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

  /** Whether somebody is at the other end, or was; until then it is neither ended nor broken. */
  public boolean isConnected() {
    return connected;
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
    return file != null;
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
    try {
      if (!connected && !broken && target != null) {
        connect(target);
      }
      SocketChannel to = socket;
      if (to != null && key == null && !broken) {
        key = io.register(to, this);
      }
      if (!broken) {
        write();
        if (outputEnding && !outputShut && fromGuest.used() == 0 && to != null) {
          outputShut = true;
          to.shutdownOutput();
        }
      }
    } catch (IOException e) {
      fail(e);
    }
    if (key != null) {
      boolean reads = !inputEnded && toGuest.free() > 0;
      boolean writes = !broken && fromGuest.used() > 0;
      key.interestOps((reads ? SelectionKey.OP_READ : 0) | (writes ? SelectionKey.OP_WRITE : 0));
    }
    return true;
  }

  private void connect(Path to) throws IOException {
    SocketChannel opened = SocketChannel.open(StandardProtocolFamily.UNIX);
    socket = opened;
    opened.configureBlocking(false);
    if (!opened.connect(UnixDomainSocketAddress.of(to))) {
      throw new IOException("whoever listens at " + to + " is busy");
    }
    connected = true;
    tell();
  }

  /** A file takes all, a socket what it can. */
  private void write() throws IOException {
    WritableByteChannel out = file != null ? file : socket;
    boolean some = false;
    while (out != null && fromGuest.used() > 0 && fromGuest.drain(out) > 0) {
      some = true;
    }
    if (some) {
      tell();
    }
  }

  private void fail(IOException e) {
    if (!broken) {
      LOG.log(Level.DEBUG, "a stream of the host''s ends: {0}", e.getMessage());
      if (file != null) {
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
      if (file != null) {
        if (!broken) {
          write();
        }
        file.close();
      }
      if (socket != null) {
        socket.close();
      }
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

  @Override
  public String toString() {
    return file != null ? "stream into a file" : target != null ? "stream to " + target : "stream";
  }
}
