package org.tenon.hv.platform.acpi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tenon.hv.platform.AddressRange;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.PowerManagement;
import org.tenon.hv.platform.ResetControl;
import org.tenon.hv.platform.Rtc;

/** The ACPI tables of one machine, at the addresses where they point to one another. */
public final class AcpiTables {
  private static final int RSDP_SIZE = 36;

  /** FACS wants 64; every table gets it. */
  private static final int ALIGNMENT = 64;

  private final MachineType type;
  private final int processors;
  private final long base;
  private final Map<String, Long> addresses = new LinkedHashMap<>();
  private final Map<String, byte[]> tables = new LinkedHashMap<>();
  private long next;

  /**
   * Lays out the tables.
   *
   * @param type addresses, interrupts, ports
   * @param processors how many, 1 to the machine type's maximum
   */
  public AcpiTables(MachineType type, int processors) {
    this.type = type;
    this.processors = processors;
    base = type.number("acpi.tables");
    next = base + ALIGNMENT;
    place("FACS", facs());
    place("DSDT", dsdt());
    place("FACP", fadt());
    place("APIC", madt());
    place("MCFG", mcfg());
    place("RSDT", rsdt());
    place("XSDT", xsdt());
    tables.put("RSDP", rsdp());
    addresses.put("RSDP", base);
    AddressRange room = type.range("firmware.high");
    if (next > room.last() + 1) {
      throw new IllegalArgumentException(
          "the ACPI tables end at %#x, beyond %#x".formatted(next, room.last()));
    }
  }

