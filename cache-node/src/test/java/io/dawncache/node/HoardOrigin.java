package io.dawncache.node;

import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** {@code hoard:heap} and {@code hoard:direct} take memory of that kind until there is no more. */
public final class HoardOrigin implements Origin {
  private static final int STEP_BYTES = 1 << 20;

  /** Made by the node program. */
  public HoardOrigin() {}

  @Override
  public String scheme() {
    return "hoard";
  }

  @Override
  public Getter open(String location) {
    List<Object> hoard = new ArrayList<>();
    boolean direct = location.equals("direct");
    return key -> {
      while (hoard.size() < Integer.MAX_VALUE) {
        hoard.add(direct ? ByteBuffer.allocateDirect(STEP_BYTES) : new byte[STEP_BYTES]);
      }
      return Loaded.notFound();
    };
  }
}
