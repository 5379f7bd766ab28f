package org.tenon.hv.app.testbed;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.vswitch.GuestPort;
import org.tenon.hv.vswitch.PortSettings;
import org.tenon.hv.vswitch.VirtualSwitch;
import org.tenon.kit.bench.BenchException;
import org.tenon.kit.bench.GuestCard;
import org.tenon.spi.ConfigException;
import org.tenon.spi.net.MacAddress;

/** Two guests' cards on one virtual switch, each of which knows where the other is. */
public final class SwitchBed implements AutoCloseable {
  private static final MacAddress FIRST = new MacAddress(0x02_00_5e_00_00_01L);
  private static final MacAddress SECOND = new MacAddress(0x02_00_5e_00_00_02L);
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private final VirtualSwitch lan;
  private final GuestCard sender;
  private final GuestCard receiver;

  private SwitchBed(VirtualSwitch lan, GuestCard sender, GuestCard receiver) {
    this.lan = lan;
    this.sender = sender;
    this.receiver = receiver;
  }

  /**
   * Joins two cards and has each send one frame, so that the switch has learnt where both are.
   *
   * @param lan with its extensions, without ports; closed with this
   * @param ringSize buffers of each ring, a power of two
   * @param frameBytes of the frames that the sender is to send
   * @throws BenchException if a frame does not arrive
   */
  public static SwitchBed open(VirtualSwitch lan, int ringSize, int frameBytes)
      throws AttachException, BenchException, ConfigException {
    GuestCard sender = card(lan, "sender", FIRST, ringSize);
    GuestCard receiver = card(lan, "receiver", SECOND, ringSize);
    SwitchBed bed = new SwitchBed(lan, sender, receiver);
    receiver.prepare(sender.address(), receiver.address(), frameBytes);
    sender.prepare(receiver.address(), sender.address(), frameBytes);
    try {
      introduce(receiver, sender);
      introduce(sender, receiver);
      return bed;
    } catch (BenchException e) {
      bed.close();
      throw e;
    }
  }

  private static GuestCard card(VirtualSwitch lan, String name, MacAddress address, int ringSize)
      throws AttachException, ConfigException {
    GuestPort port = lan.guestPort(new PortSettings(name, 0, Set.of(), 0), address);
    return BenchBed.card(name, port, Map.of(), ringSize);
  }

  /** A card takes frames when its driver has been told which: some may be lost before. */
  private static void introduce(GuestCard from, GuestCard to) throws BenchException {
    long end = System.nanoTime() + PATIENCE;
    int arrived = 0;
    for (int onTheWay = 0; arrived == 0 || onTheWay > 0; ) {
      onTheWay += from.send(arrived == 0 && onTheWay == 0 ? 1 : 0);
      from.awaitSent(0);
      to.awaitReceived(0);
      arrived += to.takeReceived();
      onTheWay -= from.takeSent();
      if (System.nanoTime() > end) {
        throw new BenchException("the switch passes no frame from one port to the other");
      }
    }
  }

  /** The card whose frames are prepared. */
  public GuestCard sender() {
    return sender;
  }

  /** The card where they arrive. */
  public GuestCard receiver() {
    return receiver;
  }

  @Override
  public void close() {
    sender.close();
    receiver.close();
    lan.close();
  }
}
