package org.tenon.hv.attach;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Fault;
import org.tenon.spi.Config;
import org.tenon.spi.Driver;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockDriver;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;
import org.tenon.spi.block.BlockOffer;
import org.tenon.spi.block.BlockRequests;

/** One life of one block driver behind one disk. */
public final class BlockAttachment extends Attachment {
  /** The most segments that a request has here, whatever the driver would take. */
  private static final int SEGMENTS_LIMIT = 128;

  private final BlockAgreement agreement;
  private final List<RequestTable> tables = new ArrayList<>();
  private final BlockDriverHost host;
  private volatile List<BlockPort> ports = List.of();
  private volatile @Nullable BlockGeometry geometry;
  private volatile @Nullable BlockIdentity identity;

  private BlockAttachment(
      BlockDriverFactory factory, BlockAgreement agreement, AttachContext context) {
    super(factory.id().value(), context);
    this.agreement = agreement;
    for (int i = 0; i < agreement.queues(); i++) {
      tables.add(new RequestTable(agreement.queueDepth(), lease()));
    }
    host = new BlockDriverHost(this, context, factory.id().value());
  }

  /**
   * {@linkplain #prepare Prepares} a driver and {@linkplain #start() starts} it.
   *
   * @param config the user's settings, read against the factory's keys
   * @return the attachment, RUNNING
   * @throws AttachException if the driver refuses, fails, hangs or answers nonsense; nothing stays
   *     open
   */
  public static BlockAttachment open(
      BlockDriverFactory factory, BlockOffer offer, Config config, AttachContext context)
      throws AttachException {
    BlockAttachment attachment = prepare(factory, offer, config, context);
    attachment.start();
    return attachment;
  }

  /**
   * Negotiates with a driver and opens it, so that it can be looked at before it serves. Waits for
   * the driver, each step no longer than its deadline.
   *
   * @param config the user's settings, read against the factory's keys
   * @return the attachment, PAUSED until {@link #start()}
   * @throws AttachException if the driver refuses, fails, hangs or answers nonsense; nothing stays
   *     open
   */
  public static BlockAttachment prepare(
      BlockDriverFactory factory, BlockOffer offer, Config config, AttachContext context)
      throws AttachException {
    AtomicReference<@Nullable BlockAgreement> answer = new AtomicReference<>();
    ControlCall.await(context, "negotiate", () -> answer.set(factory.negotiate(offer)));
    BlockAgreement agreement = answer.get();
    if (agreement == null || !agreement.isWithin(offer)) {
      throw new AttachException(
          "the driver's %s is not within the %s (%s)"
              .formatted(agreement, offer, Clauses.AGREEMENT_IS_SUBSET));
    }
    BlockAttachment attachment = new BlockAttachment(factory, agreement, context);
    attachment.open(() -> factory.open(agreement, config, attachment.host));
    return attachment;
  }

  @Override
  List<BlockPort> ports(Driver driver) {
    BlockDriver opened = (BlockDriver) driver;
    BlockGeometry limits = opened.geometry();
    geometry = limits;
    identity = opened.identity();
    List<BlockPort> made = new ArrayList<>();
    for (int i = 0; i < agreement.queues(); i++) {
      RequestTable table = tables.get(i);
      table.allowSegments(Math.min(limits.maxSegments(), SEGMENTS_LIMIT));
      made.add(
          new BlockPort(
              i,
              Objects.requireNonNull(opened.queue(i), "queue " + i + " is null"),
              table,
              agreement.queueDepth(),
              this));
    }
    ports = List.copyOf(made);
    return ports;
  }

  @Override
  BlockDriverHost host() {
    return host;
  }

  @Override
  ClauseId closeClause() {
    return Clauses.CLOSE_COMPLETES_ALL;
  }

  /** What was agreed. */
  public BlockAgreement agreement() {
    return agreement;
  }

  /** The device's size and limits, as the driver told last. */
  public BlockGeometry geometry() {
    return required(geometry);
  }

  /** What the device is called. */
  public BlockIdentity identity() {
    return required(identity);
  }

  /** The most segments of one request. */
  public int maxSegments() {
    return Math.min(geometry().maxSegments(), SEGMENTS_LIMIT);
  }

  /**
   * A queue.
   *
   * @param index 0 to {@code agreement().queues()} − 1
   */
  public BlockPort port(int index) {
    return ports.get(index);
  }

  BlockRequests requests(int queue) {
    return tables.get(queue);
  }

  void complete(int queue, int tag, int status, long bytes) {
    if (!counts()) {
      return;
    }
    if (queue < 0 || queue >= ports.size()) {
      fault(
          Clauses.NOTHING_ELSE_COMPLETED,
          Fault.Kind.COMPLETED_UNKNOWN,
          subject(),
          "completed tag %d of queue %d, which does not exist".formatted(tag, queue));
    } else {
      ports.get(queue).complete(tag, status, bytes);
    }
  }

  void queueReady(int queue) {
    if (queue >= 0 && queue < ports.size()) {
      ports.get(queue).driverReady();
    }
  }

  void geometryChanged(BlockGeometry now) {
    BlockGeometry before = geometry;
    if (!agreement.has(BlockCapabilities.RESIZE)) {
      fault(
          Clauses.NO_RESIZE_UNAGREED,
          Fault.Kind.NOT_AGREED,
          subject(),
          "reported a change of size to " + now);
    } else if (now == null || (before != null && !now.equals(before.withBlocks(now.blocks())))) {
      fault(
          Clauses.GEOMETRY_FOLLOWS_RESIZE,
          Fault.Kind.BAD_ANSWER,
          subject(),
          "reported a change of more than the size: %s to %s".formatted(before, now));
    } else {
      geometry = now;
      forEachListener(listener -> listener.geometryChanged(now));
    }
  }
}
