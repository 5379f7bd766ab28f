package org.tenon.hv.machine.gdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeSet;
import org.tenon.hv.machine.Debugger;
import org.tenon.hv.machine.Outcome;

/**
 * One debugger's commands. What it sends and we do not know is answered with an empty packet, as
 * the protocol wants.
 */
final class GdbSession {
  private static final String TARGET =
      "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
          + "<target><architecture>i386:x86-64</architecture></target>";
  private static final String TARGET_QUERY = "qXfer:features:read:target.xml:";
  private static final int LONGEST_READ = 1 << 14;
  private static final String ERROR = "E01";
  private static final String OK = "OK";
  private static final HexFormat HEX = HexFormat.of();

  private final Debugger debugger;
  private final PacketChannel channel;
  private final TreeSet<Long> breakpoints = new TreeSet<>();
  private int selected;
  private boolean detached;
  private Outcome outcome = new Outcome(Outcome.Kind.STOPPED, "");

  GdbSession(Debugger debugger, PacketChannel channel) {
    this.debugger = debugger;
    this.channel = channel;
  }

  boolean isDetached() {
    return detached;
  }

  /** Serves until the guest has ended or the debugger has left. */
  Outcome serve() throws IOException, InterruptedException {
    Optional<String> packet = channel.receive();
    while (packet.isPresent()) {
      String command = packet.get();
      if (command.equals("k") || command.startsWith("vKill")) {
        return new Outcome(Outcome.Kind.STOPPED, "");
      }
      channel.send(answer(command));
      if (detached || isOver()) {
        return outcome;
      }
      packet = channel.receive();
    }
    return new Outcome(Outcome.Kind.STOPPED, "");
  }

  private boolean isOver() {
    return outcome.kind() != Outcome.Kind.STOPPED && outcome.kind() != Outcome.Kind.BREAKPOINT;
  }

  private String answer(String command) {
    if (command.isEmpty()) {
      return "";
    }
    try {
      return dispatch(command);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return ERROR;
    }
  }

  private String dispatch(String command) {
    String rest = command.substring(1);
    return switch (command.charAt(0)) {
      case '?' -> stopReply();
      case 'g' -> RegisterFile.read(debugger.state(selected));
      case 'G' -> writeRegisters(rest);
      case 'p' -> RegisterFile.read(debugger.state(selected), Integer.parseInt(rest, 16));
      case 'P' -> writeRegister(rest);
      case 'm' -> readMemory(rest);
      case 'M' -> writeMemory(rest);
      case 'c' -> resume();
      case 's' -> step();
      case 'Z' -> breakpoint(rest, true);
      case 'z' -> breakpoint(rest, false);
      case 'H' -> selectThread(rest);
      case 'T' -> isThread(thread(rest)) ? OK : ERROR;
      case 'D' -> {
        detached = true;
        channel.detach();
        debugger.setBreakpoints();
        yield OK;
      }
      case 'v' -> verbose(command);
      case 'q' -> query(command);
      default -> "";
    };
  }

  private String verbose(String command) {
    if (command.equals("vCont?")) {
      return "vCont;c;C;s;S";
    }
    if (!command.startsWith("vCont;")) {
      return "";
    }
    for (String action : command.substring(6).split(";", -1)) {
      if (action.startsWith("s") || action.startsWith("S")) {
        int colon = action.indexOf(':');
        if (colon >= 0) {
          selectThread("c" + action.substring(colon + 1));
        }
        return step();
      }
    }
    return resume();
  }

