package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.machine.gdb.GdbServer;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;

/**
 * The stub as gdb itself sees it: the kernel is a bzImage, its symbols lie in an ELF file beside it
 * as a Linux kernel's do in its vmlinux. Needs gdb (.ci/peers installs it).
 */
@Timeout(120)
class RealGdbTest {
  @TempDir private Path folder;
  private final StringBuilder console = new StringBuilder();

  private MachineConfig config() {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        4,
        64 << 20,
        ClockMode.VIRTUAL,
        LettersKernel.of(4),
        ByteBuffer.allocate(0),
        "",
        value -> console.append((char) value),
        Trace.OFF);
  }

  /** What gdb prints for these commands, and how the guest ended. */
  private String gdb(Outcome.Kind end, String... commands)
      throws BootException, IOException, InterruptedException {
    Path symbols = Files.write(folder.resolve("symbols"), SymbolFile.of(LettersKernel.symbols()));
    try (GdbServer server = new GdbServer(0);
        Machine machine = new Machine(config())) {
      List<String> line = new ArrayList<>(List.of("gdb", "-nx", "-batch"));
      List<String> all = new ArrayList<>();
      all.add("set tcp connect-timeout 30");
      all.add("file " + symbols);
      all.add("target remote 127.0.0.1:" + server.port());
      all.addAll(List.of(commands));
      for (String command : all) {
        line.add("-ex");
        line.add(command);
      }
      ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
      builder.environment().put("DEBUGINFOD_URLS", "");
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> printed =
          CompletableFuture.supplyAsync(() -> new String(read(process), StandardCharsets.UTF_8));
      assertThat(server.serve(machine.debugger()).kind()).isEqualTo(end);
      assertThat(process.waitFor()).as(printed.join()).isZero();
      return printed.join();
    }
  }

  private static byte[] read(Process process) {
    try {
      return process.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void breaksAtSymbolsStepsAndChangesRegistersAndMemory()
      throws BootException, IOException, InterruptedException {
    String printed =
        gdb(
            Outcome.Kind.POWER_OFF,
            "print $rip",
            "x/2xb letter",
            "break letter",
            "continue",
            "print $r8",
            "stepi",
            "print $rip",
            "print $rcx",
            "stepi 3",
            "print $rcx",
            "set var $r8 = 3",
            "set {int}0x600 = 0x1234abcd",
            "x/xw 0x600",
            "info symbol $rip",
            "delete",
            "break power_off",
            "continue",
            "print $r8",
            "continue");
    assertThat(printed)
        .contains("= (void (*)()) 0x1000200 <start>")
        .contains("<letter>:\t0xb9\t0x2c")
        .contains("Breakpoint 1, 0x000000000100022e in letter ()")
        .contains("$2 = 200")
        .contains("$3 = (void (*)()) 0x1000233 <compute>")
        .contains("$4 = 300")
        .contains("$5 = 299")
        .contains("0x600:\t0x1234abcd")
        .contains("compute + 9 in section .text")
        .contains("Breakpoint 2, 0x0000000001000259 in power_off ()")
        .contains("$6 = 0")
        .contains("exited normally");
    assertThat(console.chars().filter(Character::isLowerCase).count())
        .as("small letters left after R8 was set")
        .isEqualTo(3);
    assertThat(console.chars().filter(Character::isUpperCase).count())
        .isEqualTo(3 * LettersKernel.EACH);
  }

  @Test
  void everyProcessorIsAThread() throws BootException, IOException, InterruptedException {
    String printed =
        gdb(
            Outcome.Kind.POWER_OFF,
            "info threads",
            "break *0x8013",
            "continue",
            "info threads",
            "thread",
            "thread 1",
            "print $cs",
            "delete",
            "detach");
    assertThat(printed)
        .contains("* 1    Thread 1 (CPU#0 running) 0x0000000001000200 in start ()")
        .contains("  4    Thread 4 (CPU#3 halted)")
        .contains("[Switching to Thread ")
        .contains("$1 = 16")
        .contains("detached]");
    assertThat(console).hasSize(4 * LettersKernel.EACH);
  }
}
