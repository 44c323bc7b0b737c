package io.dawncache.bench.siege;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Setting;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code timed:MILLIS:BYTES}: each load takes that long, and each key has a value of its own with
 * that many bytes.
 */
public final class TimedOrigin implements Origin {
  private static final Pattern LOCATION = Pattern.compile("([0-9]{1,4}):([0-9]{1,7})");

  /** Returns the value of a key: its bytes, over and over. */
  static byte[] value(String key, int bytes) {
    byte[] name = key.getBytes(UTF_8);
    byte[] value = new byte[bytes];
    for (int filled = 0; filled < bytes; filled += name.length) {
      System.arraycopy(name, 0, value, filled, Math.min(name.length, bytes - filled));
    }
    return value;
  }

  @Override
  public String scheme() {
    return "timed";
  }

  @Override
  public String form() {
    return "timed:MILLIS:BYTES";
  }

  @Override
  public String description() {
    return "that many bytes of the key's own, after that long, to try overload";
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    Matcher location = LOCATION.matcher(settings.get(Setting.LOCATION));
    if (!location.matches()) {
      throw settings.wrong(Setting.LOCATION, "timed:MILLIS:BYTES, such as timed:10:1024");
    }
    long millis = Long.parseLong(location.group(1));
    int bytes = Integer.parseInt(location.group(2));
    return OpenOrigin.of(
        key -> {
          Thread.sleep(millis);
          return Loaded.of(ByteView.copyOf(value(key, bytes)));
        });
  }
}
