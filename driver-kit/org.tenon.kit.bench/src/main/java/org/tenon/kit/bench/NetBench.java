package org.tenon.kit.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.tenon.api.Stability;

/**
 * Measures frames from one guest's card to another's, or to itself where its network brings them
 * back. One thread is both guests, and lends itself to their machines.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NetBench {
  private static final long NAP = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long HANG = TimeUnit.SECONDS.toNanos(30);

  private final GuestCard sender;
  private final GuestCard receiver;
  private final int depth;
  private int onTheWay;
  private long sent;
  private long received;

  private NetBench(GuestCard sender, GuestCard receiver, int depth) {
    this.sender = sender;
    this.receiver = receiver;
    this.depth = depth;
  }

  /**
   * Sends frames, as many at a time as the plan says, and counts what is sent and what arrives.
   * Blocks the calling thread for as long; closing the cards is the caller's.
   *
   * @param driver what the report calls the driver
   * @param path what it calls the way to it
   * @param sender whose frames are {@linkplain GuestCard#prepare prepared}
   * @param receiver where they arrive, if they do; may be the sender
   * @throws BenchException if nothing is sent any more
   */
  public static NetReport run(
      String driver, String path, GuestCard sender, GuestCard receiver, NetPlan plan)
      throws BenchException {
    NetBench bench = new NetBench(sender, receiver, plan.depth());
    bench.load(plan.warmUp());
    long sentBefore = bench.sent;
    long receivedBefore = bench.received;
    long allocatedBefore = BenchProcess.allocatedBytes();
    long from = System.nanoTime();
    bench.load(plan.duration());
    double seconds = (System.nanoTime() - from) / 1e9;
    long allocated = BenchProcess.allocatedBytes() - allocatedBefore;
    long sent = bench.sent - sentBefore;
    long received = bench.received - receivedBefore;
    return new NetReport(
        driver,
        path,
        plan,
        seconds,
        sent,
        received,
        sent / seconds,
        received / seconds,
        sent == 0 ? 0 : (double) allocated / sent,
        BenchProcess.environment());
  }

  private void load(Duration duration) throws BenchException {
    long end = System.nanoTime() + duration.toNanos();
    long lastProgress = System.nanoTime();
    for (long now = lastProgress; now < end; now = System.nanoTime()) {
      if (step()) {
        lastProgress = now;
      } else if (now - lastProgress > HANG || sender.isBroken() || receiver.isBroken()) {
        throw new BenchException(
            "the network has sent nothing for %d s, with %d frames in flight"
                .formatted(TimeUnit.NANOSECONDS.toSeconds(HANG), onTheWay));
      }
    }
  }

  /** Sends what may be on its way and takes what has come; whether anything moved. */
  private boolean step() {
    onTheWay += sender.send(depth - onTheWay);
    receiver.awaitReceived(0);
    int arrived = receiver.takeReceived();
    int done = sender.takeSent();
    onTheWay -= done;
    received += arrived;
    sent += done;
    if (done == 0 && arrived == 0) {
      sender.awaitSent(NAP);
    }
    return done > 0;
  }
}
