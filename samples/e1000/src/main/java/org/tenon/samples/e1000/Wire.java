package org.tenon.samples.e1000;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.device.BoardCall;
import org.tenon.spi.device.DeviceHost;

/**
 * The cable: frames go through queues to and from threads that do the socket's work, so that the
 * device thread never waits. Where the other end does not keep up, frames wait here; where there is
 * none, they are lost, as on a cable that is not plugged in. For the device thread, except where it
 * says otherwise.
 */
final class Wire implements AutoCloseable {
  private final @Nullable WireEnd end;
  private final DeviceHost host;
  private final FrameQueue incoming = new FrameQueue();
  private final FrameQueue outgoing = new FrameQueue();
  private final List<Thread> threads = new ArrayList<>();

  /** Something came, or went: a frame, room for frames, the other end. */
  private final BoardCall news;

  private volatile @Nullable SocketChannel peer;
  private volatile boolean closed;

  /**
   * A cable.
   *
   * @param end null for one that is not plugged in
   * @param news what has come is to be looked at
   */
  Wire(@Nullable WireEnd end, DeviceHost host, Runnable news) {
    this.end = end;
    this.host = host;
    this.news = host.onBoard(news);
  }

  /** Begins to look for the other end. */
  void start() {
    WireEnd socket = end;
    if (socket != null) {
      threads.add(host.newThread("wire-in", () -> bring(socket)));
      threads.add(host.newThread("wire-out", this::take));
      threads.forEach(Thread::start);
    }
  }

  /** Whether there is somebody at the other end. */
  boolean isConnected() {
    return peer != null;
  }

  /** Whether frames of so many bytes in all can be sent now; yes where they never could. */
  boolean hasRoom(long bytes) {
    return peer == null || bytes > FrameQueue.CAPACITY || outgoing.hasRoom(bytes);
  }

  /** Sends a frame; one that finds no room is lost. */
  void send(byte[] frame, int start, int length) {
    if (peer != null) {
      var _ = outgoing.put(frame, start, length);
    }
  }

  /** The next frame that has come; its length, or −1. */
  int receive(byte[] into) {
    return incoming.take(into);
  }

  /** Has {@link #news} come again soon: there is more to do. */
  void again() {
    news.raise();
  }

  /** The thread that brings frames. */
  private void bring(WireEnd socket) {
    while (!closed) {
      try (SocketChannel channel = socket.next()) {
        peer = channel;
        news.raise();
        read(channel);
      } catch (IOException | WireParser.Malformed e) {
        if (peer != null && !closed) {
          host.log().log(Level.INFO, "{0}: {1}", socket, e.getMessage());
        }
      } finally {
        peer = null;
        news.raise();
      }
      if (!closed) {
        socket.pause();
      }
    }
  }

  private void read(SocketChannel channel) throws IOException, WireParser.Malformed {
    WireParser parser = new WireParser();
    while (channel.read(parser.input()) >= 0) {
      parser.parse(this::arrived);
      news.raise();
    }
  }

  private void arrived(byte[] bytes, int start, int length) {
    if (!incoming.put(bytes, start, length)) {
      news.raise();
      incoming.awaitRoom(length);
      var _ = incoming.put(bytes, start, length);
    }
  }

  /** The thread that takes frames away. */
  private void take() {
    ByteBuffer batch = ByteBuffer.allocate(2 * WireParser.LONGEST);
    while (!closed) {
      outgoing.awaitFrame();
      outgoing.drain(batch.clear());
      news.raise();
      batch.flip();
      SocketChannel channel = peer;
      try {
        while (channel != null && batch.hasRemaining()) {
          channel.write(batch);
        }
      } catch (IOException e) {
        // The thread that reads finds the connection broken too, and looks for another.
        host.log().log(Level.DEBUG, "a frame was not sent: {0}", e.getMessage());
      }
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closed = true;
    try {
      if (end != null) {
        end.close();
      }
      SocketChannel channel = peer;
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      host.log().log(Level.WARNING, "closing {0}: {1}", end, e.getMessage());
    }
    for (Thread thread : threads) {
      thread.interrupt();
      join(thread);
    }
    threads.clear();
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
