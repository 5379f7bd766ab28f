package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.machine.gdb.GdbServer;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/** The remote protocol, spoken by a client that sends what gdb sends. */
@Timeout(60)
class GdbServerTest {
  private final StringBuilder console = new StringBuilder();

  /** Sends each packet and collects the answers, one for each. */
  private static List<String> talk(int port, List<String> packets) {
    List<String> answers = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      for (String packet : packets) {
        int sum = packet.chars().sum() & 0xff;
        byte[] bytes = "$%s#%02x".formatted(packet, sum).getBytes(StandardCharsets.ISO_8859_1);
        socket.getOutputStream().write(bytes);
        answers.add(packet.equals("k") ? "" : receive(socket.getInputStream()));
      }
      return answers;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String receive(InputStream in) throws IOException {
    assertThat(in.read()).as("acknowledgement").isEqualTo('+');
    assertThat(in.read()).isEqualTo('$');
    StringBuilder answer = new StringBuilder();
    for (int next = in.read(); next != '#'; next = in.read()) {
      assertThat(next).as("end of answer").isNotNegative();
      answer.append((char) next);
    }
    assertThat(new String(in.readNBytes(2), StandardCharsets.US_ASCII))
        .isEqualTo("%02x".formatted(answer.chars().sum() & 0xff));
    return answer.toString();
  }

  private List<String> debug(
      int processors, BareProgram program, Outcome.Kind end, String... packets)
      throws BootException, IOException, InterruptedException {
    MachineConfig config =
        new MachineConfig(
            MachineType.of(MachineType.CURRENT),
            new SimEngine(),
            processors,
            32 << 20,
            ClockMode.VIRTUAL,
            program.kernel(),
            ByteBuffer.allocate(0),
            "",
            value -> console.append((char) value),
            Trace.OFF);
    try (GdbServer server = new GdbServer(0);
        Machine machine = new Machine(config)) {
      CompletableFuture<List<String>> client =
          CompletableFuture.supplyAsync(() -> talk(server.port(), List.of(packets)));
      assertThat(server.serve(machine.debugger()).kind()).isEqualTo(end);
      return client.join();
    }
  }

  private static BareProgram hello() {
    return new BareProgram().print("a").print("b").powerOff();
  }

  @Test
  void breaksStepsAndLooks() throws BootException, IOException, InterruptedException {
    List<String> answers =
        debug(
            1,
            hello(),
            Outcome.Kind.POWER_OFF,
            "qSupported:multiprocess+",
            "?",
            "p10",
            "s",
            "p10",
            "m201000,4",
            "Z0,201013,1",
            "c",
            "p10",
            "P0=4200000000000000",
            "p0",
            "z0,201013,1",
            "c");
    assertThat(answers.get(0)).contains("qXfer:features:read+");
    assertThat(answers.get(1)).isEqualTo("T05thread:1;");
    assertThat(answers.get(2)).isEqualTo("0010200000000000");
    assertThat(answers.get(3)).isEqualTo("T05thread:1;");
    assertThat(answers.get(4)).as("behind the five bytes of MOV ESP").isEqualTo("0510200000000000");
    assertThat(answers.get(5)).isEqualTo("bc000030");
    assertThat(answers.get(7)).isEqualTo("T05thread:1;");
    assertThat(answers.get(8)).as("at the breakpoint").isEqualTo("1310200000000000");
    assertThat(answers.get(10)).isEqualTo("4200000000000000");
    assertThat(answers.getLast()).isEqualTo("W00");
    assertThat(console).hasToString("ab");
  }

  @Test
  void memoryThatIsNotThereIsAnError() throws BootException, IOException, InterruptedException {
    List<String> answers =
        debug(
            2,
            hello(),
            Outcome.Kind.STOPPED,
            "mffff0000,8",
            "M201000,2:9090",
            "m201000,2",
            "qfThreadInfo",
            "T3",
            "mzz,1",
            "unknown",
            "k");
    assertThat(answers).containsExactly("E01", "OK", "9090", "m1,2", "E01", "E01", "", "");
  }

  @Test
  void aDetachedGuestRunsOn() throws BootException, IOException, InterruptedException {
    assertThat(debug(1, hello(), Outcome.Kind.POWER_OFF, "Z0,201013,1", "D"))
        .containsExactly("OK", "OK");
    assertThat(console).hasToString("ab");
  }
}
