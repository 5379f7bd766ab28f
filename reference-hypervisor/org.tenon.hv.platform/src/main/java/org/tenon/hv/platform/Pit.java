package org.tenon.hv.platform;

import java.util.List;
import org.tenon.hv.bus.Alarm;
import org.tenon.hv.bus.Clock;
import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.Ticks;
import org.tenon.hv.irq.IrqLine;

/**
 * The 8254 programmable interval timer: channel 0 drives the timer interrupt, channel 2 the
 * speaker, whose gate and output are at port 61H. Channel 1 counts and is connected to nothing.
 */
public final class Pit implements RegisterBlock {
  /** The input clock: a third of the colour subcarrier. */
  public static final Ticks INPUT = new Ticks(1_193_182);

  private static final int CONTROL = 3;
  private static final int SPEAKER_GATE = 1;

  private final Clock clock;
  private final IrqLine timer;
  private final Alarm rise;
  private final List<PitChannel> channels =
      List.of(new PitChannel(), new PitChannel(), new PitChannel());
  private int speaker;

  /**
   * After power-on.
   *
   * @param timer the interrupt of channel 0
   */
  public Pit(Clock clock, IrqLine timer) {
    this.clock = clock;
    this.timer = timer;
    rise = clock.alarm("pit", this::onRise);
    reset();
  }

  /** To the state after power-on. */
  public void reset() {
    channels.forEach(PitChannel::reset);
    speaker = 0;
    channels.get(2).setGate(false, 0);
    rise.cancel();
  }

  private long now() {
    return INPUT.at(clock.now());
  }

  private void onRise() {
    timer.pulse();
    schedule();
  }

  private void schedule() {
    long tick = channels.get(0).nextRise(now());
    if (tick == PitChannel.NEVER) {
      rise.cancel();
    } else {
      rise.set(INPUT.nanos(tick));
    }
  }

  @Override
  public long read(int offset, int size) {
    return offset == CONTROL ? 0xff : channels.get(offset).read(now());
  }

  @Override
  public void write(int offset, int size, long value) {
    int word = (int) value;
    if (offset != CONTROL) {
      channels.get(offset).write(word, now());
    } else if (word >>> 6 == 3) {
      readBack(word);
    } else {
      channels.get(word >>> 6).control(word, now());
    }
    if (offset == 0 || (offset == CONTROL && word >>> 4 != 0 && word >>> 6 == 0)) {
      schedule();
    }
  }

  private void readBack(int word) {
    for (int i = 0; i < 3; i++) {
      if ((word & 2 << i) != 0) {
        if ((word & 0x20) == 0) {
          channels.get(i).latchCount(now());
        }
        if ((word & 0x10) == 0) {
          channels.get(i).latchStatus(now());
        }
      }
    }
  }

  /**
   * Port 61H: speaker gate and data, channel 2's output, and a bit that toggles with every memory
   * refresh.
   */
  public RegisterBlock speakerPort() {
    return new RegisterBlock() {
      private static final long REFRESH = 15_085;

      @Override
      public long read(int offset, int size) {
        long refresh = clock.now() / REFRESH & 1;
        long output = channels.get(2).output(now()) ? 0x20 : 0;
        return speaker | refresh << 4 | output;
      }

      @Override
      public void write(int offset, int size, long value) {
        speaker = (int) value & 0xf;
        channels.get(2).setGate((value & SPEAKER_GATE) != 0, now());
      }
    };
  }

  /** What must survive a save. */
  public PitState save() {
    return new PitState(channels.stream().map(PitChannel::save).toList(), speaker);
  }

  /** Takes up saved state; the clock must stand where it stood. */
  public void restore(PitState state) {
    for (int i = 0; i < 3; i++) {
      channels.get(i).restore(state.channels().get(i));
    }
    speaker = state.speaker();
    schedule();
  }
}