  private void place(String signature, byte[] table) {
    addresses.put(signature, next);
    tables.put(signature, table);
    next = (next + table.length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private long at(String signature) {
    Long address = addresses.get(signature);
    if (address == null) {
      throw new IllegalStateException(signature + " is not placed yet");
    }
    return address;
  }

  /** Where the root pointer lies. */
  public long rootPointer() {
    return base;
  }

  /** Every table by signature. */
  public Map<String, byte[]> tables() {
    return Collections.unmodifiableMap(tables);
  }

  /** The bytes from {@link #rootPointer()} on. */
  public byte[] image() {
    byte[] image = new byte[(int) (next - base)];
    tables.forEach((signature, table) ->
        System.arraycopy(table, 0, image, (int) (at(signature) - base), table.length));
    return image;
  }

  /** 5.2.5.3. */
  private byte[] rsdp() {
    byte[] rsdp =
        new TableWriter()
            .ascii("RSD PTR ")
            .u8(0)
            .ascii(TableWriter.OEM)
            .u8(2)
            .u32(at("RSDT"))
            .u32(RSDP_SIZE)
            .u64(at("XSDT"))
            .zeros(4)
            .toBytes();
    rsdp[8] = TableWriter.checksum(rsdp, 20);
    rsdp[32] = TableWriter.checksum(rsdp, RSDP_SIZE);
    return rsdp;
  }

  private byte[] rsdt() {
    return new TableWriter("RSDT", 1).u32(at("FACP")).u32(at("APIC")).u32(at("MCFG")).table();
  }

  private byte[] xsdt() {
    return new TableWriter("XSDT", 1).u64(at("FACP")).u64(at("APIC")).u64(at("MCFG")).table();
  }

  /** 5.2.10. It has no checksum. */
  private static byte[] facs() {
    return new TableWriter().ascii("FACS").u32(64).zeros(24).u8(2).zeros(31).toBytes();
  }

  /** 5.2.9, revision 6.5. */
  private byte[] fadt() {
    long event = type.range("port.pm-event").first();
    long control = type.range("port.pm-control").first();
    long timer = type.range("port.pm-timer").first();
    long reset = type.range("port.pci-address").first() + 1;
    int noLowPower = 0xfff;
    int legacyDevices = 1;
    int noVga = 1 << 2;
    int wbinvd = 1;
    int procC1 = 1 << 2;
    int noSleepButton = 1 << 5;
    int rtcNotFixed = 1 << 6;
    int timer32 = 1 << 8;
    int resetRegister = 1 << 10;
    TableWriter out = new TableWriter("FACP", 6);
    out.u32(at("FACS")).u32(at("DSDT")).u8(0).u8(0).u16(type.integer("irq.sci"));
    out.u32(0).u8(0).u8(0).u8(0).u8(0);
    out.u32(event).u32(0).u32(control).u32(0).u32(0).u32(timer).u32(0).u32(0);
    out.u8(4).u8(2).u8(0).u8(4).u8(0).u8(0).u8(0).u8(0);
    out.u16(noLowPower).u16(noLowPower).u16(0).u16(0).u8(0).u8(0);
    out.u8(0).u8(0).u8(Rtc.CENTURY).u16(legacyDevices | noVga).u8(0);
    out.u32(wbinvd | procC1 | noSleepButton | rtcNotFixed | timer32 | resetRegister);
    out.port(reset, 8, 1).u8(ResetControl.HARD_RESET).u16(0).u8(5);
    out.u64(0).u64(at("DSDT"));
    out.port(event, 32, 2).port(0, 0, 0).port(control, 16, 2).port(0, 0, 0).port(0, 0, 0);
    out.port(timer, 32, 3).port(0, 0, 0).port(0, 0, 0).port(0, 0, 0).port(0, 0, 0);
    return out.ascii("Tenon\0\0\0").table();
  }

  /** 5.2.12. */
  private byte[] madt() {
    int pcAtCompatible = 1;
    TableWriter out =
        new TableWriter("APIC", 5).u32(type.number("local-apic.base")).u32(pcAtCompatible);
    for (int id = 0; id < processors; id++) {
      out.u8(0).u8(8).u8(id).u8(id).u32(1);
    }
    out.u8(1).u8(12).u8(0).u8(0).u32(type.number("io-apic.base")).u32(0);
    int[] pins = type.isaPins();
    int sci = type.integer("irq.sci");
    for (int irq = 0; irq < pins.length; irq++) {
      int activeHighLevel = 0x0d;
      if (pins[irq] != irq || irq == sci) {
        out.u8(2).u8(10).u8(0).u8(irq).u32(pins[irq]).u16(irq == sci ? activeHighLevel : 0);
      }
    }
    int everyProcessor = 0xff;
    int lint1 = 1;
    out.u8(4).u8(6).u8(everyProcessor).u16(0).u8(lint1);
    return out.table();
  }

  /** PCI firmware specification 3.3, 4.1.2. */
  private byte[] mcfg() {
    AddressRange ecam = type.range("pci.ecam");
    return new TableWriter("MCFG", 1)
        .zeros(8)
        .u64(ecam.first())
        .u16(0)
        .u8(0)
        .u8((int) (ecam.length() >>> 20) - 1)
        .u32(0)
        .table();
  }

  private byte[] dsdt() {
    byte[] soft = Aml.integer(PowerManagement.SLEEP_TYPE_S5);
    byte[] zero = Aml.integer(0);
    return new TableWriter("DSDT", 2)
        .bytes(Aml.scope("_SB", hostBridge(), board(), rtc(), com1()))
        .bytes(Aml.name("_S5", Aml.packageOf(soft, zero, zero, zero)))
        .table();
  }

  private byte[] hostBridge() {
    AddressRange ecam = type.range("pci.ecam");
    Resources resources =
        new Resources()
            .buses(0, (int) (ecam.length() >>> 20) - 1)
            .ports(
                new AddressRange(
                    type.range("port.pci-address").first(), type.range("port.pci-data").last()))
            .portWindow(type.range("pci.ports"))
            .memoryWindow32(type.range("pci.memory32"))
            .memoryWindow64(type.range("pci.memory64"));
    return Aml.device(
        "PCI0",
        Aml.name("_HID", Aml.eisaId("PNP0A08")),
        Aml.name("_CID", Aml.eisaId("PNP0A03")),
        Aml.name("_UID", Aml.integer(0)),
        Aml.name("_SEG", Aml.integer(0)),
        Aml.name("_BBN", Aml.integer(0)),
        Aml.name("_CRS", resources.toAml()),
        Aml.name("_PRT", interruptRouting()),
        operatingSystemCapabilities());
  }

  /**
   * _OSC: the guest may take over native hot-plug, which needs the PCI Express capability, and
   * nothing else (PCI firmware specification 3.3, 4.5).
   */
  private static byte[] operatingSystemCapabilities() {
    int unknownUuid = 1 << 2;
    int unknownRevision = 1 << 3;
    int masked = 1 << 4;
    int nativeHotPlug = 1;
    int capabilityStructure = 1 << 4;
    byte[] asked = Aml.argument(3);
    byte[] status = Aml.reference("CDW1");
    byte[] control = Aml.reference("CDW3");
    byte[] granted = Aml.local(0);
    return Aml.method(
        "_OSC",
        4,
        Aml.createDwordField(asked, 0, "CDW1"),
        Aml.when(
            Aml.equal(Aml.argument(0), Aml.uuid("33db4d5b-1ff7-401c-9657-7441c03dd766")),
            Aml.createDwordField(asked, 8, "CDW3"),
            Aml.and(control, Aml.integer(nativeHotPlug | capabilityStructure), granted),
            Aml.when(
                Aml.different(Aml.argument(1), Aml.integer(1)),
                Aml.or(status, Aml.integer(unknownRevision), status)),
            Aml.when(Aml.different(control, granted), Aml.or(status, Aml.integer(masked), status)),
            Aml.store(granted, control)),
        Aml.otherwise(Aml.or(status, Aml.integer(unknownUuid), status)),
        Aml.giveBack(asked));
  }

  /** Where INTA to INTD of each device arrive (6.2.13). */
  private byte[] interruptRouting() {
    int first = type.integer("pci.intx-first");
    int count = type.integer("pci.intx-count");
    List<byte[]> rows = new ArrayList<>();
    for (int device = 1; device < 32; device++) {
      for (int line = 0; line < 4; line++) {
        rows.add(
            Aml.packageOf(
                Aml.integer(device << 16 | 0xffff),
                Aml.integer(line),
                Aml.integer(0),
                Aml.integer(first + (device + line) % count)));
      }
    }
    return Aml.packageOf(rows.toArray(byte[][]::new));
  }

  /**
   * What the board itself decodes, so that no guest hands it out: ECAM, the APICs, power
   * management.
   */
  private byte[] board() {
    Resources resources =
        new Resources()
            .fixedMemory(type.range("pci.ecam"))
            .ports(
                new AddressRange(
                    type.range("port.pm-event").first(), type.range("port.pm-timer").last()));
    return Aml.device(
        "MBRD",
        Aml.name("_HID", Aml.eisaId("PNP0C02")),
        Aml.name("_UID", Aml.integer(0)),
        Aml.name("_CRS", resources.toAml()));
  }

  private byte[] rtc() {
    Resources resources =
        new Resources().ports(type.range("port.rtc")).isaInterrupt(type.integer("irq.rtc"));
    return Aml.device(
        "RTC", Aml.name("_HID", Aml.eisaId("PNP0B00")), Aml.name("_CRS", resources.toAml()));
  }

  private byte[] com1() {
    Resources resources =
        new Resources().ports(type.range("port.com1")).isaInterrupt(type.integer("irq.com1"));
    return Aml.device(
        "COM1",
        Aml.name("_HID", Aml.eisaId("PNP0501")),
        Aml.name("_UID", Aml.integer(1)),
        Aml.name("_CRS", resources.toAml()));
  }
}
