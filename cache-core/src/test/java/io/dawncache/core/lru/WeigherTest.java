package io.dawncache.core.lru;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WeigherTest {
  private static final Weigher<String, Long> KEY_PLUS_LONG = Weigher.utf8KeyPlusValue(v -> v);

  @Test
  void anEntryWeighsItsKeyInUtf8AndItsValue() {
    Weigher<String, byte[]> weigher = Weigher.utf8KeyPlusValue(bytes -> bytes.length);

    assertEquals(3 + 10, weigher.weigh("Tom", new byte[10]));
    assertEquals(0, weigher.weigh("", new byte[0]));
  }

  @Test
  void aKeyIsMeasuredAsItWouldBeEncoded() {
    List<String> keys =
        List.of(
            "a",
            "\u0000\u007f",
            "\u0080\u07ff",
            "\u0800\ud7ff\ue000\uffff",
            "日本語 é",
            "\ud83d\ude00 and \ud83d\ude01", // pairs
            "\ud83d", // halves of a pair, alone
            "\ude00",
            "\ude00\ud83d",
            "\ud83d\ud83d\ude00",
            "x\ud83dy");
    for (String key : keys) {
      assertEquals(key.getBytes(UTF_8).length, KEY_PLUS_LONG.weigh(key, 0L), key);
    }
  }

  @Test
  void aNegativeValueLengthIsRefusedEvenIfTheKeyWouldOutweighIt() {
    var e =
        assertThrows(IllegalArgumentException.class, () -> KEY_PLUS_LONG.weigh("long key", -1L));

    assertEquals("valueBytes: -1 (expected: >= 0)", e.getMessage());
  }

  @Test
  void aSumThatFitsNoLongIsRefused() {
    assertEquals(Long.MAX_VALUE, KEY_PLUS_LONG.weigh("k", Long.MAX_VALUE - 1));
    assertThrows(ArithmeticException.class, () -> KEY_PLUS_LONG.weigh("k", Long.MAX_VALUE));
  }
}
