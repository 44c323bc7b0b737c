package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SoakKeysTest {
  private static final int STEADY = 1000;

  private final OriginValues values = new OriginValues(SoakKeys::length);
  private final SoakKeys keys = new SoakKeys(STEADY, values);

  @Test
  void oneGetInTenIsOfAFreshKeyAndOneInTwentyOfOneThatChanges() {
    int fresh = 0;
    int changing = 0;
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      String name = keys.name(keys.draw());
      changing += name.startsWith("changing") ? 1 : 0;
      if (name.startsWith("fresh")) {
        fresh++;
        assertTrue(names.add(name), "twice: " + name);
      }
    }
    assertEquals(1000, fresh, 100);
    assertEquals(500, changing, 80);
  }

  @Test
  void aFormerValueOfAKeyIsOneAndAFutureOrAnotherKeysIsNot() {
    String key = SoakKeys.changing(3);
    String first = values.of(key);
    values.change(key);
    String second = values.of(key);

    assertEquals(key, keys.name(STEADY + 3));
    assertTrue(isValue(STEADY + 3, first));
    assertTrue(isValue(STEADY + 3, second));
    assertFalse(isValue(STEADY + 3, second.replace("version 1 ", "version 2 ")));
    assertFalse(isValue(STEADY + 3, second.substring(1)));
    assertFalse(isValue(STEADY + 4, second));
    assertFalse(isValue(STEADY + 3, ""));
  }

  @Test
  void someValuesAreLarge() {
    long large =
        IntStream.range(0, STEADY)
            .map(number -> values.of(keys.name(number)).length())
            .filter(length -> length >= 20_000)
            .count();
    assertTrue(large > 20 && large < 120, "large values: " + large);
    assertTrue(values.of("steady1").length() >= 200);
  }

  private boolean isValue(int number, String text) {
    return keys.isValue(number, text.getBytes(UTF_8));
  }
}
