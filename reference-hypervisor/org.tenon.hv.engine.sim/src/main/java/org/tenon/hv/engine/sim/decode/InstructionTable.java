package org.tenon.hv.engine.sim.decode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The rows of {@code instructions.txt}, in order and by opcode. Immutable; one instance. */
public final class InstructionTable {
  private static final InstructionTable INSTANCE = new InstructionTable(read());

  private final List<Definition> rows;
  private final Definition[][][] byOpcode = new Definition[4][256][];

  private InstructionTable(List<Definition> rows) {
    this.rows = List.copyOf(rows);
    for (int map = 0; map < 4; map++) {
      for (int opcode = 0; opcode < 256; opcode++) {
        int m = map;
        int o = opcode;
        byOpcode[m][o] =
            rows.stream()
                .filter(d -> d.map() == m && o >= d.opcode() && o < d.opcode() + d.opcodes())
                .toArray(Definition[]::new);
      }
    }
  }

  /** The table. */
  public static InstructionTable get() {
    return INSTANCE;
  }

  /** All rows. */
  public List<Definition> rows() {
    return rows;
  }

  /** The rows that share an opcode byte, in the order in which they are tried. */
  Definition[] candidates(int map, int opcode) {
    return byOpcode[map][opcode];
  }

  private static List<Definition> read() {
    List<Definition> rows = new ArrayList<>();
    try (InputStream in = InstructionTable.class.getResourceAsStream("instructions.txt")) {
      if (in == null) {
        throw new IllegalStateException("instructions.txt is missing from the module");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          rows.add(parse(rows.size(), line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static Definition parse(int number, String line) {
    String[] columns = line.split("\\|", -1);
    String[] instruction = columns[1].strip().split(" ", 2);
    List<Operand> operands = new ArrayList<>();
    if (instruction.length > 1) {
      for (String operand : instruction[1].split(",", -1)) {
        operands.add(Operand.parse(operand.strip()));
      }
    }
    String attributes = columns[2].strip();
    int map = 0;
    int prefix = 0;
    int opcode = -1;
    int opcodes = 1;
    int reg = -1;
    int mode = 0;
    int rm = -1;
    for (String token : columns[0].strip().split(" +", -1)) {
      if (map != 0 && opcode < 0) {
        opcode = Integer.parseInt(token, 16); // also where it reads 0F
        continue;
      }
      switch (token) {
        case "NP" -> prefix = Definition.NO_PREFIX;
        case "0F" -> map = 1;
        case "0F38" -> map = 2;
        case "0F3A" -> map = 3;
        case "+r" -> opcodes = 8;
        case "+cc" -> opcodes = 16;
        case "mem" -> mode = Definition.MEMORY_ONLY;
        case "m3" -> mode = Definition.REGISTER_ONLY;
        default -> {
          if (token.startsWith("/")) {
            reg = token.charAt(1) - '0';
          } else if (token.startsWith("rm")) {
            rm = token.charAt(2) - '0';
          } else if (opcode < 0 && map == 0 && isPrefix(token) && hasMore(columns[0], token)) {
            prefix = Integer.parseInt(token, 16);
          } else {
            opcode = Integer.parseInt(token, 16);
          }
        }
      }
    }
    return new Definition(
        number,
        map,
        prefix,
        opcode,
        opcodes,
        reg,
        mode,
        rm,
        instruction[0],
        List.copyOf(operands),
        attributes.isEmpty() ? Set.of() : Set.of(attributes.split(" +", -1)));
  }

  private static boolean isPrefix(String token) {
    return token.equals("66") || token.equals("F2") || token.equals("F3");
  }

  /** A prefix is always followed by an opcode byte. */
  private static boolean hasMore(String opcodeColumn, String token) {
    String rest = opcodeColumn.substring(opcodeColumn.indexOf(token) + token.length()).strip();
    return !rest.isEmpty() && Character.digit(rest.charAt(0), 16) >= 0;
  }
}
