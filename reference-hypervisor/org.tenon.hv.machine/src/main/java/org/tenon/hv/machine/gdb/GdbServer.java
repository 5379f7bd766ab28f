package org.tenon.hv.machine.gdb;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.tenon.hv.machine.Debugger;
import org.tenon.hv.machine.Outcome;

/** Waits on a loopback port for one debugger, which then drives the machine. */
public final class GdbServer implements AutoCloseable {
  private final ServerSocket server;

  /**
   * Listens.
   *
   * @param port a TCP port, or 0 for any free one
   */
  public GdbServer(int port) throws IOException {
    server = new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
  }

  /** The port. */
  public int port() {
    return server.getLocalPort();
  }

  /**
   * Accepts a debugger and serves it on this thread, which is the machine's run-loop thread while
   * it lasts.
   *
   * @return how the guest ended; after the debugger has detached the guest runs on by itself, when
   *     it kills the guest or goes away the outcome is {@link Outcome.Kind#STOPPED}
   */
  public Outcome serve(Debugger debugger) throws IOException, InterruptedException {
    try (Socket socket = server.accept();
        PacketChannel channel = new PacketChannel(socket, debugger::interrupt)) {
      socket.setTcpNoDelay(true);
      GdbSession session = new GdbSession(debugger, channel);
      Outcome outcome = session.serve();
      return session.isDetached() ? debugger.resume() : outcome;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
