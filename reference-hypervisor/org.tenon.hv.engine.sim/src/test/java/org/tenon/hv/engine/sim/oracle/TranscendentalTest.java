package org.tenon.hv.engine.sim.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tenon.hv.engine.sim.ffi.HostProcessor;

/**
 * The x87 functions that the simulator computes in double precision, against the host processor:
 * how far apart they may be is what docs/reference/x87.md promises.
 */
class TranscendentalTest {
  private static final int CASES = 4_000;
  private static final int BIAS = 0x3fff;

  private final Random random = new Random(20261122);
  private final byte[] image = new byte[512];

  /**
   * One function.
   *
   * @param low and high bounds of ST(0)
   * @param second whether ST(1) is an operand too
   * @param bits the bound: 2 to the power of minus this, of the result or of 1 if that is larger
   */
  @ParameterizedTest(name = "{0} within 2^-{5}")
  @CsvSource({
    "FSIN,    d9fe, -800,  800, false, 50",
    "FCOS,    d9ff, -800,  800, false, 50",
    "FSINCOS, d9fb, -800,  800, false, 50",
    "FPTAN,   d9f2, -1.5,  1.5, false, 48",
    "FPATAN,  d9f3, -1e6,  1e6, true,  50",
    "F2XM1,   d9f0, -1,    1,   false, 50",
    "FYL2X,   d9f1, 1e-6,  1e6, true,  48",
    "FYL2XP1, d9f9, -0.29, 0.41, true, 48"
  })
  void agreesWithTheHost(
      String name, String code, double low, double high, boolean second, int bits) {
    assumeTrue(HostProcessor.available(), "the oracle needs Linux on x86-64");
    HostProcessor host = new HostProcessor();
    SimProcessor sim = new SimProcessor(host.codeAddress());
    byte[] bytes = HexFormat.of().parseHex(code);
    double worst = 0;
    for (int k = 0; k < CASES; k++) {
      double x = low + random.nextDouble() * (high - low);
      double y = second ? random.nextGaussian() * 10 : 1;
      prepare(x, y);
      run(sim, host, bytes);
      worst = Math.max(worst, difference(sim, host, 0));
      if (name.equals("FSINCOS")) {
        worst = Math.max(worst, difference(sim, host, 1));
      }
    }
    assertThat(worst).as("largest difference of %s", name).isLessThan(Math.pow(2, -bits));
  }

  private void prepare(double x, double y) {
    java.util.Arrays.fill(image, (byte) 0);
    put(0, 0x37f, 2);
    boolean two = y != 1;
    put(2, (two ? 6 : 7) << 11, 2);
    put(4, two ? 0xc0 : 0x80, 1);
    put(24, 0x1f80, 4);
    putExtended(0, x);
    if (two) {
      putExtended(1, y);
    }
  }

  private void putExtended(int register, double value) {
    long raw = Double.doubleToRawLongBits(value);
    int exponent = (int) (raw >>> 52) & 0x7ff;
    put(32 + 16 * register, 1L << 63 | raw << 11, 8);
    put(40 + 16 * register, (raw >>> 63) << 15 | exponent - 1023 + BIAS, 2);
  }

  private void put(int at, long value, int size) {
    for (int k = 0; k < size; k++) {
      image[at + k] = (byte) (value >>> (8 * k));
    }
  }

  private void run(SimProcessor sim, HostProcessor host, byte[] code) {
    sim.codeWritten(host.codeAddress(), 16);
    MemorySegment.copy(
        MemorySegment.ofArray(code), 0, sim.window(host.codeAddress(), 16), 0, code.length);
    FxImage.load(sim.cpu, image);
    sim.cpu.flags.set(2);
    sim.cpu.rip = host.codeAddress();
    sim.step();
    host.setCode(code);
    host.state().fill((byte) 0);
    host.state().set(ValueLayout.JAVA_INT, 1024, 0x1f80);
    host.state().set(ValueLayout.JAVA_LONG, HostProcessor.FLAGS, 2);
    host.state().set(ValueLayout.JAVA_LONG, 8 * 4, host.dataAddress() + 4096);
    MemorySegment.copy(
        MemorySegment.ofArray(image), 0, host.state(), HostProcessor.FXSAVE, image.length);
    host.run();
  }

  /** Between the two results in ST(i), relative to the larger of the host's and 1. */
  private static double difference(SimProcessor sim, HostProcessor host, int register) {
    MemorySegment theirs = host.state().asSlice(HostProcessor.FXSAVE, 512);
    BigDecimal expected =
        value(
            theirs.get(ValueLayout.JAVA_SHORT, 40 + 16L * register) & 0xffff,
            theirs.get(ValueLayout.JAVA_LONG, 32 + 16L * register));
    int physical = sim.cpu.fpu.physical(register);
    BigDecimal actual =
        value(sim.cpu.fpu.signExponent[physical], sim.cpu.fpu.significand[physical]);
    double scale = Math.max(1, Math.abs(expected.doubleValue()));
    return expected.subtract(actual).abs().doubleValue() / scale;
  }

  private static BigDecimal value(int signExponent, long significand) {
    int shift = (signExponent & 0x7fff) - BIAS - 63;
    BigDecimal magnitude = new BigDecimal(Long.toUnsignedString(significand));
    BigDecimal power = new BigDecimal(2).pow(Math.abs(shift));
    BigDecimal value =
        shift < 0
            ? magnitude.divide(power, java.math.MathContext.DECIMAL128)
            : magnitude.multiply(power);
    return (signExponent & 0x8000) != 0 ? value.negate() : value;
  }
}
