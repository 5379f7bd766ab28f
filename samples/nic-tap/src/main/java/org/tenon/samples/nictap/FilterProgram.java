package org.tenon.samples.nictap;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicFilter;

/**
 * A {@link NicFilter} as a program of classic BPF, which the kernel runs on each frame before a
 * queue of the interface sees it (linux/filter.h). So a frame that may not arrive never touches
 * guest memory. A tag may stand in the frame, or beside it where the kernel took it out.
 *
 * <p>Addresses are told apart by their first four bytes, then by their last two; VLANs by a word of
 * the set's bits, then by a bit. The kernel takes 4096 instructions, and an address takes two.
 */
final class FilterProgram {
  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_BYTE = 0x30;
  private static final int LOAD_NUMBER = 0x00;
  private static final int LOAD_KEPT = 0x60;
  private static final int KEEP = 0x02;
  private static final int COPY_TO_X = 0x07;
  private static final int AND = 0x54;
  private static final int SHIFT_RIGHT = 0x74;
  private static final int SHIFT_RIGHT_BY_X = 0x7c;
  private static final int JUMP = 0x05;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_ANY_BIT = 0x45;
  private static final int RETURN = 0x06;

  private static final int WHOLE_FRAME = -1;
  private static final int TAG_BESIDE = -0x1000 + 44;
  private static final int HAS_TAG_BESIDE = -0x1000 + 48;
  private static final int TYPE_AT = 12;
  private static final int TYPE_VLAN = 0x8100;
  private static final int TYPE_SERVICE_VLAN = 0x88a8;
  private static final int VLAN_MASK = 0xfff;

  /** Accepts no frame. */
  static final long[] NOTHING = {RETURN};

  /** A place in the program that jumps lead to before it is known where it is. */
  private static final class Label {
    private int at;
  }

  private final List<Long> code = new ArrayList<>();
  private final List<Label> targets = new ArrayList<>();
  private final Label accept = new Label();
  private final Label reject = new Label();

  private FilterProgram() {}

  /** The program; as far as the agreement lets the filter choose. */
  static long[] of(NicFilter filter, NicAgreement agreement) {
    FilterProgram program = new FilterProgram();
    if (!filter.promiscuous() && agreement.has(NicCapabilities.ADDRESS_FILTER)) {
      program.testAddress(filter);
    }
    if (!filter.allVlans() && agreement.has(NicCapabilities.VLAN_FILTER)) {
      program.testVlan(filter);
    }
    program.place(program.accept);
    program.emit(RETURN, WHOLE_FRAME);
    program.place(program.reject);
    program.emit(RETURN, 0);
    return program.link();
  }

  private void testAddress(NicFilter filter) {
    Label passes = new Label();
    if (filter.allGroups()) {
      emit(LOAD_BYTE, 0);
      jumpIf(JUMP_IF_ANY_BIT, 1, passes);
    }
    SortedMap<Integer, List<Integer>> ends = new TreeMap<>();
    for (MacAddress address : filter.addresses()) {
      int start = (int) (address.bits() >>> 16);
      ends.computeIfAbsent(start, s -> new ArrayList<>()).add((int) address.bits() & 0xffff);
    }
    SortedMap<Integer, Label> branches = new TreeMap<>();
    emit(LOAD_WORD, 0);
    for (int start : ends.keySet()) {
      Label branch = new Label();
      branches.put(start, branch);
      jumpIf(JUMP_IF_EQUAL, start, branch);
    }
    jump(reject);
    branches.forEach((start, branch) -> {
      place(branch);
      emit(LOAD_HALF, 4);
      ends.getOrDefault(start, List.of()).forEach(end -> jumpIf(JUMP_IF_EQUAL, end, passes));
      jump(reject);
    });
    place(passes);
  }

  private void testVlan(NicFilter filter) {
    Label tagInside = new Label();
    Label known = new Label();
    emit(LOAD_WORD, HAS_TAG_BESIDE);
    jumpIf(JUMP_IF_EQUAL, 0, tagInside);
    emit(LOAD_WORD, TAG_BESIDE);
    jump(known);
    place(tagInside);
    Label tagged = new Label();
    emit(LOAD_HALF, TYPE_AT);
    jumpIf(JUMP_IF_EQUAL, TYPE_VLAN, tagged);
    jumpIf(JUMP_IF_EQUAL, TYPE_SERVICE_VLAN, tagged);
    jump(accept);
    place(tagged);
    emit(LOAD_HALF, TYPE_AT + 2);
    place(known);
    emit(AND, VLAN_MASK);
    jumpIf(JUMP_IF_EQUAL, 0, accept);
    testBit(filter);
  }

  /** Whether the bit of the number at hand is in the set. */
  private void testBit(NicFilter filter) {
    BitSet vlans = new BitSet(VLAN_MASK + 1);
    filter.vlans().forEach(vlans::set);
    emit(KEEP, 0);
    emit(AND, 31);
    emit(COPY_TO_X, 0);
    emit(LOAD_KEPT, 0);
    emit(SHIFT_RIGHT, 5);
    SortedMap<Integer, Label> words = new TreeMap<>();
    for (int word = 0; word <= VLAN_MASK / 32; word++) {
      if (!vlans.get(word * 32, word * 32 + 32).isEmpty()) {
        Label label = new Label();
        words.put(word, label);
        jumpIf(JUMP_IF_EQUAL, word, label);
      }
    }
    jump(reject);
    words.forEach((word, label) -> {
      long bits = vlans.get(word * 32, word * 32 + 32).toLongArray()[0];
      place(label);
      emit(LOAD_NUMBER, (int) bits);
      emit(SHIFT_RIGHT_BY_X, 0);
      jumpIf(JUMP_IF_ANY_BIT, 1, accept);
      jump(reject);
    });
  }

  private void place(Label label) {
    label.at = code.size();
  }

  /** Jumps where the number at hand fits; goes on where it does not. */
  private void jumpIf(int test, int number, Label target) {
    emit(test | 1 << 24, number);
    jump(target);
  }

  private void jump(Label target) {
    emit(JUMP, targets.size());
    targets.add(target);
  }

  /** Adds struct sock_filter: 16 bits of code, two jumps of 8 bits, a number of 32 bits. */
  private void emit(int instruction, int number) {
    code.add((instruction & 0xffff_ffffL) | (long) number << 32);
  }

  private long[] link() {
    long[] linked = new long[code.size()];
    for (int i = 0; i < linked.length; i++) {
      long instruction = code.get(i);
      if ((int) instruction == JUMP) {
        int distance = targets.get((int) (instruction >>> 32)).at - i - 1;
        instruction = JUMP | (long) distance << 32;
      }
      linked[i] = instruction;
    }
    return linked;
  }
}
