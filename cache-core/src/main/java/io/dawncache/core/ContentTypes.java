package io.dawncache.core;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The content types of one group's values, each held once, however many values have it. Safe for
 * use by any thread.
 *
 * <p>A group has few. The first 256 are held for ever, 80 KiB at most, which no budget counts; a
 * value of any other type holds its own, which counts.
 */
final class ContentTypes {
  private static final int MOST = 256;

  private final ConcurrentHashMap<String, Metadata> types = new ConcurrentHashMap<>();

  /** Returns {@code value}, with its content type shared if it has one and there is room. */
  ByteView share(ByteView value) {
    if (!(value.plain() instanceof DescribedBytes described) || described.contentTypeIsShared()) {
      return value;
    }
    Metadata own = described.metadata();
    Metadata shared = shared(own.contentType());
    if (shared == null) {
      return value;
    }
    String etag = own.etag();
    return described.sharing(etag == null ? shared : new Metadata(shared.contentType(), etag));
  }

  /** Returns the metadata of this type alone, or null if there is none to share. */
  private @Nullable Metadata shared(@Nullable String contentType) {
    if (contentType == null) {
      return null;
    }
    Metadata known = types.get(contentType);
    // Threads that find room at the same time exceed the bound by one each, which does no harm.
    return known == null && types.size() < MOST
        ? types.computeIfAbsent(contentType, type -> new Metadata(type, null))
        : known;
  }
}
