package io.dawncache.example;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import io.dawncache.core.NotFoundException;
import java.util.Map;

/** The README's example: a cache inside an application, in front of a map that plays the origin. */
public final class EmbeddingExample {
  private EmbeddingExample() {}

  /** Prints two values, one of them twice, and that a third is not found. */
  public static void main(String[] args) {
    Map<String, String> origin = Map.of("Tom", "630", "Jack", "589", "Sam", "567");
    try (CacheNode node = CacheNode.create()) {
      Group scores = node.addGroup("scores", key -> find(origin, key));
      System.out.println("Tom: " + scores.get("Tom").toUtf8()); // loaded
      System.out.println("Tom: " + scores.get("Tom").toUtf8()); // from memory
      System.out.println("Sam: " + scores.getAsync("Sam").join().toUtf8());
      scores.get("Nobody");
    } catch (NotFoundException e) {
      System.out.println(e.getMessage());
    }
  }

  private static Loaded find(Map<String, String> origin, String key) {
    return origin.containsKey(key) ? Loaded.ofUtf8(origin.get(key)) : Loaded.notFound();
  }
}
