package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.BulkGetter;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A watched getter is asked what the getter behind it is asked. */
class WatchedGetterTest {
  private static class One implements Getter {
    @Override
    public Loaded load(String key) throws IOException {
      if (key.equals("down")) {
        throw new IOException("down");
      }
      return Loaded.ofUtf8("value of " + key);
    }

    @Override
    public Loaded reload(String key, Entry held) {
      return Loaded.unchanged();
    }
  }

  private static final class Many extends One implements BulkGetter {
    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) {
      return Map.of("Tom", Loaded.notFound());
    }
  }

  @Test
  void loadsAndReloadsReachTheGetter() throws Exception {
    try (CacheNode node = CacheNode.create()) {
      Group group = node.addGroup("held", key -> Loaded.ofUtf8("630"));
      Entry held = group.getEntry("Tom", Duration.ofMinutes(1));
      for (Getter getter : List.of(new One(), new Many())) {
        Getter watched = WatchedGetter.of(getter);

        assertEquals("value of Tom", watched.load("Tom").value().toUtf8());
        assertSame(Loaded.unchanged(), watched.reload("Tom", held));
        assertThrows(IOException.class, () -> watched.load("down"));
      }
    }
  }

  @Test
  void aGetterOfManyKeysStaysOne() throws Exception {
    BulkGetter watched = assertInstanceOf(BulkGetter.class, WatchedGetter.of(new Many()));

    assertEquals(Set.of("Tom"), watched.loadAll(Set.of("Tom", "Jack")).keySet());
  }
}
