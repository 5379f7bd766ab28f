package org.tenon.samples.blocknbd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.samples.blocknbd.Exchange.State;
import org.tenon.spi.HostClock;

/**
 * Every exchange of one connection, and the only place where their states change, but for the
 * outbox, which says what is sent. A guest's request is completed here and nowhere else: exactly
 * once, when its exchange leaves the live states. For the connection's thread.
 */
final class Exchanges {
  /**
   * Cookies carry the slot below and a number above it that no two commands of a connection share.
   */
  private static final int SLOT_BITS = 16;

  private static final int MAX_SLOTS = 1 << SLOT_BITS;

  private final List<NbdQueue> queues = new ArrayList<>();
  private final Device device;
  private final Outbox outbox;
  private final List<Exchange> all = new ArrayList<>();
  private final Deque<Exchange> free = new ArrayDeque<>();
  private final Deque<Exchange> waiting = new ArrayDeque<>();
  private final Deque<Exchange> held = new ArrayDeque<>();
  private long sequence;
  private int live;
  private int releasesSeen;
  private boolean needFence;

  Exchanges(Device device, Outbox outbox) {
    this.device = device;
    this.outbox = outbox;
  }

  /** Adds a queue to those that this connection serves. Called before the first request. */
  void serve(NbdQueue queue) {
    queues.add(queue);
    // Twice as many as the guest can use: a ghost keeps its slot while the guest goes on.
    for (int i = 0; i < 2 * device.agreement().queueDepth() && all.size() < MAX_SLOTS; i++) {
      Exchange exchange = new Exchange(all.size());
      all.add(exchange);
      free.add(exchange);
    }
  }

