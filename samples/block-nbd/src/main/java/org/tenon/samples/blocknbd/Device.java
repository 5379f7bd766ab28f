package org.tenon.samples.blocknbd;

import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;

/**
 * What the connections of one device share: the export as it is now, who is connected, and which
 * changes linger. For any thread.
 */
final class Device {
  /** What a server may not lose while the device is open. */
  private static final int ABILITIES =
      Nbd.FLAG_SEND_FLUSH | Nbd.FLAG_SEND_FUA | Nbd.FLAG_SEND_TRIM | Nbd.FLAG_SEND_WRITE_ZEROES;

  private static final String NOT_YET = "not connected yet";
  private static final long UNTOLD = -1;

  private final NbdSettings settings;
  private final BlockAgreement agreement;
  private final BlockHost host;
  private final SocketAddress address;
  private final @Nullable TlsIdentity tls;
  private final Translation translation;
  private final List<Runnable> wakeUps = new CopyOnWriteArrayList<>();
  private final Ghosts ghosts = new Ghosts(() -> wakeUps.forEach(Runnable::run));
  private @Nullable String[] problems = {NOT_YET};
  private volatile @Nullable Export first;

  /**
   * What each connection was told of the size, in bytes; {@link #UNTOLD} before it has connected.
   */
  private long[] sizes = {UNTOLD};

  private volatile long latestSize = UNTOLD;
  private volatile @Nullable BlockGeometry geometry;
  private volatile Health health = Health.down(NOT_YET);

  Device(
      NbdSettings settings,
      BlockAgreement agreement,
      BlockHost host,
      SocketAddress address,
      @Nullable TlsIdentity tls) {
    this.settings = settings;
    this.agreement = agreement;
    this.host = host;
    this.address = address;
    this.tls = tls;
    this.translation = new Translation(agreement, settings.writeThrough());
  }

  NbdSettings settings() {
    return settings;
  }

  BlockAgreement agreement() {
    return agreement;
  }

  BlockHost host() {
    return host;
  }

  SocketAddress address() {
    return address;
  }

  @Nullable TlsIdentity tls() {
    return tls;
  }

  Translation translation() {
    return translation;
  }

  Ghosts ghosts() {
    return ghosts;
  }

  Health health() {
    return health;
  }

  BlockGeometry geometry() {
    BlockGeometry now = geometry;
    if (now == null) {
      throw new IllegalStateException("no server has described the export yet");
    }
    return now;
  }

  /** The export as it was when the device was opened. */
  Export export() {
    Export known = first;
    if (known == null) {
      throw new IllegalStateException("no server has described the export yet");
    }
    return known;
  }

  /** Has a connection woken when a lingering change has gone. */
  void wakeOnRelease(Runnable wakeUp) {
    wakeUps.add(wakeUp);
  }

  /** Says how many connections there are, once the first has told whether several are allowed. */
  synchronized void connections(int count) {
    problems = Arrays.copyOf(problems, count);
    Arrays.fill(problems, 1, count, NOT_YET);
    sizes = Arrays.copyOf(sizes, count);
    Arrays.fill(sizes, 1, count, UNTOLD);
  }

  /**
   * Takes over what a server says of the export. The first time it makes the device; later it must
   * be the same one, at most of another size.
   *
   * @throws ProtocolException if this cannot be the device that the guest uses
   */
  synchronized void adopt(int connection, Export export) throws ProtocolException {
    int blockSize = settings.blockSize() == 0 ? export.smallestBlock() : settings.blockSize();
    Export before = first;
    if (before != null) {
      blockSize = geometry().logicalBlockSize();
    }
    if (blockSize < export.minBlock() || export.size() % blockSize != 0) {
      throw new ProtocolException(
          "the export has %d bytes and a minimum block of %d: that does not fit a block size of %d"
              .formatted(export.size(), export.minBlock(), blockSize));
    }
    if (before == null) {
      first = export;
      geometry = export.geometry(blockSize, settings.readOnly());
      sizes[connection] = export.size();
      latestSize = export.size();
    } else {
      adoptAgain(before, export);
      adoptSize(connection, export.size());
    }
  }

  private void adoptAgain(Export before, Export export) throws ProtocolException {
    BlockGeometry known = geometry();
    BlockGeometry now = export.geometry(known.logicalBlockSize(), settings.readOnly());
    int needed =
        before.flags() & (problems.length > 1 ? ABILITIES | Nbd.FLAG_CAN_MULTI_CONN : ABILITIES);
    if ((export.flags() & needed) != needed
        || now.readOnly() != known.readOnly()
        || now.maxTransferBlocks() < known.maxTransferBlocks()) {
      throw new ProtocolException("the export can do less than when the device was opened");
    }
    if (now.blocks() < known.blocks() && !agreement.has(BlockCapabilities.RESIZE)) {
      throw new ProtocolException("the export is smaller than when the device was opened");
    }
  }

  /**
   * The server keeps each connection to the size it told it: the device is as large as the smallest
   * of them.
   */
  private void adoptSize(int connection, long size) {
    sizes[connection] = size;
    if (!agreement.has(BlockCapabilities.RESIZE)) {
      return;
    }
    if (size != latestSize) {
      latestSize = size;
      wakeUps.forEach(Runnable::run);
    }
    long smallest = Arrays.stream(sizes).filter(told -> told != UNTOLD).min().orElse(size);
    BlockGeometry known = geometry();
    if (smallest != known.bytes()) {
      BlockGeometry resized = known.withBlocks(smallest / known.logicalBlockSize());
      geometry = resized;
      host.geometryChanged(resized);
    }
  }

  /**
   * Whether another connection was told another size since: this one has to ask again, by
   * connecting anew.
   */
  boolean isOutdated(int connection) {
    return agreement.has(BlockCapabilities.RESIZE) && toldSize(connection) != latestSize;
  }

  private synchronized long toldSize(int connection) {
    return sizes[connection];
  }

  /** A connection serves again. */
  void up(int connection) {
    if (report(connection, null) != null) {
      host.log().log(
          System.Logger.Level.INFO,
          "connection {0} to {1} is up",
          connection,
          settings.uri().text());
    }
  }

  /** A connection does not serve. */
  void down(int connection, String problem) {
    String before = report(connection, problem);
    if (before == null || before.equals(NOT_YET)) {
      host.log().log(
          System.Logger.Level.WARNING,
          "connection {0} to {1} is down, trying again: {2}",
          connection,
          settings.uri().text(),
          problem);
    }
  }

  private @Nullable String report(int connection, @Nullable String problem) {
    Health now;
    String before;
    synchronized (this) {
      before = problems[connection];
      problems[connection] = problem;
      now = assess();
      if (now.equals(health)) {
        return before;
      }
      health = now;
    }
    host.healthChanged(now);
    return before;
  }

  private Health assess() {
    int down = 0;
    String latest = "";
    for (String problem : problems) {
      if (problem != null) {
        down++;
        latest = problem;
      }
    }
    if (down == 0) {
      return Health.up();
    }
    String message = "%d of %d connections are down: %s".formatted(down, problems.length, latest);
    return down == problems.length ? Health.down(message) : Health.degraded(message);
  }
}
