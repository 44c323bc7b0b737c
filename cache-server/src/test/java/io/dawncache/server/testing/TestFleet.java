package io.dawncache.server.testing;

import io.dawncache.core.MemberList;
import io.dawncache.server.wire.ClusterSecrets;
import io.dawncache.server.wire.Fleet;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node among no others, which notes nothing of what they say. */
public record TestFleet(@Nullable String cluster, MemberList list) implements Fleet {
  private static final ClusterSecrets NO_SECRETS = new ClusterSecrets(List.of());

  /** A node of that URL and of no cluster, which stands alone. */
  public static TestFleet of(String self) {
    return new TestFleet(null, MemberList.of(self, 7, List.of()));
  }

  @Override
  public ClusterSecrets secrets() {
    return NO_SECRETS;
  }

  @Override
  public void noteUnproven(String who) {}

  @Override
  public void noteProven() {}

  @Override
  public void noteIdentity(@Nullable String dialled, String self, long instance) {}

  @Override
  public void noteRings(String url, List<String> known) {}

  @Override
  public void noteList(MemberList other) {}

  @Override
  public void noteListUnknown(String url) {}

  @Override
  public boolean noteFingerprint(String url, long fingerprint) {
    return false;
  }

  @Override
  public Collection<String> membersWithHints() {
    return List.of();
  }

  @Override
  public void noteHints(String url, long askedNanos, Collection<String> membersWithHints) {}

  @Override
  public boolean isLeaving() {
    return false;
  }

  @Override
  public void noteLeaving(String url, long instance, Runnable done) {
    done.run();
  }

  @Override
  public void noteReadmitted() {}

  @Override
  public void noteOtherCluster(String who, @Nullable String other) {}

  @Override
  public void noteUnreachable() {}
}