  /** Whether the guest waits for anything. */
  boolean hasWork() {
    if (live > 0) {
      return true;
    }
    for (int i = 0; i < queues.size(); i++) {
      if (!queues.get(i).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Whether something could be sent at once. */
  boolean isReadyToSend() {
    return !waiting.isEmpty() && outbox.isEmpty();
  }

  /**
   * Whether a request ended while a part of its data was in the outbox: the command cannot be
   * finished any more.
   */
  boolean needFence() {
    return needFence;
  }

  /** Takes what the host has submitted. */
  void takeSubmissions(boolean aborting, long limit, HostClock clock) {
    for (int i = 0; i < queues.size(); i++) {
      NbdQueue queue = queues.get(i);
      while (!queue.isEmpty()) {
        int tag = queue.peekTag();
        if (aborting) {
          queue.remove();
          queue.complete(tag, Status.ABORTED, 0);
        } else if (!free.isEmpty()) {
          long deadline = queue.peekTime() + limit;
          queue.remove();
          begin(queue, tag, deadline);
        } else if (clock.nanoTime() - queue.peekTime() - limit >= 0) {
          queue.remove();
          queue.complete(tag, Status.TIMEOUT, 0);
        } else {
          break;
        }
      }
    }
  }

  private void begin(NbdQueue queue, int tag, long deadline) {
    Exchange exchange = free.removeFirst();
    exchange.begin(queue, tag, deadline);
    int status =
        device
            .translation()
            .translate(exchange, queue.requests(), tag, device.geometry(), device.export());
    if (status == Translation.SEND) {
      exchange.sequence = sequence++;
      live++;
      waiting.addLast(exchange);
    } else {
      exchange.state = State.FREE;
      free.addFirst(exchange);
      queue.complete(tag, status, 0);
    }
  }

  /** Has the outbox take what may go, if it is empty. */
  void fillOutbox() {
    if (!outbox.isEmpty()) {
      return;
    }
    releaseHeld();
    while (!waiting.isEmpty()) {
      Exchange next = waiting.peekFirst();
      if (device.ghosts().hold(next)) {
        waiting.removeFirst();
        held.addLast(next);
        continue;
      }
      next.rewind();
      next.cookie = ++sequence << SLOT_BITS | next.slot;
      if (!outbox.add(next)) {
        return;
      }
      next.state = State.SENDING;
      waiting.removeFirst();
    }
  }

  private void releaseHeld() {
    if (!held.isEmpty() && device.ghosts().releases() != releasesSeen) {
      releasesSeen = device.ghosts().releases();
      while (!held.isEmpty()) {
        waiting.addFirst(held.removeLast());
      }
    }
  }

  /** The exchange that was sent whole with that cookie; null if there is none. */
  @Nullable Exchange find(long cookie) {
    int slot = (int) (cookie & (MAX_SLOTS - 1));
    if (slot >= all.size() || all.get(slot).cookie != cookie) {
      return null;
    }
    Exchange exchange = all.get(slot);
    return switch (exchange.state) {
      case SENT, GHOST -> exchange;
      case SENDING -> outbox.isPast(exchange) ? exchange : null;
      case FREE, WAITING -> null;
    };
  }

  /** The server has answered. */
  void finished(Exchange exchange, int error) {
    if (exchange.state == State.GHOST) {
      release(exchange);
    } else if (error == 0 && exchange.flushFollows) {
      exchange.flushFollows = false;
      exchange.command = Nbd.CMD_FLUSH;
      exchange.commandFlags = 0;
      exchange.offset = 0;
      exchange.length = 0;
      exchange.state = State.WAITING;
      waiting.addLast(exchange);
    } else {
      int status = Translation.statusOf(exchange.command, error);
      NbdQueue queue = exchange.queue();
      int tag = exchange.tag;
      long bytes = status == Status.OK ? exchange.bytes : 0;
      live--;
      release(exchange);
      queue.complete(tag, status, bytes);
    }
  }

  /** Ends as TIMEOUT what must not take longer. */
  void expire(long now) {
    for (Exchange exchange : all) {
      if (exchange.isLive() && now - exchange.deadline >= 0) {
        giveUp(exchange, Status.TIMEOUT);
      }
    }
  }

  /**
   * Ends as ABORTED what the server has not seen.
   *
   * @param andSent whether also what it has seen, because no answer can be expected
   */
  void abortUnsent(boolean andSent) {
    for (Exchange exchange : all) {
      if (exchange.state == State.WAITING || (andSent && exchange.isLive())) {
        giveUp(exchange, Status.ABORTED);
      }
    }
  }

  /** Ends everything that the guest waits for. */
  void abortAll(int status) {
    for (Exchange exchange : all) {
      if (exchange.isLive()) {
        giveUp(exchange, status);
      }
    }
  }

  private void giveUp(Exchange exchange, int status) {
    NbdQueue queue = exchange.queue();
    int tag = exchange.tag;
    live--;
    if (exchange.state == State.WAITING) {
      if (!waiting.remove(exchange)) {
        held.remove(exchange);
      }
      release(exchange);
    } else {
      if (exchange.state == State.SENDING && !outbox.isEmpty() && !outbox.isPast(exchange)) {
        // The rest of its data may not leave guest memory any more, and nothing else may follow its
        // head.
        needFence = true;
        outbox.clear();
      }
      exchange.state = State.GHOST;
      device.ghosts().add(exchange);
    }
    queue.complete(tag, status, 0);
  }

  /**
   * Nothing more will leave on this connection; what was sent stays with the server until the
   * connection is over.
   */
  void fenced() {
    needFence = false;
    outbox.clear();
  }

  /**
   * The connection is over: ghosts are gone, and what was not answered waits again, in the old
   * order.
   */
  void replayAll() {
    needFence = false;
    List<Exchange> again = new ArrayList<>(waiting);
    again.addAll(held);
    waiting.clear();
    held.clear();
    for (Exchange exchange : all) {
      switch (exchange.state) {
        case SENDING, SENT -> {
          exchange.state = State.WAITING;
          again.add(exchange);
        }
        case GHOST -> release(exchange);
        case FREE, WAITING -> {}
      }
    }
    again.sort(Comparator.comparingLong(exchange -> exchange.sequence));
    waiting.addAll(again);
  }

  private void release(Exchange exchange) {
    if (exchange.state == State.GHOST) {
      device.ghosts().remove(exchange);
    }
    exchange.state = State.FREE;
    exchange.queue = null;
    free.addFirst(exchange);
  }
}
