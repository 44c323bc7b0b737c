package io.dawncache.bench.chaos;

/** What an {@link OpenLoad} asks for: keys by number, and what may be answered of each. */
interface KeySpace {
  /** Returns the name of a key. */
  String name(int number);

  /** Returns whether these bytes may be the answer to a get of the key. */
  boolean isValue(int number, byte[] bytes);
}
