package io.dawncache.core;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.dawncache.core.lru.ConcurrentLru;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Weights against the classes as they are and what the JVM that runs this takes for them. */
class WeightTest {
  private static final HeapLayout HEAP = HeapLayout.RUNNING;

  @Test
  void anEntryWeighsWhatItsObjectsTakeFromTheHeap() {
    for (int valueBytes : new int[] {1, 10, 100, 1_000, 10_000}) {
      for (int keyChars : new int[] {2, 16, 100}) {
        assertWeight("k", keyChars, valueBytes);
      }
    }
  }

  @Test
  void aKeyBeyondLatin1WeighsTwoBytesAChar() {
    for (int keyChars : new int[] {2, 16, 100}) {
      assertWeight("ж", keyChars, 10);
    }
  }

  @Test
  void metadataWeighsWhatItTakesAndASharedContentTypeNothing() {
    byte[] type = "text/html; charset=utf-8".getBytes(US_ASCII);
    byte[] tag = "\"630\"".getBytes(US_ASCII);
    byte[] value = new byte[10];
    for (int parts = 1; parts < 4; parts++) {
      boolean hasType = (parts & 1) != 0;
      boolean hasTag = (parts & 2) != 0;
      Supplier<ByteView> described =
          () ->
              ByteView.copyOf(value)
                  .withMetadata(
                      new Metadata(
                          hasType ? new String(type, US_ASCII) : null,
                          hasTag ? new String(tag, US_ASCII) : null));
      long plainView = HEAP.objectBytes(1, 0, 8); // becomes garbage

      assertEquals(
          allottedFor(() -> new Entry.Copy("k".repeat(16), described.get(), 0)) - plainView,
          Weight.of(new Entry.Copy("k".repeat(16), described.get(), 0)),
          "type " + hasType + ", tag " + hasTag);
    }
  }

  @Test
  void aSharedContentTypeWeighsNothingBesideItsPlaceInTheView() {
    ContentTypes types = new ContentTypes();
    ByteView plain = ByteView.copyOf(new byte[10]);
    ByteView typed = types.share(plain.withMetadata(new Metadata("text/plain", null)));
    ByteView tagged = types.share(plain.withMetadata(new Metadata("text/plain", "\"v1\"")));
    long place = HEAP.objectBytes(2, 0, 9) - HEAP.objectBytes(1, 0, 8);

    assertEquals(place, weight(typed) - weight(plain));
    assertEquals(
        place + HEAP.objectBytes(2, 0, 0) + HEAP.stringBytes("\"v1\""),
        weight(tagged) - weight(plain));
  }

  private static long weight(ByteView value) {
    return Weight.of(new Entry.Copy("Tom", value, 0));
  }

  private static void assertWeight(String letter, int keyChars, int valueBytes) {
    byte[] value = new byte[valueBytes];
    assertEquals(
        allottedFor(() -> new Entry.Copy(letter.repeat(keyChars), ByteView.copyOf(value), 0)),
        Weight.of(new Entry.Copy(letter.repeat(keyChars), ByteView.copyOf(value), 0)),
        keyChars + " x " + letter + ", " + valueBytes + " bytes");
  }

