package io.dawncache.node;

import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Setting;
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
  public OpenOrigin open(OriginSettings settings) {
    List<Object> hoard = new ArrayList<>();
    boolean direct = settings.get(Setting.LOCATION).equals("direct");
    return OpenOrigin.of(
        key -> {
          while (hoard.size() < Integer.MAX_VALUE) {
            hoard.add(direct ? ByteBuffer.allocateDirect(STEP_BYTES) : new byte[STEP_BYTES]);
          }
          return Loaded.notFound();
        });
  }
}
