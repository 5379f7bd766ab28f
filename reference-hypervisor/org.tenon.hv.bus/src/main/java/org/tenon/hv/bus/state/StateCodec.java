package org.tenon.hv.bus.state;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of state records, big-endian: the format's name (length as u16, UTF-8), its
 * version (u16), the length of the body (u32), then the record's components in their order. A
 * component is a {@code boolean} (one byte, 0 or 1), {@code int}, {@code long}, {@code String},
 * another record, a {@code List} of records, {@code Integer} or {@code Long}, or an {@code
 * Optional} record; everything of variable length is preceded by its count (u32), and what is
 * optional by a byte, 1 where it is there and else 0.
 *
 * <p>A record with predecessors is written in the oldest version that can say it ({@link
 * Successor}), and read in every version from 1 to its own.
 *
 * <p>Reading trusts nothing: each count is checked against the bytes left, the record's constructor
 * checks the values, and a body with bytes left over is refused.
 */
public final class StateCodec {
  private StateCodec() {}

  /** The bytes of a record that carries {@link StateFormat}. */
  public static byte[] encode(Record newest) {
    Record state = oldest(newest);
    StateFormat format = format(state.getClass());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      writeRecord(new DataOutputStream(body), state);
      DataOutputStream out = new DataOutputStream(all);
      byte[] name = format.name().getBytes(StandardCharsets.UTF_8);
      out.writeShort(name.length);
      out.write(name);
      out.writeShort(format.version());
      out.writeInt(body.size());
      body.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toByteArray();
  }

  private static Record oldest(Record state) {
    Record older = state instanceof Successor<?> successor ? successor.older() : null;
    return older == null ? state : oldest(older);
  }

  /**
   * Reads one record from the buffer's position on, and leaves the position behind it.
   *
   * @throws StateException when the bytes are not a valid state of this format and version
   */
  public static <R extends Record> R decode(Class<R> type, ByteBuffer in) throws StateException {
    StateFormat format = format(type);
    String wanted = format.name() + " version " + format.version();
    try {
      byte[] name = new byte[Math.min(in.getShort() & 0xffff, in.remaining())];
      in.get(name);
      int version = in.getShort() & 0xffff;
      String found = new String(name, StandardCharsets.UTF_8) + " version " + version;
      Class<? extends Record> written = version(type, version);
      if (written == null || !found.equals(format.name() + " version " + version)) {
        throw new StateException(
            "saved state holds " + found + " where " + wanted + " is expected");
      }
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new StateException(
            "%s: %d bytes announced, %d left: the state is truncated"
                .formatted(found, length, in.remaining()));
      }
      ByteBuffer body = in.slice(in.position(), length);
      in.position(in.position() + length);
      Record state = readRecord(written, body);
      if (body.hasRemaining()) {
        throw new StateException(found + ": " + body.remaining() + " bytes left over");
      }
      return type.cast(newest(type, state));
    } catch (BufferUnderflowException e) {
      throw new StateException(wanted + ": the state is truncated", e);
    }
  }

  /** Whether a record of this format, of whichever version, begins at the buffer's position. */
  static boolean holds(Class<? extends Record> type, ByteBuffer in) {
    byte[] wanted = format(type).name().getBytes(StandardCharsets.UTF_8);
    int at = in.position();
    return in.remaining() >= Short.BYTES + wanted.length
        && (in.getShort(at) & 0xffff) == wanted.length
        && in.slice(at + Short.BYTES, wanted.length).equals(ByteBuffer.wrap(wanted));
  }

  /** The record of a version, or null where there is none. */
  private static @Nullable Class<? extends Record> version(
      Class<? extends Record> newest, int version) {
    StateFormat format = format(newest);
    if (format.version() == version) {
      return newest;
    }
    Class<? extends Record> before = format.before();
    return before.equals(Record.class) ? null : version(before, version);
  }

  private static Record newest(Class<? extends Record> type, Record state) throws StateException {
    Record now = state;
    while (!type.isInstance(now) && now instanceof Predecessor<?> predecessor) {
      try {
        now = predecessor.newer();
      } catch (IllegalArgumentException e) {
        throw new StateException(type.getSimpleName() + ": " + e.getMessage(), e);
      }
    }
    return now;
  }

  private static StateFormat format(Class<?> type) {
    StateFormat format = type.getAnnotation(StateFormat.class);
    if (format == null) {
      throw new IllegalArgumentException(type.getName() + " carries no @StateFormat");
    }
    return format;
  }

  private static void writeRecord(DataOutputStream out, Record state) throws IOException {
    for (RecordComponent component : state.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(state);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            component + " of " + state.getClass() + " is not accessible", e);
      }
      writeValue(out, value);
    }
  }

  private static void writeValue(DataOutputStream out, Object value) throws IOException {
    switch (value) {
      case Boolean b -> out.writeByte(b ? 1 : 0);
      case Integer i -> out.writeInt(i);
      case Long l -> out.writeLong(l);
      case String s -> {
        byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
      }
      case Record nested -> writeRecord(out, nested);
      case Optional<?> optional -> {
        out.writeByte(optional.isPresent() ? 1 : 0);
        if (optional.isPresent()) {
          writeValue(out, optional.get());
        }
      }
      case List<?> list -> {
        out.writeInt(list.size());
        for (Object element : list) {
          writeValue(out, element);
        }
      }
      default -> throw new IllegalArgumentException("no binary form for " + value.getClass());
    }
  }

  private static Record readRecord(Class<?> type, ByteBuffer in) throws StateException {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = readValue(components[i].getGenericType(), in);
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getConstructor(types);
      return (Record) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new StateException(
          type.getSimpleName() + ": " + e.getTargetException().getMessage(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " has no public canonical constructor", e);
    }
  }

  private static Object readValue(Type type, ByteBuffer in) throws StateException {
    if (type == boolean.class) {
      return readBoolean(in);
    } else if (type == int.class) {
      return in.getInt();
    } else if (type == long.class) {
      return in.getLong();
    } else if (type == String.class) {
      byte[] bytes = new byte[count(in)];
      in.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } else if (type == Integer.class) {
      return in.getInt();
    } else if (type == Long.class) {
      return in.getLong();
    } else if (type instanceof Class<?> nested && nested.isRecord()) {
      return readRecord(nested, in);
    } else if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      int count = count(in);
      List<Object> elements = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        elements.add(readValue(list.getActualTypeArguments()[0], in));
      }
      return List.copyOf(elements);
    } else if (type instanceof ParameterizedType optional
        && optional.getRawType() == Optional.class) {
      return readBoolean(in)
          ? Optional.of(readValue(optional.getActualTypeArguments()[0], in))
          : Optional.empty();
    }
    throw new IllegalArgumentException("no binary form for " + type);
  }

  private static boolean readBoolean(ByteBuffer in) throws StateException {
    byte value = in.get();
    if (value != 0 && value != 1) {
      throw new StateException("a boolean of " + value);
    }
    return value == 1;
  }

  /** A count of elements, each of which takes at least one byte. */
  private static int count(ByteBuffer in) throws StateException {
    int count = in.getInt();
    if (count < 0 || count > in.remaining()) {
      throw new StateException(
          count + " elements announced, " + in.remaining() + " bytes left: the state is truncated");
    }
    return count;
  }
}
