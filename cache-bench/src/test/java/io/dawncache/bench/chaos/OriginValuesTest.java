package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class OriginValuesTest {
  private final OriginValues values = new OriginValues();

  @Test
  void aKeyHasItsValueUntilItChanges() {
    String before = values.of("Tom");
    assertEquals(before, values.of("Tom"));
    assertNotEquals(before, values.of("Sam"));

    values.change("Tom");

    assertNotEquals(before, values.of("Tom"));
    assertEquals(before.length(), values.of("Tom").length());
  }

  @Test
  void aValueIsNeverCutShort() {
    String key = "k".repeat(300);
    assertTrue(values.of(key).startsWith(key + " version 0"));
  }

  @Test
  void theBytesOfAnAnswerAreComparedWithTheValueOfItsKey() {
    Keys keys = new Keys(3, values::of);
    byte[] value = values.of(keys.name(1)).getBytes(StandardCharsets.UTF_8);

    assertTrue(keys.isValue(1, value));
    assertFalse(keys.isValue(2, value));
    assertFalse(keys.isValue(1, new byte[0]));
    assertEquals(3, keys.count());
    assertEquals(keys.name(2), keys.names().get(2));
  }
}
