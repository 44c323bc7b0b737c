package io.dawncache.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import org.jspecify.annotations.Nullable;

/** Reads serialised objects of classes that a filter accepts and one loader finds. */
final class FilteredStream extends ObjectInputStream {
  private final @Nullable ClassLoader loader;

  FilteredStream(byte[] bytes, @Nullable ClassLoader loader, ObjectInputFilter filter)
      throws IOException {
    super(new ByteArrayInputStream(bytes));
    this.loader = loader;
    setObjectInputFilter(filter);
  }

  @Override
  protected Class<?> resolveClass(ObjectStreamClass described)
      throws IOException, ClassNotFoundException {
    try {
      return Class.forName(described.getName(), false, loader);
    } catch (ClassNotFoundException e) { // the class of a primitive has no name that is found
      return super.resolveClass(described);
    }
  }
}
