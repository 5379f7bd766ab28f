package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;

/** A partner's function in its slot, driven by a program without an operating system. */
class DevicePlugTest {
  @TempDir private Path folder;

  /** What the first slot's BAR 0 is given. */
  private static final int BAR = 0xd000_0000;

  private static final int ADDRESS = 0xcf8;
  private static final int DATA = 0xcfc;
  private static final int RESULT = 0x280000;

  /** MOV dword [address], value. */
  private static BareProgram store(BareProgram program, int address, int value) {
    return word(word(program.bytes(0xc7, 0x05), address), value);
  }

  private static BareProgram word(BareProgram program, int value) {
    return program.bytes(value, value >>> 8, value >>> 16, value >>> 24);
  }

  /** OUT of 32 bits. */
  private static BareProgram out32(BareProgram program, int port, int value) {
    program.bytes(0x66, 0xba, port, port >>> 8, 0xb8);
    return word(program, value).bytes(0xef);
  }

  private static BareProgram config(BareProgram program, int offset, int value) {
    out32(program, ADDRESS, 0x80000800 | offset);
    return out32(program, DATA, value);
  }

  /** Asks the function for a letter now and for one after 100 µs, and prints what lies in RAM. */
  private static ByteBuffer kernel() {
    BareProgram program = new BareProgram();
    config(program, 0x10, BAR);
    config(program, 4, 6);
    store(program, BAR + LetterDevice.ADDRESS, RESULT);
    store(program, BAR + LetterDevice.NOW, 'n');
    print(program);
    store(program, BAR + LetterDevice.LATER, 'l');
    print(program);
    // MOV ECX, 20000; LOOP: 160 µs of machine time at 8 ns each.
    word(program.bytes(0xb9), 20_000).bytes(0xe2, 0xfe);
    print(program);
    return program.powerOff().kernel();
  }

  /** MOV AL, [RESULT]; MOV DX, 3F8H; OUT DX, AL. */
  private static void print(BareProgram program) {
    word(program.bytes(0xa0), RESULT).bytes(0x66, 0xba, 0xf8, 0x03, 0xee);
  }

  private static MachineConfig config(StringBuilder console) {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        1,
        64 << 20,
        ClockMode.VIRTUAL,
        kernel(),
        ByteBuffer.allocate(0),
        "",
        value -> console.append((char) value),
        Trace.OFF);
  }

  private static Machine machine(StringBuilder console) {
    try {
      return new Machine(config(console));
    } catch (BootException e) {
      throw new AssertionError(e);
    }
  }

  private static DeviceConfig device() {
    try {
      return new DeviceConfig(new LetterDevice(), Config.of(List.of(), Map.of()));
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theFunctionWritesNowAndInMachineTime() throws AttachException {
    StringBuilder console = new StringBuilder();
    try (Machine machine = machine(console)) {
      machine.plug(device());
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      assertThat(console).hasToString("nnl");
      assertThatThrownBy(() -> machine.plug(device(), SlotKind.FIXED))
          .hasMessage("a fixed slot is filled before the machine runs; use a hot-plug slot");
    }
  }

  @Test
  void aRunWithAFunctionRepeatsToTheInstruction() throws AttachException {
    assertThat(instructions()).isEqualTo(instructions()).isGreaterThan(20_000);
  }

  /** Before the function is set up, while its letter is on its way, and when that has come. */
  @ParameterizedTest
  @ValueSource(longs = {8, 60_000, 120_000, 155_000})
  void aSavedFunctionGoesOn(long nanos) throws Exception {
    StringBuilder whole = new StringBuilder();
    Path end = end(whole, machine(whole), "whole");
    StringBuilder console = new StringBuilder();
    Path file = folder.resolve("saved");
    try (Machine machine = machine(console)) {
      machine.plug(device());
      machine.stopAt(nanos);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
      machine.save(file);
      Path again = folder.resolve("again");
      machine.save(again);
      assertThat(again).as("saved twice").hasSameBinaryContentAs(file);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      assertThat(console).as("it did not notice").hasToString(whole.toString());
      console.setLength(0);
    }
    try (SavedMachine saved = SavedMachine.open(file);
        Machine machine = Machine.restore(config(console), saved, fresh -> fresh.plug(device()))) {
      Path again = folder.resolve("again");
      machine.save(again);
      assertThat(again).as("restored and saved").hasSameBinaryContentAs(file);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      machine.save(again);
      assertThat(again).as("every byte and register").hasSameBinaryContentAs(end);
      assertThat(whole.toString()).endsWith(console);
    }
  }

  private Path end(StringBuilder console, Machine machine, String name) throws Exception {
    try (machine) {
      machine.plug(device());
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      assertThat(console).hasToString("nnl");
      Path file = folder.resolve(name);
      machine.save(file);
      return file;
    }
  }

  @Test
  void anotherFunctionIsRefused() throws Exception {
    StringBuilder letters = new StringBuilder();
    Path file = end(letters, machine(letters), "saved");
    StringBuilder console = new StringBuilder();
    try (SavedMachine saved = SavedMachine.open(file)) {
      assertThatThrownBy(() -> Machine.restore(config(console), saved))
          .hasMessage(
              "the saved machine has more than the 0 devices here; name the same, in the same"
                  + " order");
    }
  }

  private static long instructions() throws AttachException {
    try (Machine machine = machine(new StringBuilder())) {
      machine.plug(device());
      machine.run();
      return machine.statistics().instructions();
    }
  }
}
