package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a connection: the fixed newstyle negotiation, with TLS if demanded, structured
 * replies if offered, and NBD_OPT_GO. Reads exactly what it understands, so that nothing sent
 * before TLS can be taken for something sent under it.
 */
final class Handshake {
  private static final int MAX_OPTION_REPLY = 64 << 10;
  private static final int MAX_INFOS = 64;
  private static final int OPTION_REPLY_HEAD = 20;

  /** A server's answer to an option. */
  private record Reply(int type, ByteBuffer data) {
    boolean isError() {
      return (type & Nbd.REP_ERR) != 0;
    }

    /** What the server gives as its reason, fit for a log. */
    String reason() {
      String text = StandardCharsets.UTF_8.decode(data.duplicate()).toString();
      String shown = text.replaceAll("[^ -~]", "?");
      return shown.isBlank() ? "" : ": " + shown.substring(0, Math.min(200, shown.length()));
    }
  }

  private final SocketChannel channel;
  private final Waiter waiter;
  private final @Nullable Supplier<SSLEngine> tls;
  private Link link;

  Handshake(SocketChannel channel, @Nullable Supplier<SSLEngine> tls, Waiter waiter) {
    this.channel = channel;
    this.link = new SocketLink(channel);
    this.tls = tls;
    this.waiter = waiter;
  }

  /** The link as it is after {@link #run}: plain or TLS. */
  Link link() {
    return link;
  }

  /**
   * Negotiates.
   *
   * @return the export, checked
   */
  Export run(String exportName) throws IOException {
    greet();
    if (tls != null) {
      startTls(tls.get());
    }
    boolean structured = !option(Nbd.OPT_STRUCTURED_REPLY, bytes(0)).isError();
    return go(exportName, structured);
  }

  private void greet() throws IOException {
    ByteBuffer greeting = receive(18);
    if (greeting.getLong() != Nbd.NBDMAGIC || greeting.getLong() != Nbd.IHAVEOPT) {
      throw new ProtocolException("what listens there is no NBD server of the newstyle kind");
    }
    int flags = greeting.getShort();
    if ((flags & Nbd.FLAG_FIXED_NEWSTYLE) == 0) {
      throw new ProtocolException("the server is too old: it does not speak fixed newstyle");
    }
    int agreed = flags & (Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES);
    send(bytes(4).putInt(agreed).flip());
  }

  private void startTls(SSLEngine engine) throws IOException {
    Reply reply = option(Nbd.OPT_STARTTLS, bytes(0));
    if (reply.type() != Nbd.REP_ACK) {
      throw new ProtocolException(
          "the server does not offer TLS"
              + reply.reason()
              + "; use an nbd URI if that is intended");
    }
    TlsLink secured = new TlsLink(channel, engine);
    secured.handshake(waiter);
    link = secured;
  }

  private Export go(String exportName, boolean structured) throws IOException {
    byte[] name = exportName.getBytes(StandardCharsets.UTF_8);
    ByteBuffer data = bytes(4 + name.length + 4);
    data.putInt(name.length).put(name).putShort((short) 1).putShort((short) Nbd.INFO_BLOCK_SIZE);
    Reply reply = option(Nbd.OPT_GO, data.flip());
    Export export =
        new Export(
            -1,
            0,
            Export.DEFAULT_MIN_BLOCK,
            Export.DEFAULT_PREFERRED_BLOCK,
            Export.DEFAULT_MAX_PAYLOAD,
            structured);
    for (int infos = 0; reply.type() == Nbd.REP_INFO; infos++) {
      if (infos == MAX_INFOS) {
        throw new ProtocolException("the server describes the export without end");
      }
      export = describe(export, reply.data());
      reply = optionReply(Nbd.OPT_GO);
    }
    if (reply.type() != Nbd.REP_ACK) {
      throw refusal(reply, exportName);
    }
    return export.checked();
  }

  private static Export describe(Export known, ByteBuffer info) throws ProtocolException {
    int kind = info.remaining() < 2 ? -1 : info.getShort();
    int expected =
        kind == Nbd.INFO_EXPORT ? 10 : kind == Nbd.INFO_BLOCK_SIZE ? 12 : info.remaining();
    if (kind < 0 || info.remaining() != expected) {
      throw new ProtocolException("the server's description of the export is malformed");
    }
    return switch (kind) {
      case Nbd.INFO_EXPORT ->
          new Export(
              info.getLong(),
              info.getShort() & 0xFFFF,
              known.minBlock(),
              known.preferredBlock(),
              known.maxPayload(),
              known.structured());
      case Nbd.INFO_BLOCK_SIZE ->
          new Export(
              known.size(),
              known.flags(),
              info.getInt(),
              info.getInt(),
              info.getInt() & 0xFFFF_FFFFL,
              known.structured());
      default -> known;
    };
  }

  private static ProtocolException refusal(Reply reply, String exportName) {
    String what =
        switch (reply.type()) {
          case Nbd.REP_ERR_UNKNOWN -> "the server has no export named '" + exportName + "'";
          case Nbd.REP_ERR_TLS_REQD -> "the server demands TLS: use an nbds URI";
          case Nbd.REP_ERR_POLICY -> "the server does not let this client in";
          case Nbd.REP_ERR_SHUTDOWN -> "the server is shutting down";
          case Nbd.REP_ERR_UNSUP -> "the server is too old: it does not know NBD_OPT_GO";
          default -> "the server refused the export with code 0x%08x".formatted(reply.type());
        };
    return new ProtocolException(what + reply.reason());
  }

  /** Sends an option and reads its first answer. */
  private Reply option(int option, ByteBuffer data) throws IOException {
    ByteBuffer message = bytes(16 + data.remaining());
    message.putLong(Nbd.IHAVEOPT).putInt(option).putInt(data.remaining()).put(data);
    send(message.flip());
    return optionReply(option);
  }

  private Reply optionReply(int option) throws IOException {
    ByteBuffer head = receive(OPTION_REPLY_HEAD);
    if (head.getLong() != Nbd.OPTION_REPLY_MAGIC || head.getInt() != option) {
      throw new ProtocolException("the server answered another question than was asked");
    }
    int type = head.getInt();
    int length = head.getInt();
    if (length < 0 || length > MAX_OPTION_REPLY) {
      throw new ProtocolException("the server's answer is too long");
    }
    return new Reply(type, receive(length));
  }

  private ByteBuffer receive(int count) throws IOException {
    ByteBuffer into = bytes(count);
    while (into.hasRemaining()) {
      int read = link.read(into);
      if (read < 0) {
        throw new ProtocolException("the server closed the connection during the handshake");
      }
      if (read == 0) {
        waiter.await(SelectionKey.OP_READ);
      }
    }
    return into.flip();
  }

  private void send(ByteBuffer message) throws IOException {
    ByteBuffer[] one = {message};
    while (message.hasRemaining()) {
      if (link.write(one, 0, 1) == 0) {
        waiter.await(SelectionKey.OP_WRITE);
      }
    }
    while (link.hasUnsent()) {
      waiter.await(SelectionKey.OP_WRITE);
    }
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.BIG_ENDIAN);
  }
}
