package org.tenon.hv.engine.sim.cpu;

import java.util.Arrays;
import org.tenon.hv.engine.VcpuExit;

/**
 * The vCPU's way out to ports, MMIO and foreign MSRs, and the current exit.
 *
 * <p>An instruction that needs the machine unwinds without having changed a register. When the
 * machine has answered, the instruction is executed again from its start; the accesses already
 * answered are then taken from a log, in order, so that the machine sees each exactly once. The log
 * is dropped when the instruction retires ({@link #commit()}).
 */
public final class DeviceAccess implements VcpuExit {
  private Reason reason = Reason.BUDGET;
  private long address;
  private int size;
  private long value;
  private String detail = "";

  private long[] answers = new long[8];
  private int answered;
  private int replayed;
  private boolean waiting;
  private boolean refused;
  private boolean disconnected;

  private final Cpu cpu;
  private final LeaveRun leave = new LeaveRun();

  DeviceAccess(Cpu cpu) {
    this.cpu = cpu;
  }

  /**
   * Cuts the devices off, or connects them again. While the processor itself delivers an event
   * there is no instruction to restart: what then touches MMIO reads all ones and writes nowhere,
   * as on a bus without anybody to answer.
   *
   * @return what was the case before
   */
  boolean disconnect(boolean cut) {
    boolean before = disconnected;
    disconnected = cut;
    return before;
  }

  /** Reads from a port, physical address or MSR. */
  public long read(Reason kind, long from, int width) {
    if (disconnected) {
      return width == 8 ? -1 : (1L << (8 * width)) - 1;
    }
    if (replayed < answered) {
      return answer();
    }
    set(kind, from, width, 0, "");
    waiting = true;
    throw leave;
  }

  /** Writes to a port, physical address or MSR. */
  public void write(Reason kind, long to, int width, long what) {
    if (disconnected) {
      return;
    }
    if (replayed < answered) {
      answer();
      return;
    }
    set(kind, to, width, what, "");
    waiting = true;
    throw leave;
  }

  private long answer() {
    if (refused && replayed == answered - 1) {
      commit();
      throw cpu.fault(GuestFault.GP, 0);
    }
    return answers[replayed++];
  }

  /** Leaves the run loop with an exit that needs no answer. */
  public VcpuExit exit(Reason kind, long exitValue, String exitDetail) {
    set(kind, 0, 0, exitValue, exitDetail);
    return this;
  }

  private void set(Reason kind, long at, int width, long what, String text) {
    reason = kind;
    address = at;
    size = width;
    value = width > 0 && width < 8 ? what & ((1L << (8 * width)) - 1) : what;
    detail = text;
  }

  /** The instruction, or one step of it that it will not repeat, is complete. */
  public void commit() {
    answered = 0;
    replayed = 0;
    refused = false;
  }

  /** Whether an instruction is under way. */
  public boolean inProgress() {
    return waiting || answered > 0;
  }

  /** The machine answers the exit it got. */
  public void complete(long answer) {
    if (!waiting) {
      throw new IllegalStateException("there is no exit to complete; the last was " + reason);
    }
    if (answered == answers.length) {
      answers = Arrays.copyOf(answers, answered * 2);
    }
    answers[answered++] = size > 0 && size < 8 ? answer & ((1L << (8 * size)) - 1) : answer;
    waiting = false;
  }

  /** The machine refuses an MSR access. */
  public void refuse() {
    if (!waiting || (reason != Reason.MSR_READ && reason != Reason.MSR_WRITE)) {
      throw new IllegalStateException("only an MSR exit can be refused; the last was " + reason);
    }
    complete(0);
    refused = true;
  }

  /** A new run begins: writes count as done, reads must have been answered. Starts the replay. */
  public void resume() {
    if (waiting) {
      switch (reason) {
        case PORT_WRITE, MMIO_WRITE, MSR_WRITE -> complete(0);
        default -> throw new IllegalStateException(reason + " has not been completed");
      }
    }
    replayed = 0;
  }

  @Override
  public Reason reason() {
    return reason;
  }

  @Override
  public long address() {
    return address;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long value() {
    return value;
  }

  @Override
  public String detail() {
    return detail;
  }
}
