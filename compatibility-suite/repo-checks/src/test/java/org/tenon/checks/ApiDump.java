package org.tenon.checks;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tenon.api.Stability;

/**
 * The public surface of classes as text, one member a line, sorted, generics and constants' values
 * included, so that a reviewer reads a change of the API as a change of this text.
 */
final class ApiDump {
  private ApiDump() {}

  static String of(Collection<Class<?>> types) {
    return types.stream()
        .filter(type -> isVisible(type.getModifiers()) && enclosingTypesAreVisible(type))
        .sorted(Comparator.comparing(Class::getName))
        .map(ApiDump::type)
        .collect(Collectors.joining("\n"));
  }

  private static boolean enclosingTypesAreVisible(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return outer == null || (isVisible(outer.getModifiers()) && enclosingTypesAreVisible(outer));
  }

  private static String type(Class<?> type) {
    List<String> members = new ArrayList<>();
    for (RecordComponent part :
        type.isRecord() ? type.getRecordComponents() : new RecordComponent[0]) {
      members.add("component " + part.getGenericType().getTypeName() + " " + part.getName());
    }
    for (Field field : type.getDeclaredFields()) {
      if (isVisible(field.getModifiers()) && !field.isSynthetic()) {
        members.add(field.toGenericString() + constant(field));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isVisible(constructor.getModifiers()) && !constructor.isSynthetic()) {
        members.add(constructor.toGenericString());
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isVisible(method.getModifiers()) && !method.isSynthetic()) {
        members.add(method.toGenericString());
      }
    }
    String body =
        members.stream().sorted().map(member -> "  " + member + "\n").collect(Collectors.joining());
    return stability(type) + type.toGenericString() + supertypes(type) + "\n" + body;
  }

  private static String stability(Class<?> type) {
    Stability mark = type.getAnnotation(Stability.class);
    return mark == null ? "" : mark.level() + " since " + mark.since() + " ";
  }

  private static String supertypes(Class<?> type) {
    Class<?>[] permitted = type.isSealed() ? type.getPermittedSubclasses() : new Class<?>[0];
    Stream<String> interfaces =
        Arrays.stream(type.getGenericInterfaces()).map(each -> " : " + each.getTypeName());
    Stream<String> superclass =
        Stream.ofNullable(type.getGenericSuperclass())
            .filter(parent -> parent != Object.class)
            .map(parent -> " extends " + parent.getTypeName());
    Stream<String> permits = Arrays.stream(permitted).map(each -> " permits " + each.getName());
    return Stream.of(superclass, interfaces, permits)
        .flatMap(each -> each)
        .collect(Collectors.joining());
  }

  /** The value of a compile-time constant, which compilers copy into partners' code. */
  private static String constant(Field field) {
    boolean inlined =
        Modifier.isStatic(field.getModifiers())
            && Modifier.isFinal(field.getModifiers())
            && (field.getType().isPrimitive() || field.getType() == String.class);
    if (!inlined) {
      return "";
    }
    try {
      return " = " + field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }
}
