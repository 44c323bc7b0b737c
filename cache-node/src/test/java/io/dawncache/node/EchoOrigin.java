package io.dawncache.node;

import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;

/** An origin for tests, in which every key is its own value. */
final class EchoOrigin implements Origin {
  @Override
  public String scheme() {
    return "echo";
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    return OpenOrigin.of(Loaded::ofUtf8);
  }
}
