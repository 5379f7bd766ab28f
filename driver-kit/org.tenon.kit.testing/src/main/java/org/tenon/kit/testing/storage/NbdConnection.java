package org.tenon.kit.testing.storage;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tenon.kit.testing.storage.StorageFaults.Access;
import org.tenon.kit.testing.storage.StorageFaults.Failure;
import org.tenon.kit.testing.storage.StorageFaults.Operation;

/**
 * One connection through an {@link NbdProxy}: the handshake on one thread, then requests and
 * replies on one thread each.
 */
final class NbdConnection {
  private static final System.Logger LOG = System.getLogger(NbdConnection.class.getName());
  private static final int OPTION_HEADER = 16;
  private static final int OPTION_REPLY_HEADER = 20;
  private static final int REQUEST_HEADER = 28;
  private static final int PADDING = 124;

  /** A request that the server has not answered yet. */
  private record Pending(int type, Access access, @Nullable StorageEvent event) {}

  private final NbdProxy proxy;
  private final int channel;
  private final SocketChannel client;
  private final SocketChannel server;
  private final DataInputStream fromClient;
  private final DataInputStream fromServer;
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final Object clientWrites = new Object();

  /** Guarded by {@link #pending}. */
  private boolean leaving;

  private volatile boolean structured;
  private volatile int exportFlags;

  NbdConnection(NbdProxy proxy, int channel, SocketChannel client, SocketChannel server) {
    this.proxy = proxy;
    this.channel = channel;
    this.client = client;
    this.server = server;
    this.fromClient = new DataInputStream(new BufferedInputStream(Channels.newInputStream(client)));
    this.fromServer = new DataInputStream(new BufferedInputStream(Channels.newInputStream(server)));
  }

  int channel() {
    return channel;
  }

