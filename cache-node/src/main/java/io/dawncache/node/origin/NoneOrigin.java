package io.dawncache.node.origin;

import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OriginException.Extent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code none}: a group that is filled by put alone.
 *
 * <p>What its owner does not hold is <em>not found</em>. A node that is asked in the place of an
 * owner that is away cannot know what that one holds, so there the load fails.
 */
public final class NoneOrigin implements Origin {
  /** The scheme, and the whole of what is written. */
  public static final String SCHEME = "none";

  /** Used by {@link java.util.ServiceLoader}. */
  public NoneOrigin() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public String form() {
    return SCHEME;
  }

  @Override
  public String description() {
    return "nothing: the group is filled by put alone";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of();
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    return new Nothing();
  }

  private static final class Nothing implements OpenOrigin {
    /** Null until the node serves. */
    private volatile @Nullable Ownership ownership;

    @Override
    public Getter getter() {
      return this::load;
    }

    @Override
    public void join(Ownership fleet) {
      ownership = fleet;
    }

    private Loaded load(String key) throws OriginException {
      Ownership present = ownership;
      if (present == null || !present.isOwner(key)) {
        throw new OriginException(
            Extent.KEY, "the key's owner cannot be asked", "a group without an origin", null);
      }
      return Loaded.notFound();
    }
  }
}