  private String query(String command) {
    if (command.startsWith("qSupported")) {
      return "PacketSize=8000;qXfer:features:read+;vContSupported+";
    }
    if (command.startsWith(TARGET_QUERY)) {
      String[] range = command.substring(TARGET_QUERY.length()).split(",", 2);
      int from = Math.min(Integer.parseInt(range[0], 16), TARGET.length());
      int to = Math.min(from + Integer.parseInt(range[1], 16), TARGET.length());
      return (to == TARGET.length() ? "l" : "m") + TARGET.substring(from, to);
    }
    if (command.startsWith("qThreadExtraInfo,")) {
      int processor = thread(command.substring(17));
      String text =
          "CPU#%d %s".formatted(processor, debugger.isRunning(processor) ? "running" : "halted");
      return HEX.formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
    return switch (command) {
      case "qfThreadInfo" -> threads();
      case "qsThreadInfo" -> "l";
      case "qC" -> "QC" + threadId(selected);
      case "qAttached" -> "1";
      default -> "";
    };
  }

  private String threads() {
    StringBuilder list = new StringBuilder("m");
    for (int i = 0; i < debugger.processors(); i++) {
      list.append(i == 0 ? "" : ",").append(threadId(i));
    }
    return list.toString();
  }

  /** GDB's threads count from 1; 0 stands for any, -1 for all. */
  private static String threadId(int processor) {
    return Integer.toHexString(processor + 1);
  }

  private int thread(String id) {
    int number = id.startsWith("-") ? 0 : Integer.parseInt(id, 16);
    return number <= 0 ? selected : number - 1;
  }

  private boolean isThread(int processor) {
    return processor >= 0 && processor < debugger.processors();
  }

  private String selectThread(String operationAndId) {
    int processor = thread(operationAndId.substring(1));
    if (!isThread(processor)) {
      return ERROR;
    }
    selected = processor;
    return OK;
  }

  private String resume() {
    outcome = debugger.resume();
    if (outcome.kind() == Outcome.Kind.BREAKPOINT) {
      selected = Integer.parseInt(outcome.detail());
    }
    return stopReply();
  }

  private String step() {
    debugger.step(selected);
    outcome = new Outcome(Outcome.Kind.STOPPED, "");
    return stopReply();
  }

  private String stopReply() {
    return switch (outcome.kind()) {
      case POWER_OFF, RESET, HALTED -> "W00";
      case FAILED -> "X06";
      case STOPPED, BREAKPOINT -> "T05thread:" + threadId(selected) + ";";
    };
  }

  private String writeRegisters(String hex) {
    debugger.setState(selected, RegisterFile.write(debugger.state(selected), HEX.parseHex(hex)));
    return OK;
  }

  private String writeRegister(String assignment) {
    String[] parts = assignment.split("=", 2);
    byte[] bytes = Arrays.copyOf(HEX.parseHex(parts[1]), 8);
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    int number = Integer.parseInt(parts[0], 16);
    debugger.setState(selected, RegisterFile.write(debugger.state(selected), number, value));
    return OK;
  }

  private String readMemory(String addressAndLength) {
    String[] parts = addressAndLength.split(",", 2);
    int length = Math.min(Integer.parseInt(parts[1], 16), LONGEST_READ);
    byte[] bytes = new byte[length];
    int done = debugger.read(selected, Long.parseUnsignedLong(parts[0], 16), bytes);
    return done == 0 && length > 0 ? ERROR : HEX.formatHex(bytes, 0, done);
  }

  private String writeMemory(String place) {
    String[] parts = place.split("[,:]", 3);
    byte[] bytes = HEX.parseHex(parts[2]);
    int done = debugger.write(selected, Long.parseUnsignedLong(parts[0], 16), bytes);
    return done == bytes.length ? OK : ERROR;
  }

  /** Software and hardware breakpoints are one thing here: nothing is written into guest memory. */
  private String breakpoint(String place, boolean insert) {
    String[] parts = place.split("[,;]", 3);
    if (!parts[0].equals("0") && !parts[0].equals("1")) {
      return "";
    }
    long address = Long.parseUnsignedLong(parts[1], 16);
    if (insert) {
      breakpoints.add(address);
    } else {
      breakpoints.remove(address);
    }
    debugger.setBreakpoints(breakpoints.stream().mapToLong(Long::longValue).toArray());
    return OK;
  }
}
