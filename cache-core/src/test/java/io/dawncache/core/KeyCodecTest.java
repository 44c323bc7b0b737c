package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyCodecTest {
  private static final UUID ID = UUID.fromString("6f1c1e2e-0d5b-4f0e-9a39-0a8f6a0c1b2d");

  private enum Color {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "the color green";
      }
    }
  }

  private record Line(String shop, long order, @Nullable Integer position, Color color) {}

  private record Nested(Line line, boolean open, @Nullable UUID id) {}

  private record Even(int number) {
    Even {
      if (number % 2 != 0) {
        throw new IllegalArgumentException("odd");
      }
    }
  }

  private record Shared(String name) {
    @Override
    @SuppressWarnings("UnusedMethod") // the codec calls it
    public String name() {
      throw new IllegalStateException("no name");
    }
  }

  private record None() {}

  private static <K> void isStrict(KeyCodec<K> codec, K key, String text) {
    assertEquals(text, codec.encode(key));
    assertEquals(key, codec.decode(text));
  }

  private static void refuses(KeyCodec<?> codec, String... texts) {
    for (String text : texts) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> codec.decode(text), text);
      assertTrue(refused.getMessage().startsWith("key: \"" + text + "\""), refused.getMessage());
      assertTrue(refused.getMessage().contains("(expected: "), refused.getMessage());
    }
  }

  @Test
  void builtInTypesHaveTheTextThatTheJdkGivesThem() {
    isStrict(KeyCodec.of(String.class), "Tom: ~é", "Tom: ~é");
    isStrict(KeyCodec.of(Long.class), Long.MIN_VALUE, "-9223372036854775808");
    isStrict(KeyCodec.of(Integer.class), 42, "42");
    isStrict(KeyCodec.of(Boolean.class), true, "true");
    isStrict(KeyCodec.of(UUID.class), ID, ID.toString());
  }

  @Test
  void aTextThatAnotherTextIsReadAsIsRefused() {
    refuses(KeyCodec.of(Long.class), "007", "+7", "-0", "7 ", "", "seven", "9223372036854775808");
    refuses(KeyCodec.of(Integer.class), "2147483648", "1e3");
    refuses(KeyCodec.of(Boolean.class), "TRUE", "yes");
    refuses(KeyCodec.of(UUID.class), "1-1-1-1-1", ID.toString().toUpperCase(java.util.Locale.ROOT));
  }

  @Test
  void aConstantOfAnEnumIsItsName() {
    KeyCodec<Color> colors = KeyCodec.of(Color.class);

    isStrict(colors, Color.RED, "RED");
    isStrict(colors, Color.GREEN, "GREEN");
    refuses(colors, "red", "BLUE", "the color green");
  }

  @Test
  void aRecordIsItsComponentsWithColonsBetween() {
    KeyCodec<Line> lines = KeyCodec.of(Line.class);

    isStrict(lines, new Line("Bäckerei", 42, 7, Color.RED), "Bäckerei:42:7:RED");
    isStrict(lines, new Line("", 42, null, Color.GREEN), ":42:~-:GREEN");
    isStrict(lines, new Line("a:b~c", -1, 0, Color.RED), "a~:b~~c:-1:0:RED");
    isStrict(lines, new Line("~-", 1, null, Color.RED), "~~-:1:~-:RED");
    refuses(lines, "a:42:7", "a:42:7:RED:", "a:42:7:BLUE", "a:042:7:RED", "a~b:42:7:RED");
    refuses(lines, "a:~-:7:RED", "a:42:7:RED~");
  }

  @Test
  void aRecordMayContainRecords() {
    KeyCodec<Nested> nested = KeyCodec.of(Nested.class);

    isStrict(
        nested,
        new Nested(new Line("a:b", 42, null, Color.RED), false, ID),
        "a~~~:b~:42~:~~-~:RED:false:" + ID);
    isStrict(nested, new Nested(new Line("", 1, 2, Color.RED), true, null), "~:1~:2~:RED:true:~-");
  }

  @Test
  void differentRecordsHaveDifferentTexts() {
    KeyCodec<Nested> nested = KeyCodec.of(Nested.class);
    Random random = new Random(630);
    Map<String, Nested> seen = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder shop = new StringBuilder();
      for (int left = random.nextInt(5); left > 0; left--) {
        shop.append(":~-a".charAt(random.nextInt(4)));
      }
      Integer position = random.nextBoolean() ? null : random.nextInt(3);
      Line line = new Line(shop.toString(), random.nextInt(3), position, Color.RED);
      Nested key = new Nested(line, random.nextBoolean(), random.nextBoolean() ? null : ID);

      String text = nested.encode(key);

      assertEquals(key, nested.decode(text));
      assertEquals(key, seen.computeIfAbsent(text, any -> key));
    }
  }

  @Test
  void aRecordMayRefuseAKey() {
    KeyCodec<Even> even = KeyCodec.of(Even.class);

    isStrict(even, new Even(2), "2");
    refuses(even, "3");
    IllegalArgumentException unreadable =
        assertThrows(
            IllegalArgumentException.class,
            () -> KeyCodec.of(Shared.class).encode(new Shared("Tom")));
    assertInstanceOf(IllegalStateException.class, unreadable.getCause());
  }

  @Test
  void otherTypesAreRefused() {
    for (Class<?> type : List.of(Object.class, Double.class, List.class, int[].class, None.class)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> KeyCodec.of(type));
      assertTrue(refused.getMessage().startsWith("type: " + type.getName()), refused.getMessage());
    }
    assertThrows(NullPointerException.class, () -> KeyCodec.of(Long.class).encode(null));
  }

  @Test
  void aCodecOfTwoFunctionsIsStrictToo() {
    KeyCodec<Integer> hex = KeyCodec.of(Integer::toHexString, text -> Integer.valueOf(text, 16));

    isStrict(hex, 255, "ff");
    refuses(hex, "FF", "0ff", "xyz");
    refuses(KeyCodec.of(Object::toString, text -> null), "Tom");
  }
}
