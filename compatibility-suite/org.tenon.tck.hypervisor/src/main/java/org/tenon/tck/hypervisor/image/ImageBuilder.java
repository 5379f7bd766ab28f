package org.tenon.tck.hypervisor.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.reflect.AccessFlag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.tenon.tck.hypervisor.image.MachineCode.Label;

/**
 * Builds a bootable image from the class files of a program for the bare machine: every method that
 * can be reached from its {@code main}, its literals and fields, and what {@link Startup} adds. The
 * same class files give the same bytes. Single thread.
 *
 * <pre>{@code
 * 2 MiB  ELF header, code, literals, descriptor and page tables     from the file
 *        fields, interrupt counts, stack, heap                      zero
 * }</pre>
 */
public final class ImageBuilder implements ProgramSymbols {
  /** Where the image lies in the guest's memory. */
  static final long BASE = 2 << 20;

  private static final int STACK = 64 << 10;
  private static final int HEAP = 1 << 20;
  private static final int VECTORS = 256;

  private final String guest;
  private final Map<String, ClassModel> classes = new HashMap<>();
  private final Map<String, Label> methods = new HashMap<>();
  private final Map<String, Label> fields = new LinkedHashMap<>();
  private final Map<String, Label> texts = new LinkedHashMap<>();
  private final Queue<Runnable> uncompiled = new ArrayDeque<>();
  private final MachineCode code = new MachineCode(BASE + ElfFile.HEADERS);
  private final Label counts = MachineCode.label("interrupt counts");
  private final Label recovery = MachineCode.label("recovery");
  private final Label stack = MachineCode.label("stack");
  private final Label heap = MachineCode.label("heap");
  private final Label end = MachineCode.label("end");
  private final Startup startup;

  private ImageBuilder(Class<?> main) {
    guest = main.getPackageName().replace('.', '/') + "/";
    startup = new Startup(code, this, guest, main.getSimpleName());
  }

  /**
   * Builds an image.
   *
   * @param main the class with {@code static void main()}; its package has the classes {@code
   *     Boot}, {@code Cpu} and {@code Traps} beside it
   * @return an ELF file with a PVH note
   * @throws IllegalArgumentException if the program uses what an image cannot have; the message
   *     names the method
   */
  public static byte[] build(Class<?> main) {
    return new ImageBuilder(main).build();
  }

  private byte[] build() {
    long entry = code.address();
    startup.entry(stack);
    startup.handlers(counts, recovery);
    for (Runnable next = uncompiled.poll(); next != null; next = uncompiled.poll()) {
      next.run();
    }
    texts.forEach(this::place);
    startup.tables();
    reserve();
    return ElfFile.of(entry, code, end.address());
  }

  private void place(String text, Label label) {
    code.align(4).bind(label).int32(text.length());
    code.emit(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Memory behind the file's content. */
  private void reserve() {
    long at = (code.address() + 15) & -16L;
    for (Label field : fields.values()) {
      field.bind(at);
      at += 8;
    }
    counts.bind(at);
    recovery.bind(at + 8 * VECTORS);
    stack.bind((at + 8 * VECTORS + 8 + STACK) & -16L);
    heap.bind((stack.address() + 4095) & -4096L);
    end.bind(heap.address() + HEAP);
  }

  @Override
  public Label method(String owner, String name, String descriptor) {
    String key = owner + "." + name + descriptor;
    Label known = methods.get(key);
    if (known != null) {
      return known;
    }
    Label label = MachineCode.label(key);
    methods.put(key, label);
    uncompiled.add(() -> compile(owner, name + descriptor, label));
    return label;
  }

  private void compile(String owner, String signature, Label label) {
    MethodModel method =
        model(owner).methods().stream()
            .filter(each ->
                (each.methodName().stringValue() + each.methodType().stringValue())
                    .equals(signature))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no method " + owner + signature));
    code.bind(label);
    if (!method.flags().has(AccessFlag.NATIVE)) {
      MethodCompiler.compile(code, this, method);
      return;
    }
    @Nullable Label place = place(signature);
    @Nullable String body = Natives.of(signature);
    if (place != null) {
      code.emit("b8").absolute(place).emit("c3"); // mov eax, address; ret
    } else if (signature.equals("attempt(I)I")) {
      startup.attempt(recovery);
    } else if (body != null) {
      code.emit(body);
    } else {
      throw new IllegalArgumentException("nothing stands for the native method " + signature);
    }
  }

  /** Native methods that answer where something lies. */
  private @Nullable Label place(String signature) {
    return switch (signature) {
      case "interruptCounts()J" -> counts;
      case "pageTables()J" -> startup.pageTables();
      case "heap()J" -> heap;
      case "imageEnd()J" -> end;
      default -> null;
    };
  }

  private ClassModel model(String name) {
    if (!name.startsWith(guest)) {
      throw new IllegalArgumentException(
          "an image has no class %s; it takes those of %s only".formatted(name, guest));
    }
    return classes.computeIfAbsent(name, ImageBuilder::read);
  }

  private static ClassModel read(String name) {
    try (InputStream in = ImageBuilder.class.getResourceAsStream("/" + name + ".class")) {
      if (in == null) {
        throw new IllegalArgumentException("no class file " + name);
      }
      ClassModel model = ClassFile.of().parse(in.readAllBytes());
      if (model.methods().stream().anyMatch(each -> each.methodName().equalsString("<clinit>"))) {
        throw new IllegalArgumentException(
            name + " has a static initializer, which nothing would run; begin with zeros");
      }
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  @Override
  public Label field(String owner, String name) {
    model(owner);
    return fields.computeIfAbsent(owner + "." + name, MachineCode::label);
  }

  @Override
  public Label text(String literal) {
    return texts.computeIfAbsent(literal, MachineCode::label);
  }
}
