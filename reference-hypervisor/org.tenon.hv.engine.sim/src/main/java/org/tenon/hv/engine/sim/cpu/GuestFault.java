package org.tenon.hv.engine.sim.cpu;

/**
 * An exception of the guest, on its way from the instruction that raised it to the run loop that
 * delivers it. One instance per processor, without a stack trace: faults are frequent.
 */
public final class GuestFault extends RuntimeException {
  public static final int DE = 0;
  public static final int DB = 1;
  public static final int BP = 3;
  public static final int OF = 4;
  public static final int BR = 5;
  public static final int UD = 6;
  public static final int NM = 7;
  public static final int DF = 8;
  public static final int TS = 10;
  public static final int NP = 11;
  public static final int SS = 12;
  public static final int GP = 13;
  public static final int PF = 14;
  public static final int MF = 16;
  public static final int AC = 17;
  public static final int XM = 19;

  private int vector;
  private int errorCode;

  GuestFault() {
    super(null, null, false, false);
  }

  GuestFault set(int newVector, int newErrorCode) {
    vector = newVector;
    errorCode = newErrorCode;
    return this;
  }

  /** Which exception. */
  public int vector() {
    return vector;
  }

  /** Its error code; meaningful if {@link #hasErrorCode(int)}. */
  public int errorCode() {
    return errorCode;
  }

  /** Whether the exception pushes an error code. */
  public static boolean hasErrorCode(int vector) {
    return vector == DF || (vector >= TS && vector <= PF) || vector == AC || vector == 21;
  }

  @Override
  public String getMessage() {
    return "exception " + vector + ", error code " + errorCode;
  }
}
