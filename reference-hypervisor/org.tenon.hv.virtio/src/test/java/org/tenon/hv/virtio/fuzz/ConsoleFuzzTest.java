package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.tenon.hv.virtio.console.ConsoleDevice;
import org.tenon.hv.virtio.console.PortEnd;
import org.tenon.hv.virtio.console.ScriptedEnd;

/**
 * A hostile guest before a console device with three ports, at whose other ends somebody comes and
 * goes; run as {@link RingFuzzTest} says.
 */
class ConsoleFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void console(byte[] input) {
    var _ = run(input);
  }

  @Test
  void seeded() {
    assertThat(Program.seeded(1_000, 500, ConsoleFuzzTest::run)).isGreaterThan(2_000);
  }

  private static long run(byte[] input) {
    List<ScriptedEnd> ends = List.of(new ScriptedEnd(), new ScriptedEnd(), new ScriptedEnd());
    try (ConsoleProgram program = new ConsoleProgram(input, ends)) {
      return program.run();
    }
  }

  private static final class ConsoleProgram extends LoopProgram<ConsoleDevice> {
    private static final int CONTROL_TRANSMIT = 3;
    private static final int FEATURES = 6;

    private final List<ScriptedEnd> ends;

    ConsoleProgram(byte[] input, List<ScriptedEnd> ends) {
      super(
          input,
          FEATURES,
          (memory, handoffs) -> new ConsoleDevice(ends.get(0), ports(ends), 16, handoffs));
      this.ends = ends;
    }

    private static SequencedMap<String, PortEnd> ports(List<ScriptedEnd> ends) {
      SequencedMap<String, PortEnd> ports = new LinkedHashMap<>();
      ports.put("a", ends.get(1));
      ports.put("b", ends.get(2));
      return ports;
    }

    @Override
    byte[] message(int queue) {
      if (queue != CONTROL_TRANSMIT) {
        return new byte[1 + program.u8() * 4];
      }
      return ByteBuffer.allocate(8)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(program.u8() % 5 - 1)
          .putShort((short) (program.u8() % 10))
          .putShort((short) (program.u8() % 3))
          .array();
    }

    @Override
    boolean isReceiving(int queue) {
      return queue % 2 == 0;
    }

    @Override
    void outside() {
      ScriptedEnd end = ends.get(program.u8() % ends.size());
      switch (program.u8() % 6) {
        case 0 -> end.go();
        case 1, 2 -> end.come();
        case 3 -> end.send(new byte[program.u8()]);
        default -> {
          byte[] taken = end.take(program.u8());
          assertThat(taken).hasSizeLessThan(256);
        }
      }
    }

    @Override
    public void close() {
      super.close();
      ends.forEach(ScriptedEnd::close);
    }
  }
}
