package org.tenon.hv.platform.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.RamLayout;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.MemoryMap;

class KernelLoaderTest {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final MachineType type = MachineType.of(MachineType.CURRENT);
  private final RamLayout layout = RamLayout.split(64 << 20, type.number("ram.low-end"));
  private final GuestMemory memory = GuestMemory.allocate(layout);

  @AfterEach
  void release() {
    memory.close();
  }

  private BootEntry load(ByteBuffer kernel, String initrd, String commandLine)
      throws BootException {
    ByteBuffer disk = ByteBuffer.wrap(initrd.getBytes(StandardCharsets.US_ASCII));
    MemoryMap map = MemoryMap.of(type, layout);
    return KernelLoader.load(new BootRequest(kernel, disk, commandLine, map, 0xe0000), memory);
  }

  private BootEntry load(ByteBuffer kernel) throws BootException {
    return load(kernel, "", "");
  }

  private int u32(long address) {
    return memory.region(0).segment().get(INT, address);
  }

  private long u64(long address) {
    return memory.region(0).segment().get(LONG, address);
  }

  private String text(long address) {
    return memory.region(0).segment().getString(address, StandardCharsets.US_ASCII);
  }

  private static ByteBuffer file(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ByteBuffer bzImage() {
    ByteBuffer file = file(3 * 512 + 64);
    file.put(0x1f1, (byte) 2).putInt(0x1f4, 4).putShort(0x1fe, (short) 0xaa55);
    file.put(0x201, (byte) 0x6a).putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20f);
    file.putInt(0x22c, 0x7fffffff).putInt(0x230, 0x200000).put(0x234, (byte) 1);
    file.putShort(0x236, (short) 1).putInt(0x238, 2047);
    file.putLong(0x258, 0x1000000).putInt(0x260, 0x200000);
    for (int i = 0; i < 64; i++) {
      file.put(3 * 512 + i, (byte) (i + 1));
    }
    return file;
  }

