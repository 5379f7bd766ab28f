package org.tenon.hv.app;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.machine.Balloon;
import org.tenon.hv.machine.DiskStatus;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.SlotKind;

/**
 * The commands of {@code tenon run --control}: what they say to the machine, on its run-loop
 * thread, and what is answered. The last line of an answer begins with {@code ok} or {@code error}.
 */
final class RunControl {
  private static final String COMMANDS =
      "plug disk driver=ID[,model=virtio],KEY=VALUE…, plug nic driver=ID,KEY=VALUE…,"
          + " plug device driver=ID,KEY=VALUE…, unplug NAME, yank NAME,"
          + " balloon [SIZE], balloon statistics, status, quit";

  /** How long a guest may take to tell its statistics. */
  private static final long PATIENCE_SECONDS = 10;

  private final Machine machine;
  private final RunDisks disks;
  private final CompletableFuture<String> ended = new CompletableFuture<>();

  RunControl(Machine machine, RunDisks disks) {
    this.machine = machine;
    this.disks = disks;
  }

  /** Answers a command. Any thread but the run loop's. */
  String answer(String line) {
    String[] words = line.strip().split("\\s+", 2);
    String rest = words.length == 2 ? words[1] : "";
    return switch (words[0]) {
      case "plug" -> onRunLoop(() -> plug(line, rest));
      case "unplug" ->
          onRunLoop(() -> {
            machine.unplug(rest);
            return "ok";
          });
      case "yank" ->
          onRunLoop(() -> {
            machine.yank(rest);
            return "ok";
          });
      case "balloon" -> rest.equals("statistics") ? statistics() : balloon(rest);
      case "status" -> onRunLoop(this::status);
      case "quit" -> {
        machine.stop();
        yield "ok";
      }
      default -> unknown(line);
    };
  }

  private static String unknown(String line) {
    return "error: no command is '%s'; write one of: %s".formatted(line, COMMANDS);
  }

  private String plug(String line, String what) throws InputException, AttachException {
    String[] words = what.split("\\s+", 2);
    if (words.length < 2) {
      return unknown(line);
    }
    return switch (words[0]) {
      case "disk" ->
          "ok " + machine.plug(disks.resolve(DiskOption.parse(words[1])), SlotKind.HOT_PLUG);
      case "nic" -> "ok " + machine.plug(disks.resolve(NicOption.parse(words[1])));
      case "device" ->
          "ok " + machine.plug(disks.resolve(DeviceOption.parse(words[1])), SlotKind.HOT_PLUG);
      default -> unknown(line);
    };
  }

  private String balloon(String size) {
    return onRunLoop(() -> {
      Balloon balloon = machine.balloon().orElseThrow(RunControl::noBalloon);
      if (!size.isEmpty()) {
        balloon.resize(Sizes.parse("balloon", size));
      }
      return "ok target=%d actual=%d".formatted(balloon.target(), balloon.actual());
    });
  }

  private static InputException noBalloon() {
    return new InputException("this machine has no balloon; run it with --balloon");
  }

  private String statistics() {
    CompletableFuture<String> told = new CompletableFuture<>();
    String asked =
        onRunLoop(() -> {
          Balloon balloon = machine.balloon().orElseThrow(RunControl::noBalloon);
          var _ = balloon.statistics().thenAccept(all -> told.complete(line(all)));
          return "ok";
        });
    var _ =
        told.completeOnTimeout(
            "error: the guest's driver has told no statistics within %d s"
                .formatted(PATIENCE_SECONDS),
            PATIENCE_SECONDS,
            TimeUnit.SECONDS);
    return asked.equals("ok") ? await(told) : asked;
  }

  private static String line(Map<String, Long> statistics) {
    return statistics.entrySet().stream()
        .map(Map.Entry::toString)
        .collect(Collectors.joining(" ", "ok ", ""));
  }

  private String status() {
    StringBuilder all = new StringBuilder();
    for (DiskStatus disk : machine.disks()) {
      String model = KeyValues.word(disk.model());
      all.append("%s %s %s: %s%n".formatted(disk.name(), model, disk.driver(), disk.place()));
    }
    Stream.concat(machine.nics().stream(), machine.functions().stream())
        .map(device -> "%s %s: %s%n".formatted(device.name(), device.driver(), device.place()))
        .forEach(all::append);
    return all.append("ok").toString();
  }

  private String onRunLoop(Callable<String> command) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    machine.post(() -> answer.complete(call(command)));
    return await(answer);
  }

  private String await(CompletableFuture<String> answer) {
    try {
      return String.valueOf(CompletableFuture.anyOf(answer, ended).get());
    } catch (ExecutionException e) {
      return "error: " + e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "error: interrupted";
    }
  }

  private static String call(Callable<String> command) {
    try {
      return command.call();
    } catch (InputException
        | AttachException
        | IllegalArgumentException
        | IllegalStateException e) {
      return "error: " + e.getMessage();
    } catch (Exception e) {
      return "error: " + e;
    }
  }

  /** The run is over: whoever still waits hears it. */
  void end() {
    ended.complete("error: the run has ended");
  }
}
