package io.dawncache.bench.siege;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Setting;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code timed:MILLIS:BYTES}: each load takes that long, and each key has a value of its own with
 * that many bytes. To make a value costs one copy: the node is measured, not its origin.
 */
public final class TimedOrigin implements Origin {
  private static final Pattern LOCATION = Pattern.compile("([0-9]{1,4}):([0-9]{1,7})");

  private static final byte FILLER = '.';

  /** Returns the value of a key: its bytes, and then dots. */
  static byte[] value(String key, int bytes) {
    return value(key, dots(bytes)).toByteArray();
  }

  private static ByteView value(String key, byte[] dots) {
    byte[] name = key.getBytes(UTF_8);
    int nameBytes = Math.min(name.length, dots.length);
    return ByteView.copyOf(
        new ByteBuffer[] {
          ByteBuffer.wrap(name, 0, nameBytes),
          ByteBuffer.wrap(dots, nameBytes, dots.length - nameBytes)
        });
  }

  private static byte[] dots(int count) {
    byte[] dots = new byte[count];
    Arrays.fill(dots, FILLER);
    return dots;
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
    byte[] dots = dots(Integer.parseInt(location.group(2)));
    return OpenOrigin.of(
        key -> {
          Thread.sleep(millis);
          return Loaded.of(value(key, dots));
        });
  }
}