  /**
   * Returns what one entry takes, of a thousand. What else this thread takes then, to load a class
   * perhaps, is lost in the rounding.
   */
  private static long allottedFor(Supplier<Entry> entry) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    Entry[] entries = new Entry[1_000];
    Arrays.setAll(entries, i -> entry.get()); // loads what there is to load
    long before = threads.getThreadAllocatedBytes(self);
    for (int i = 0; i < entries.length; i++) {
      entries[i] = entry.get();
    }
    return (threads.getThreadAllocatedBytes(self) - before) / entries.length;
  }

  @Test
  void anOwnEntryWeighsWhatItTakesAlsoWithItsOwnGrace() {
    ByteView value = ByteView.copyOf(new byte[10]);
    long shared = Weight.of(new Entry.Copy("Tom", value, 0)) - HEAP.objectBytes(4, 2, 8);

    assertEquals(
        allottedFor(() -> new Entry.Own("Tom", value, 1, 0)),
        Weight.of(new Entry.Own("Tom", value, 1, 0)) - shared);
    assertEquals(
        allottedFor(() -> new Entry.Graced("Tom", value, 1, 0, 1)),
        Weight.of(new Entry.Graced("Tom", value, 1, 0, 1)) - shared);
  }

  @Test
  void aPlaceInAnLruIsTwoNodesAndTwoSlots() throws Exception {
    var lru = new ConcurrentLru<String, String>(0, (key, value) -> 0, (key, value) -> {});
    lru.put("Tom", "630");
    Object node = one(field(field(lru, "lru"), "entries"));

    assertEquals(
        shallowBytes(node.getClass())
            + shallowBytes(Class.forName("java.util.concurrent.ConcurrentHashMap$Node"))
            + 2L * HEAP.referenceBytes(),
        LruCache.PLACE_BYTES);
  }

  @Test
  void aPlaceInCaffeineIsTwoNodesTwoSlotsAndAPartOfTheSketch() throws Exception {
    LocalCache<Entry> cache = LocalCache.of(CachePolicy.TINY_LFU, 1_000, entry -> {});
    cache.put(new Entry.Copy("Tom", ByteView.ofUtf8("630"), 0));
    Object node = one(field(field(field(cache, "cache"), "cache"), "data"));

    assertEquals(
        shallowBytes(node.getClass())
            + shallowBytes(Class.forName("java.util.concurrent.ConcurrentHashMap$Node"))
            + 2L * HEAP.referenceBytes()
            + 12,
        TinyLfuCache.PLACE_BYTES);
  }

  @Test
  void aPlaceAmongHotCopiesIsThreeNodesAndTwoSlots() throws Exception {
    HotCopies copies = new HotCopies(1_000, entry -> {});
    copies.offer(new Entry.Copy("Tom", ByteView.ofUtf8("630"), 0), 1);
    Object node = one(field(copies, "copies"));

    assertEquals(
        shallowBytes(node.getClass())
            + shallowBytes(Class.forName("java.util.TreeMap$Entry"))
            + shallowBytes(Class.forName("java.util.concurrent.ConcurrentHashMap$Node"))
            + 2L * HEAP.referenceBytes(),
        HotCopies.PLACE_BYTES);
  }

  private static Object one(Object map) {
    return ((Map<?, ?>) map).values().iterator().next();
  }

  /** Returns what an object of the class takes by the fields that it has and inherits. */
  private static long shallowBytes(Class<?> type) {
    int references = 0;
    int longs = 0;
    int narrowBytes = 0;
    for (Field field : fields(type).toList()) {
      Class<?> fieldType = field.getType();
      if (!fieldType.isPrimitive()) {
        references++;
      } else if (fieldType == long.class || fieldType == double.class) {
        longs++;
      } else if (fieldType == int.class || fieldType == float.class) {
        narrowBytes += 4;
      } else {
        narrowBytes += fieldType == boolean.class || fieldType == byte.class ? 1 : 2;
      }
    }
    return HEAP.objectBytes(references, longs, narrowBytes);
  }

  private static Stream<Field> fields(Class<?> type) {
    return type == null
        ? Stream.of()
        : Stream.concat(
            fields(type.getSuperclass()),
            Arrays.stream(type.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers())));
  }

  private static Object field(Object owner, String name) {
    Field field =
        fields(owner.getClass()).filter(f -> f.getName().equals(name)).findFirst().orElseThrow();
    field.setAccessible(true);
    try {
      return field.get(owner);
    } catch (IllegalAccessException e) {
      throw new LinkageError(owner.getClass() + " has changed; so must this test", e);
    }
  }
}
