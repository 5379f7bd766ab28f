package org.tenon.kit.testing.wire;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.tenon.api.Stability;

/**
 * Capture files (pcapng, draft-ietf-opsawg-pcapng): what the card sends goes to one, which the test
 * reads as it grows; no frame comes from the other, which is empty.
 *
 * @param inputSetting the driver's configuration key that takes the path of the file to read
 * @param outputSetting the one that takes the path of the file to write
 * @param settings further settings, the same for every wire
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record PcapWiring(String inputSetting, String outputSetting, Map<String, String> settings)
    implements Wiring {
  private static final int SECTION_HEADER = 0x0a0d0d0a;
  private static final int BYTE_ORDER = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int ENHANCED_PACKET = 6;
  private static final short ETHERNET = 1;

  /** Copies the settings. */
  public PcapWiring {
    settings = Map.copyOf(settings);
  }

  @Override
  public String title() {
    return "pair of capture files";
  }

  @Override
  public Set<Wire.Ability> abilities() {
    return Set.of(Wire.Ability.OBSERVES);
  }

  @Override
  public Wire lay(Path folder) throws IOException {
    Path input = Files.createTempFile(folder, "in-", ".pcapng");
    Files.write(input, emptyCapture());
    return new CaptureFiles(input, Files.createTempFile(folder, "out-", ".pcapng"));
  }

  /** A section without a frame. */
  private static byte[] emptyCapture() {
    return ByteBuffer.allocate(28 + 20)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(SECTION_HEADER)
        .putInt(28)
        .putInt(BYTE_ORDER)
        .putShort((short) 1)
        .putShort((short) 0)
        .putLong(-1)
        .putInt(28)
        .putInt(INTERFACE)
        .putInt(20)
        .putShort(ETHERNET)
        .putShort((short) 0)
        .putInt(0)
        .putInt(20)
        .array();
  }

  /** One pair of files. */
  private final class CaptureFiles implements Wire {
    private static final int BLOCK_HEADER = 8;
    private static final long POLL_NANOS = 200_000;

    private final Path input;
    private final Path output;
    private long at;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    CaptureFiles(Path input, Path output) {
      this.input = input;
      this.output = output;
    }

    @Override
    public Map<String, String> settings() {
      Map<String, String> all = new HashMap<>(settings);
      all.put(inputSetting, input.toString());
      all.put(outputSetting, output.toString());
      return all;
    }

    @Override
    public Optional<byte[]> observe(Duration limit) {
      long end = System.nanoTime() + limit.toNanos();
      try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
        do {
          Optional<byte[]> frame = next(file);
          if (frame.isPresent()) {
            return frame;
          }
          LockSupport.parkNanos(POLL_NANOS);
        } while (System.nanoTime() < end);
        return Optional.empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The next frame that is in the file whole, past all other blocks. */
    private Optional<byte[]> next(RandomAccessFile file) throws IOException {
      while (file.length() >= at + BLOCK_HEADER + 4) {
        ByteBuffer header = read(file, at, BLOCK_HEADER + 4);
        int type = header.getInt();
        if (type == SECTION_HEADER) {
          header.order(ByteOrder.LITTLE_ENDIAN);
          boolean little = header.getInt(BLOCK_HEADER) == BYTE_ORDER;
          order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
          header.order(order);
        }
        int length = header.getInt(4);
        if (length < BLOCK_HEADER + 4 || length % 4 != 0) {
          throw new IOException("the card wrote a block of %d bytes at %d".formatted(length, at));
        }
        if (file.length() < at + length) {
          return Optional.empty();
        }
        ByteBuffer block = read(file, at, length);
        at += length;
        if (type == ENHANCED_PACKET) {
          byte[] frame = new byte[block.getInt(20)];
          block.get(28, frame);
          return Optional.of(frame);
        }
      }
      return Optional.empty();
    }

    private ByteBuffer read(RandomAccessFile file, long from, int length) throws IOException {
      byte[] bytes = new byte[length];
      file.seek(from);
      file.readFully(bytes);
      return ByteBuffer.wrap(bytes).order(order);
    }

    @Override
    public void close() {
      // The folder goes with the test.
    }
  }
}
