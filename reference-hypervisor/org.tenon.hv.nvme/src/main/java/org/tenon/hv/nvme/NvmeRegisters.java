package org.tenon.hv.nvme;

import org.tenon.hv.bus.RegisterBlock;
import org.tenon.hv.bus.state.Saved;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * The controller's registers and doorbells (chapter 3.1), as 32-bit registers; 64-bit ones are two.
 */
final class NvmeRegisters implements RegisterBlock, Saved {
  /** Bytes of the BAR: registers, then a doorbell page for up to 512 queues. */
  static final int BYTES = 8192;

  private static final int CAP_LOW = 0x00;
  private static final int CAP_HIGH = 0x04;
  private static final int VS = 0x08;
  private static final int INTMS = 0x0c;
  private static final int INTMC = 0x10;
  private static final int CC = 0x14;
  private static final int CSTS = 0x1c;
  private static final int AQA = 0x24;
  private static final int ASQ = 0x28;
  private static final int ACQ = 0x30;
  private static final int DOORBELLS = 0x1000;

  private static final int VERSION = 0x00010400;

  /** Queues must be contiguous; 20 s to become ready; 4 KiB pages; NVM command set. */
  private static final int CONTIGUOUS_QUEUES = 1 << 16;

  private static final int READY_TIMEOUT = 40 << 24;
  private static final int NVM_COMMAND_SET = 1 << 5;

  private static final int ENABLE = 1;
  private static final int SHUTDOWN = 3 << 14;
  private static final int CC_WRITABLE = 0x00fffff1;
  private static final int AQA_WRITABLE = 0x0fff0fff;

  /** CSS, MPS and AMS, which must be 0: NVM command set, 4 KiB pages, round robin. */
  private static final int CC_CHOICES = 0x3ff0;

  private static final int QUEUE_ENTRIES = 0xfff;

  private final NvmeController controller;
  private int configuration;
  private int adminAttributes;
  private long submissions;
  private long completions;

  NvmeRegisters(NvmeController controller) {
    this.controller = controller;
  }

  /** To the state after power-on; the controller, if it was in use, is reset. */
  void reset() {
    configuration = 0;
    adminAttributes = 0;
    submissions = 0;
    completions = 0;
    if (controller.phase() != NvmeController.Phase.DISABLED) {
      controller.reset();
    }
  }

  @Override
  public long read(int offset, int size) {
    return switch (offset) {
      case CAP_LOW -> (NvmeController.MOST_ENTRIES - 1) | CONTIGUOUS_QUEUES | READY_TIMEOUT;
      case CAP_HIGH -> NVM_COMMAND_SET;
      case VS -> VERSION;
      case INTMS, INTMC -> controller.areInterruptsMasked() ? 1 : 0;
      case CC -> configuration;
      case CSTS -> status();
      case AQA -> adminAttributes;
      case ASQ -> submissions;
      case ASQ + 4 -> submissions >>> 32;
      case ACQ -> completions;
      case ACQ + 4 -> completions >>> 32;
      default -> 0;
    };
  }

  private int status() {
    int ready =
        switch (controller.phase()) {
          case READY, RESETTING -> 1;
          case FATAL -> 2;
          case DISABLED -> 0;
        };
    int shutdown =
        switch (controller.shutdown()) {
          case NONE -> 0;
          case UNDER_WAY -> 1;
          case COMPLETE -> 2;
        };
    return ready | shutdown << 2;
  }

  @Override
  public void write(int offset, int size, long value) {
    int low = (int) value;
    if (offset >= DOORBELLS) {
      ring((offset - DOORBELLS) / 4, low & 0xffff);
      return;
    }
    boolean disabled = (configuration & ENABLE) == 0;
    switch (offset) {
      case INTMS -> {
        if ((low & 1) != 0) {
          controller.maskInterrupts(true);
        }
      }
      case INTMC -> {
        if ((low & 1) != 0) {
          controller.maskInterrupts(false);
        }
      }
      case CC -> configure(low & CC_WRITABLE);
      case AQA -> adminAttributes = disabled ? low & AQA_WRITABLE : adminAttributes;
      case ASQ -> submissions = disabled ? withLow(submissions, low) : submissions;
      case ASQ + 4 -> submissions = disabled ? withHigh(submissions, low) : submissions;
      case ACQ -> completions = disabled ? withLow(completions, low) : completions;
      case ACQ + 4 -> completions = disabled ? withHigh(completions, low) : completions;
      default -> {}
    }
  }

  @Override
  public void save(StateWriter out) {
    out.put(new NvmeRegistersState(configuration, adminAttributes, submissions, completions));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    NvmeRegistersState state = in.take(NvmeRegistersState.class);
    configuration = state.configuration() & CC_WRITABLE;
    adminAttributes = state.adminAttributes() & AQA_WRITABLE;
    submissions = state.submissions() & -DataPointer.PAGE;
    completions = state.completions() & -DataPointer.PAGE;
  }

  private void ring(int index, int value) {
    if ((index & 1) == 0) {
      controller.submissionTail(index / 2, value);
    } else {
      controller.completionHead(index / 2, value);
    }
  }

  private void configure(int value) {
    int before = configuration;
    configuration = value;
    boolean enabled = (value & ENABLE) != 0;
    if (enabled != ((before & ENABLE) != 0)) {
      if (enabled) {
        controller.enable(
            (value & CC_CHOICES) == 0,
            submissions,
            (adminAttributes & QUEUE_ENTRIES) + 1,
            completions,
            (adminAttributes >>> 16 & QUEUE_ENTRIES) + 1);
      } else {
        controller.reset();
      }
    }
    if ((value & SHUTDOWN) == 0) {
      controller.cancelShutdown();
    } else if ((before & SHUTDOWN) == 0) {
      controller.shutDown();
    }
  }

  /** Queues start at a page, whatever the guest writes below. */
  private static long withLow(long old, int value) {
    return old & 0xffffffff_00000000L | Integer.toUnsignedLong(value & -DataPointer.PAGE);
  }

  private static long withHigh(long old, int value) {
    return old & 0xffffffffL | (long) value << 32;
  }
}
