package org.tenon.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatusTest {
  private static final Set<String> BOUNDS = Set.of("VENDOR_FIRST", "VENDOR_LAST");

  @Test
  void everyCodeHasItsName() throws IllegalAccessException {
    List<Field> codes =
        Arrays.stream(Status.class.getFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .filter(field -> !BOUNDS.contains(field.getName()))
            .toList();

    assertThat(codes).hasSizeGreaterThan(10);
    for (Field code : codes) {
      assertThat(Status.name(code.getInt(null))).isEqualTo(code.getName());
    }
  }

  @Test
  void vendorsHaveARangeOfTheirOwn() {
    assertThat(Status.isVendor(Status.VENDOR_FIRST)).isTrue();
    assertThat(Status.isVendor(Status.VENDOR_LAST)).isTrue();
    assertThat(Status.isVendor(Status.VENDOR_LAST + 1)).isFalse();
    assertThat(Status.isVendor(Status.OK)).isFalse();
    assertThat(Status.name(Status.VENDOR_FIRST + 7)).isEqualTo("VENDOR(0x40000007)");
    assertThat(Status.name(-1)).isEqualTo("UNKNOWN(0xffffffff)");
  }

  @Test
  void clausesReadTheirOwnText() {
    assertThat(ClauseId.parse("BLK-014")).isEqualTo(new ClauseId("BLK", 14)).hasToString("BLK-014");
    assertThat(ClauseId.parse("BLK-002")).isLessThan(ClauseId.parse("BLK-010"));
  }
}