  static ByteBuffer pvh() {
    ByteBuffer file = file(0x300);
    file.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).putShort(16, (short) 2);
    file.putShort(18, (short) 62).putLong(24, 0x1000000).putLong(32, 64);
    file.putShort(54, (short) 56).putShort(56, (short) 2);
    file.putInt(64, 1).putLong(64 + 8, 0x200).putLong(64 + 24, 0x1000000);
    file.putLong(64 + 32, 0x80).putLong(64 + 40, 0x1000);
    file.putInt(120, 4).putLong(120 + 8, 0x280).putLong(120 + 32, 0x30).putLong(120 + 40, 0x30);
    file.putInt(0x280, 4).putInt(0x284, 4).putInt(0x288, 6).putInt(0x28c, 0x554e47);
    file.putInt(0x294, 4).putInt(0x298, 4).putInt(0x29c, 18).putInt(0x2a0, 0x6e6558);
    file.putInt(0x2a4, 0x1000040);
    file.putInt(0x200, 0x12345678);
    return file;
  }

  static ByteBuffer multiboot() {
    ByteBuffer file = file(0x100);
    int flags = 1 << 16 | 2;
    file.putInt(0x20, 0x1badb002).putInt(0x24, flags).putInt(0x28, -(0x1badb002 + flags));
    file.putInt(0x2c, 0x200020).putInt(0x30, 0x200000).putInt(0x34, 0).putInt(0x38, 0x201000);
    file.putInt(0x3c, 0x200080);
    file.putInt(0x80, 0xcafef00d);
    return file;
  }

  @Test
  void linuxAtItsSixtyFourBitEntry() throws BootException {
    BootEntry entry = load(bzImage(), "ramdisk", "console=ttyS0");
    assertThat(entry.protocol()).isEqualTo("Linux boot protocol 2.15");
    assertThat(entry.mode()).isEqualTo(BootEntry.Mode.LONG);
    assertThat(entry.entry()).isEqualTo(0x1000200);
    assertThat(u32(0x1000000)).isEqualTo(0x04030201);
    long page = entry.rsi();
    assertThat(u32(page + 0x202)).isEqualTo(0x53726448);
    assertThat(text(Integer.toUnsignedLong(u32(page + 0x228)))).isEqualTo("console=ttyS0");
    long disk = Integer.toUnsignedLong(u32(page + 0x218));
    assertThat(text(disk)).startsWith("ramdisk");
    assertThat(disk % 4096).isZero();
    assertThat(u32(page + 0x21c)).isEqualTo(7);
    assertThat(u64(page + 0x70)).isEqualTo(0xe0000);
    assertThat(memory.region(0).segment().get(ValueLayout.JAVA_BYTE, page + 0x1e8))
        .isEqualTo((byte) 5);
    assertThat(u64(page + 0x2d0 + 3 * 20)).isEqualTo(0x100000);
    assertThat(u64(page + 0x2d0 + 3 * 20 + 8)).isEqualTo((64L << 20) - 0x100000);
    long tables = entry.pageTables();
    long directory = u64(u64(tables) & ~0xfffL) & ~0xfffL;
    assertThat(u64(directory + 8 * 5)).as("maps 10 MiB to itself").isEqualTo(5L << 21 | 0x83);
    assertThat(u64(entry.gdt() + BootEntry.CODE)).isEqualTo(0x00af9b000000ffffL);
  }

  @Test
  void pvhAtItsThirtyTwoBitEntry() throws BootException {
    BootEntry entry = load(pvh(), "disk", "quiet");
    assertThat(entry.protocol()).isEqualTo("PVH");
    assertThat(entry.mode()).isEqualTo(BootEntry.Mode.PROTECTED);
    assertThat(entry.entry()).isEqualTo(0x1000040);
    assertThat(u32(0x1000000)).isEqualTo(0x12345678);
    long info = entry.rbx();
    assertThat(u32(info)).isEqualTo(0x336ec578);
    assertThat(u32(info + 12)).as("one module").isEqualTo(1);
    assertThat(text(u64(u64(info + 16)))).startsWith("disk");
    assertThat(text(u64(info + 24))).isEqualTo("quiet");
    assertThat(u64(info + 32)).isEqualTo(0xe0000);
    assertThat(u32(info + 48)).isEqualTo(5);
    assertThat(u64(u64(info + 40) + 3 * 24)).isEqualTo(0x100000);
  }

  @Test
  void multibootWithItsOwnAddresses() throws BootException {
    BootEntry entry = load(multiboot(), "module", "x=1");
    assertThat(entry.protocol()).isEqualTo("Multiboot 1");
    assertThat(entry.rax()).isEqualTo(0x2badb002);
    assertThat(entry.entry()).isEqualTo(0x200080);
    assertThat(u32(0x200080)).isEqualTo(0xcafef00d);
    long info = entry.rbx();
    assertThat(u32(info)).isEqualTo(0x4d);
    assertThat(u32(info + 8)).as("KiB above 1 MiB").isEqualTo(63 << 10);
    assertThat(text(u32(info + 16))).isEqualTo("x=1");
    assertThat(text(u32(u32(info + 24)))).startsWith("module");
  }

  @Test
  void whatIsNoKernelIsSaidToBeNone() {
    assertThatThrownBy(() -> load(file(4096)))
        .isInstanceOf(BootException.class)
        .hasMessageContaining("neither a Linux bzImage nor a PVH or Multiboot kernel");
    ByteBuffer elf = pvh();
    elf.putInt(0x29c, 17);
    assertThatThrownBy(() -> load(elf))
        .hasMessageContaining("neither a PVH note nor a Multiboot header");
    ByteBuffer old = bzImage();
    old.putShort(0x206, (short) 0x206);
    assertThatThrownBy(() -> load(old))
        .hasMessageContaining("no 64-bit entry point (boot protocol 2.06)");
    ByteBuffer arm = pvh();
    arm.putShort(18, (short) 183);
    assertThatThrownBy(() -> load(arm)).hasMessageContaining("another processor");
  }

  @Test
  void whatIsTruncatedIsSaidToBe() {
    ByteBuffer linux = bzImage();
    linux.putInt(0x1f4, 0x10000);
    assertThatThrownBy(() -> load(linux))
        .isInstanceOf(BootException.class)
        .hasMessageContaining("truncated");
    ByteBuffer elf = pvh();
    elf.putLong(64 + 32, 0x800);
    assertThatThrownBy(() -> load(elf)).hasMessageContaining("truncated");
  }

  @Test
  void whatDoesNotFitIsSaidNotTo() {
    ByteBuffer big = bzImage();
    big.putInt(0x260, 0x7fffffff);
    assertThatThrownBy(() -> load(big)).hasMessageContaining("--memory");
    ByteBuffer high = pvh();
    high.putLong(64 + 24, 1L << 40);
    assertThatThrownBy(() -> load(high)).hasMessageContaining("no RAM");
    assertThatThrownBy(() -> load(bzImage(), "x".repeat(62 << 20), ""))
        .hasMessageContaining("initial RAM disk");
    assertThatThrownBy(() -> load(bzImage(), "", "x".repeat(2048)))
        .hasMessageContaining("2048 characters");
    assertThatThrownBy(() -> load(bzImage(), "", "ä")).hasMessageContaining("ASCII");
  }

  /** Any file gives an entry or one clear error, never another exception. */
  @Test
  void damagedKernelsGiveAnEntryOrOneError() {
    Random random = new Random(10);
    int started = 0;
    int refused = 0;
    for (int i = 0; i < 3_000; i++) {
      ByteBuffer kernel =
          switch (i % 3) {
            case 0 -> bzImage();
            case 1 -> pvh();
            default -> multiboot();
          };
      for (int flips = random.nextInt(6); flips > 0; flips--) {
        int at = random.nextInt(kernel.capacity());
        kernel.put(
            at,
            (byte)
                (random.nextBoolean()
                    ? random.nextInt()
                    : kernel.get(at) ^ 1 << random.nextInt(8)));
      }
      if (random.nextInt(4) == 0) {
        kernel.limit(random.nextInt(kernel.capacity()));
      }
      try {
        assertThat(load(kernel, "disk", "quiet").protocol()).isNotEmpty();
        started++;
      } catch (BootException e) {
        assertThat(e.getMessage()).isNotEmpty();
        refused++;
      }
    }
    assertThat(started).isGreaterThan(100);
    assertThat(refused).isGreaterThan(100);
  }
}
