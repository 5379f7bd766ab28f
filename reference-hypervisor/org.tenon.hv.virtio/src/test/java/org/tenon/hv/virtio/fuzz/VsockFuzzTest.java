package org.tenon.hv.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tenon.hv.virtio.stream.HostStream;
import org.tenon.hv.virtio.vsock.ScriptedHost;
import org.tenon.hv.virtio.vsock.VsockDevice;

/**
 * A hostile guest before a socket device, while programs on the host come, speak and go; run as
 * {@link RingFuzzTest} says.
 */
class VsockFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void vsock(byte[] input) {
    var _ = run(input);
  }

  @Test
  void seeded() {
    assertThat(Program.seeded(500, 500, VsockFuzzTest::run)).isGreaterThan(1_000);
  }

  private static long run(byte[] input) {
    ScriptedHost host = new ScriptedHost();
    try (VsockProgram program = new VsockProgram(input, host)) {
      return program.run();
    } finally {
      host.close();
    }
  }

  private static final class VsockProgram extends LoopProgram<VsockDevice> {
    private static final long CID = 3;
    private static final int MOST_STREAMS = 24;

    private final ScriptedHost host;

    VsockProgram(byte[] input, ScriptedHost host) {
      super(input, 1, (memory, handoffs) -> new VsockDevice(CID, host, 16, handoffs));
      this.host = host;
    }

    @Override
    byte[] message(int queue) {
      int length = program.u8() % 100;
      long asked = host.ports().size() >= MOST_STREAMS ? 2 : 1 + program.u8() % 8;
      return ByteBuffer.allocate(44 + length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(program.u8() < 250 ? CID : program.u64())
          .putLong(program.u8() < 250 ? 2 : program.u64())
          .putInt(program.u8() % 4)
          .putInt(program.flag() ? program.u8() % 4 : (1 << 30) + program.u8() % 8)
          .putInt(program.u8() < 240 ? length : (int) program.u32())
          .putShort((short) (program.u8() < 250 ? 1 : program.u16()))
          .putShort((short) asked)
          .putInt(program.u8() % 4)
          .putInt(program.u8() < 200 ? program.u8() : (int) program.u32())
          .putInt(program.u8() < 200 ? program.u8() : (int) program.u32())
          .array();
    }

    @Override
    boolean isReceiving(int queue) {
      return queue != 1;
    }

    @Override
    void outside() {
      List<HostStream> streams = host.streams();
      int what = program.u8() % 6;
      if (what == 0 && streams.size() < MOST_STREAMS) {
        var _ = host.come("CONNECT " + program.u8() % 4 + "\n");
      } else if (what == 1) {
        host.refuse(program.flag());
      } else if (!streams.isEmpty()) {
        HostStream stream = streams.get(program.u8() % streams.size());
        switch (what) {
          case 2 -> host.go(stream);
          case 3 -> {
            byte[] taken = host.take(stream, program.u16());
            assertThat(taken.length).isLessThanOrEqualTo(1 << 16);
          }
          default -> host.send(stream, new byte[program.u8()]);
        }
      }
    }
  }
}
