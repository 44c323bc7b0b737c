package io.dawncache.server.testing;

import io.dawncache.core.MemberList;
import io.dawncache.server.wire.Fleet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node among no others, which notes nothing of what they say. */
public record TestFleet(@Nullable String cluster, MemberList list) implements Fleet {
  /** A node of that URL and of no cluster, which stands alone. */
  public static TestFleet of(String self) {
    return new TestFleet(null, MemberList.of(self, 7, List.of()));
  }

  @Override
  public void met(@Nullable String dialled, String self, long instance) {}

  @Override
  public void heard(MemberList other) {}

  @Override
  public boolean heard(String url, long fingerprint) {
    return false;
  }

  @Override
  public void isOfAnother(String who, @Nullable String other) {}
}