  void run() {
    try {
      if (handshake()) {
        Thread.ofVirtual().name("nbd-proxy-" + channel + "-replies").start(this::replies);
        requests();
      }
    } catch (EOFException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection {0} ended", channel);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection " + channel + " was cut", e);
    } finally {
      leave();
    }
  }

  /**
   * Brings the server nothing more, and closes once it has answered what it was brought. A server
   * may work on after a connection was closed, and then changes the storage at a time that nobody
   * knows.
   */
  void leave() {
    synchronized (pending) {
      leaving = true;
    }
    if (hasLeft()) {
      close();
    }
  }

  private boolean hasLeft() {
    synchronized (pending) {
      return leaving && pending.isEmpty();
    }
  }

  /** Closes both sides at once, whatever the server is at. */
  void close() {
    try {
      client.close();
      server.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing connection " + channel, e);
    }
    proxy.ended(this);
  }

  /** Whether transmission follows. */
  private boolean handshake() throws IOException {
    ByteBuffer greeting = read(fromServer, 18);
    if (greeting.getLong(0) != Nbd.NBDMAGIC || greeting.getLong(8) != Nbd.IHAVEOPT) {
      throw new IOException("the server does not speak the newstyle handshake");
    }
    toClient(greeting);
    ByteBuffer clientFlags = read(fromClient, 4);
    boolean padded = (greeting.getShort(16) & clientFlags.getInt(0) & Nbd.FLAG_NO_ZEROES) == 0;
    toServer(clientFlags);
    while (true) {
      ByteBuffer header = read(fromClient, OPTION_HEADER);
      int option = header.getInt(8);
      ByteBuffer payload = read(fromClient, header.getInt(12));
      if (option == Nbd.OPT_STARTTLS || option == Nbd.OPT_EXTENDED_HEADERS) {
        refuse(option);
        continue;
      }
      toServer(header);
      toServer(payload);
      if (option == Nbd.OPT_EXPORT_NAME) {
        ByteBuffer export = read(fromServer, 10 + (padded ? PADDING : 0));
        exportFlags = export.getShort(8);
        toClient(export);
        return true;
      }
      boolean acknowledged = passOptionReplies();
      structured |= acknowledged && option == Nbd.OPT_STRUCTURED_REPLY;
      if (acknowledged && option == Nbd.OPT_GO) {
        return true;
      }
    }
  }

  /** Passes on what the server answers to one option; whether it agreed. */
  private boolean passOptionReplies() throws IOException {
    while (true) {
      ByteBuffer header = read(fromServer, OPTION_REPLY_HEADER);
      int type = header.getInt(12);
      ByteBuffer payload = read(fromServer, header.getInt(16));
      if (type == Nbd.REP_INFO
          && payload.capacity() >= 12
          && payload.getShort(0) == Nbd.INFO_EXPORT) {
        exportFlags = payload.getShort(10);
      }
      toClient(header);
      toClient(payload);
      if (type == Nbd.REP_ACK || type < 0) {
        return type == Nbd.REP_ACK;
      }
    }
  }

  private void refuse(int option) throws IOException {
    ByteBuffer reply = ByteBuffer.allocate(OPTION_REPLY_HEADER);
    toClient(
        reply.putLong(Nbd.OPTION_REPLY).putInt(option).putInt(Nbd.REP_ERR_UNSUP).putInt(0).flip());
  }

  private void requests() throws IOException {
    while (true) {
      ByteBuffer header = read(fromClient, REQUEST_HEADER);
      if (header.getInt(0) != Nbd.REQUEST) {
        throw new IOException("the driver sent no request where one was due");
      }
      int flags = header.getShort(4);
      int type = header.getShort(6);
      long cookie = header.getLong(8);
      Access access =
          new Access(
              operation(type),
              NbdProxy.EXPORT,
              header.getLong(16),
              Integer.toUnsignedLong(header.getInt(24)));
      byte[] data = readBytes(fromClient, type == Nbd.CMD_WRITE ? header.getInt(24) : 0);
      if (type == Nbd.CMD_DISC) {
        toServer(header);
        return;
      }
      if (proxy.isCutBefore(access)) {
        return;
      }
      StorageFaults.Verdict verdict =
          proxy.faults().judge(access.operation(), access.file(), access.offset(), access.length());
      if (verdict.failure() != null) {
        fail(type, cookie, verdict.failure());
        continue;
      }
      synchronized (pending) {
        if (leaving) {
          return;
        }
        boolean fua = (flags & Nbd.CMD_FLAG_FUA) != 0;
        pending.put(cookie, new Pending(type, access, record(type, fua, access, data)));
      }
      toServer(header);
      toServer(ByteBuffer.wrap(data));
    }
  }

  private @Nullable StorageEvent record(int type, boolean fua, Access access, byte[] data) {
    StorageLog log = proxy.log();
    return switch (type) {
      case Nbd.CMD_WRITE -> log.write(access.file(), channel, access.offset(), data, fua);
      case Nbd.CMD_TRIM, Nbd.CMD_WRITE_ZEROES ->
          log.zeroes(access.file(), channel, access.offset(), access.length(), fua);
      case Nbd.CMD_FLUSH ->
          log.force(
              access.file(),
              (exportFlags & Nbd.CAN_MULTI_CONN) != 0 ? StorageEvent.Force.EVERY_CHANNEL : channel);
      default -> null;
    };
  }

  private static Operation operation(int type) {
    return switch (type) {
      case Nbd.CMD_WRITE -> Operation.WRITE;
      case Nbd.CMD_FLUSH -> Operation.FORCE;
      case Nbd.CMD_TRIM, Nbd.CMD_WRITE_ZEROES -> Operation.ZERO;
      default -> Operation.READ;
    };
  }

  private void fail(int type, long cookie, Failure failure) throws IOException {
    ByteBuffer reply = ByteBuffer.allocate(26);
    if (structured && type == Nbd.CMD_READ) {
      reply
          .putInt(Nbd.STRUCTURED_REPLY)
          .putShort((short) Nbd.REPLY_FLAG_DONE)
          .putShort((short) Nbd.REPLY_TYPE_ERROR);
      reply.putLong(cookie).putInt(6).putInt(failure.errno()).putShort((short) 0);
    } else {
      reply.putInt(Nbd.SIMPLE_REPLY).putInt(failure.errno()).putLong(cookie);
    }
    toClient(reply.flip());
  }

  private void replies() {
    try {
      while (reply() && !hasLeft()) {}
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.DEBUG, "the server's side of connection " + channel + " ended", e);
    } finally {
      close();
    }
  }

  /** Passes one reply on; whether the connection goes on. */
  private boolean reply() throws IOException {
    int magic = fromServer.readInt();
    return switch (magic) {
      case Nbd.SIMPLE_REPLY -> simpleReply();
      case Nbd.STRUCTURED_REPLY -> structuredReply();
      default -> throw new IOException("the server sent no reply where one was due");
    };
  }

  private boolean simpleReply() throws IOException {
    int error = fromServer.readInt();
    long cookie = fromServer.readLong();
    Pending request = pending.remove(cookie);
    int brought =
        error == 0 && request != null && request.type() == Nbd.CMD_READ
            ? (int) request.access().length()
            : 0;
    ByteBuffer data = read(fromServer, brought);
    ByteBuffer header = ByteBuffer.allocate(16);
    return pass(
        request,
        error == 0,
        true,
        header.putInt(Nbd.SIMPLE_REPLY).putInt(error).putLong(cookie).flip(),
        data);
  }

  private boolean structuredReply() throws IOException {
    int flags = fromServer.readUnsignedShort();
    int type = fromServer.readUnsignedShort();
    long cookie = fromServer.readLong();
    int length = fromServer.readInt();
    ByteBuffer payload = read(fromServer, length);
    boolean done = (flags & Nbd.REPLY_FLAG_DONE) != 0;
    Pending request = done ? pending.remove(cookie) : pending.get(cookie);
    ByteBuffer header = ByteBuffer.allocate(20);
    header
        .putInt(Nbd.STRUCTURED_REPLY)
        .putShort((short) flags)
        .putShort((short) type)
        .putLong(cookie)
        .putInt(length);
    return pass(request, (type & Nbd.REPLY_TYPE_ERROR_BIT) == 0, done, header.flip(), payload);
  }

  private boolean pass(
      @Nullable Pending request, boolean ok, boolean done, ByteBuffer header, ByteBuffer data)
      throws IOException {
    if (request != null && done && ok && request.event() != null) {
      proxy.log().end(request.event());
    }
    if (request != null && done && proxy.isCutAfter(request.access())) {
      return false;
    }
    try {
      synchronized (clientWrites) {
        toClient(header);
        toClient(data);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the driver of connection " + channel + " is gone", e);
      synchronized (pending) {
        leaving = true;
      }
    }
    return true;
  }

  private void toClient(ByteBuffer bytes) throws IOException {
    synchronized (clientWrites) {
      write(client, bytes);
    }
  }

  private void toServer(ByteBuffer bytes) throws IOException {
    write(server, bytes);
  }

  private static void write(SocketChannel target, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      target.write(bytes);
    }
  }

  private static ByteBuffer read(DataInputStream source, int count) throws IOException {
    return ByteBuffer.wrap(readBytes(source, count));
  }

  private static byte[] readBytes(DataInputStream source, int count) throws IOException {
    if (count < 0 || count > Nbd.MAX_PAYLOAD) {
      throw new IOException(
          "a payload of " + Integer.toUnsignedString(count) + " bytes is too long to pass on");
    }
    byte[] bytes = new byte[count];
    source.readFully(bytes);
    return bytes;
  }
}
