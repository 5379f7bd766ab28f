package org.tenon.samples.blocknbd;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * A server that does what a test tells it, right or wrong: the test accepts a connection, has the
 * handshake done, and then reads commands and writes replies itself. One connection, simple
 * replies, 1 MiB.
 */
final class ScriptedServer implements AutoCloseable {
  static final long SIZE = 1 << 20;

  /** A command as it arrived, with the data of a write. */
  record Command(int type, int flags, long cookie, long offset, ByteBuffer data) {}

  /** One accepted connection. */
  record Peer(SocketChannel channel, DataInputStream in, DataOutputStream out) {
    /** Plays the honest server up to the end of the handshake. */
    Peer shakeHands() throws IOException {
      out.writeLong(Nbd.NBDMAGIC);
      out.writeLong(Nbd.IHAVEOPT);
      out.writeShort(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES);
      out.flush();
      in.readInt();
      int option;
      do {
        in.readLong();
        option = in.readInt();
        in.readNBytes(in.readInt());
        if (option == Nbd.OPT_GO) {
          reply(option, Nbd.REP_INFO, 12);
          out.writeShort(Nbd.INFO_EXPORT);
          out.writeLong(SIZE);
          out.writeShort(Nbd.FLAG_HAS_FLAGS | Nbd.FLAG_SEND_FLUSH);
          reply(option, Nbd.REP_ACK, 0);
        } else {
          reply(option, Nbd.REP_ERR_UNSUP, 0);
        }
        out.flush();
      } while (option != Nbd.OPT_GO);
      return this;
    }

    private void reply(int option, int type, int length) throws IOException {
      out.writeLong(Nbd.OPTION_REPLY_MAGIC);
      out.writeInt(option);
      out.writeInt(type);
      out.writeInt(length);
    }

    /** Waits for a command. */
    Command next() throws IOException {
      in.readInt();
      int flags = in.readUnsignedShort();
      int type = in.readUnsignedShort();
      long cookie = in.readLong();
      long offset = in.readLong();
      int length = in.readInt();
      byte[] data = type == Nbd.CMD_WRITE ? in.readNBytes(length) : new byte[0];
      return new Command(type, flags, cookie, offset, ByteBuffer.wrap(data));
    }

    /** Answers a command, with a read's data if there is any. */
    void answer(Command command, int error, byte... data) throws IOException {
      out.writeInt(Nbd.SIMPLE_REPLY_MAGIC);
      out.writeInt(error);
      out.writeLong(command.cookie());
      out.write(data);
      out.flush();
    }

    void close() throws IOException {
      channel.close();
    }
  }

  private final ServerSocketChannel listener;

  ScriptedServer(Path socket) throws IOException {
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
  }

  /** Waits for the client. */
  Peer accept() throws IOException {
    SocketChannel channel = listener.accept();
    return new Peer(
        channel,
        new DataInputStream(Channels.newInputStream(channel)),
        new DataOutputStream(Channels.newOutputStream(channel)));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
