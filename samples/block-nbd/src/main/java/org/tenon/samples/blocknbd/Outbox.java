package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.tenon.spi.block.BlockOperation;
import org.tenon.spi.block.BlockRequests;

/**
 * The commands that leave next, as one gathering write: heads from here, data straight from guest
 * memory. It is filled, written out in as many steps as the socket needs, and filled again. For the
 * connection's thread.
 */
final class Outbox {
  private static final int BUFFERS = 256;
  private static final int COMMANDS = 32;
  private static final int ZEROES = 64 << 10;

  private final ByteBuffer[] buffers = new ByteBuffer[BUFFERS];
  private final MemoryViews views = new MemoryViews(BUFFERS);
  private final ByteBuffer[] heads = new ByteBuffer[COMMANDS];
  private final Exchange[] commands = new Exchange[COMMANDS];
  private final MemorySegment zeroes = Arena.ofAuto().allocate(ZEROES);
  private int first;
  private int end;
  private int count;

  Outbox() {
    ByteBuffer all = ByteBuffer.allocateDirect(COMMANDS * Nbd.REQUEST_BYTES);
    for (int i = 0; i < COMMANDS; i++) {
      heads[i] = all.slice(i * Nbd.REQUEST_BYTES, Nbd.REQUEST_BYTES);
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether everything up to the exchange's last byte has been given to the link. */
  boolean isPast(Exchange exchange) {
    return first > exchange.lastOut;
  }

  /** Forgets everything; guest memory is not looked at any more. */
  void clear() {
    first = 0;
    end = 0;
    count = 0;
  }

  /**
   * Adds a command.
   *
   * @return false if there is no room before this has been written out
   */
  boolean add(Exchange exchange) {
    if (count == COMMANDS || end + buffersFor(exchange) > BUFFERS) {
      return false;
    }
    buffers[end++] =
        heads[count]
            .clear()
            .putInt(Nbd.REQUEST_MAGIC)
            .putShort((short) exchange.commandFlags)
            .putShort((short) exchange.command)
            .putLong(exchange.cookie)
            .putLong(exchange.offset)
            .putInt((int) exchange.length)
            .flip();
    if (exchange.command == Nbd.CMD_WRITE) {
      addData(exchange);
    }
    exchange.lastOut = end - 1;
    commands[count++] = exchange;
    return true;
  }

  private static boolean isWriteOut(Exchange exchange) {
    return exchange.queue().requests().operation(exchange.tag) == BlockOperation.WRITE;
  }

  private static int buffersFor(Exchange exchange) {
    if (exchange.command != Nbd.CMD_WRITE) {
      return 1;
    }
    return 1
        + (isWriteOut(exchange)
            ? exchange.queue().requests().segments(exchange.tag)
            : (int) ((exchange.length + ZEROES - 1) / ZEROES));
  }

  private void addData(Exchange exchange) {
    if (isWriteOut(exchange)) {
      BlockRequests requests = exchange.queue().requests();
      int tag = exchange.tag;
      for (int i = 0; i < requests.segments(tag); i++) {
        buffers[end] =
            views.view(
                end, requests.memory(tag, i), requests.offset(tag, i), requests.length(tag, i));
        end++;
      }
    } else {
      for (long left = exchange.length; left > 0; left -= ZEROES) {
        buffers[end] = views.view(end, zeroes, 0, Math.min(ZEROES, left));
        end++;
      }
    }
  }

  /**
   * Writes what the link takes. When all is written, the exchanges become SENT and the outbox is
   * empty.
   *
   * @return whether the link took something
   */
  boolean writeTo(Link link) throws IOException {
    long taken = link.write(buffers, first, end - first);
    while (first < end && !buffers[first].hasRemaining()) {
      first++;
    }
    if (first == end) {
      for (int i = 0; i < count; i++) {
        if (commands[i].state == Exchange.State.SENDING) {
          commands[i].state = Exchange.State.SENT;
        }
      }
      clear();
    }
    return taken > 0;
  }
}
