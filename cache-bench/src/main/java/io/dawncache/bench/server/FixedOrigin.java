package io.dawncache.bench.server;

import io.dawncache.core.ByteView;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.Origin;

/** {@code fixed:BYTES}: every key has a value of this many bytes, without delay or cost. */
public final class FixedOrigin implements Origin {
  @Override
  public String scheme() {
    return "fixed";
  }

  @Override
  public String form() {
    return "fixed:BYTES";
  }

  @Override
  public String description() {
    return "that many zero bytes for any key, to measure everything else";
  }

  @Override
  public Getter open(String location) {
    if (!location.matches("[0-9]{1,7}")) {
      throw new IllegalArgumentException(
          "fixed:" + location + " (expected: fixed:BYTES, such as fixed:100)");
    }
    byte[] bytes = new byte[Integer.parseInt(location)];
    return key -> Loaded.of(ByteView.copyOf(bytes));
  }
}
