package org.tenon.tck.block.durability;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tenon.kit.testing.BlockHarness;
import org.tenon.kit.testing.BlockObserver;
import org.tenon.kit.testing.BlockResult;
import org.tenon.kit.testing.Submission;
import org.tenon.kit.testing.storage.RecordingFileSystem;
import org.tenon.kit.testing.storage.StorageFaults;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.StorageGate;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockDriverFactory;

/**
 * The process that is killed: opens a driver, carries out a workload, and says on its standard
 * output what was completed, each line before anything that follows from it. It stops where it is
 * told to and waits there for its end.
 *
 * <pre>{@code
 * in:  factory CLASS | workload SEED | stall N | set KEY VALUE … | go
 * out: ready, then: submit I, done I STATUS, stalled, over, failed MESSAGE
 * }</pre>
 */
final class Victim implements BlockObserver {
  private static final Set<Operation> STALLING =
      Set.of(Operation.WRITE, Operation.ZERO, Operation.FORCE, Operation.RESIZE);

  private final OutputStream out;

  private Victim(OutputStream out) {
    this.out = out;
  }

  /** One line in one call: a reader sees all of it or nothing, whenever the process ends. */
  private static synchronized void say(OutputStream out, String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Started by {@link VictimProcess}. */
  public static void main(String[] arguments) throws IOException {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    say(out, "ready");
    Map<String, String> settings = new LinkedHashMap<>();
    String factory = "";
    long seed = 0;
    int stall = Integer.MAX_VALUE;
    for (String line = in.readLine(); line != null && !line.equals("go"); line = in.readLine()) {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "factory" -> factory = words[1];
        case "workload" -> seed = Long.parseLong(words[1]);
        case "stall" -> stall = Integer.parseInt(words[1]);
        case "set" -> settings.put(words[1], words[2]);
        default -> throw new IOException("what is '" + line + "'?");
      }
    }
    try {
      new Victim(out).run(factoryOf(factory), settings, seed, stall);
      say(out, "over");
    } catch (DriverException | ReflectiveOperationException | RuntimeException e) {
      say(out, "failed " + e);
    }
    // Whatever happens next, the one who started it ends it; without that one there is nothing to
    // wait for.
    in.readLine();
  }

  /**
   * Finds the factory as a service loader does: by its provider method, or else by its constructor.
   */
  private static BlockDriverFactory factoryOf(String name) throws ReflectiveOperationException {
    Class<?> type = Class.forName(name);
    try {
      Method provider = type.getMethod("provider");
      return (BlockDriverFactory) provider.invoke(null);
    } catch (NoSuchMethodException e) {
      return (BlockDriverFactory) type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("the provider method of " + name + " failed", e.getCause());
    }
  }

  private void run(BlockDriverFactory factory, Map<String, String> settings, long seed, int stall)
      throws DriverException {
    RecordingFileSystem files = new RecordingFileSystem(new Ticks(), false);
    StorageGate gate =
        files
            .faults()
            .stall(
                StorageFaults.nth(
                    access -> STALLING.contains(access.operation()), stall, Integer.MAX_VALUE));
    Thread.ofVirtual().start(() -> tell(gate));
    BlockHarness harness =
        BlockHarness.of(factory)
            .settings(settings)
            .files(files)
            .offer(KillScript.OFFER)
            .observer(this)
            .lenient()
            .open();
    KillScript script = new KillScript(seed, harness.geometry(), harness.agreement());
    int number = 0;
    for (List<Workload.Item> step : script.steps()) {
      List<Submission> submitted = new ArrayList<>();
      for (Workload.Item item : step) {
        say(out, "submit " + number++);
        submitted.add(harness.submit(item.queue(), item.request()));
      }
      submitted.forEach(Submission::await);
    }
  }

  /**
   * The harness numbers its submissions in the order in which they were made, as the script does.
   */
  @Override
  public void completed(Submission submission, BlockResult result) {
    say(out, "done " + submission.number() + " " + result.status());
  }

  private void tell(StorageGate gate) {
    try {
      if (gate.awaitArrivals(1, Duration.ofHours(1))) {
        say(out, "stalled");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
