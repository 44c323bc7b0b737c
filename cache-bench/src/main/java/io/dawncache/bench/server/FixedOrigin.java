package io.dawncache.bench.server;

import io.dawncache.core.ByteView;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Setting;

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
  public OpenOrigin open(OriginSettings settings) {
    String location = settings.get(Setting.LOCATION);
    if (!location.matches("[0-9]{1,7}")) {
      throw settings.wrong(Setting.LOCATION, "fixed:BYTES, such as fixed:100");
    }
    byte[] bytes = new byte[Integer.parseInt(location)];
    return OpenOrigin.of(key -> Loaded.of(ByteView.copyOf(bytes)));
  }
}
