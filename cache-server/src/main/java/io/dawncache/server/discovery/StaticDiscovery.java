package io.dawncache.server.discovery;

import io.dawncache.server.Discovery;
import java.util.List;

/** A member list that never changes. */
public final class StaticDiscovery implements Discovery {
  private final List<String> members;

  /** Makes a discovery of these members. */
  public StaticDiscovery(List<String> members) {
    this.members = List.copyOf(members);
  }

  @Override
  public void start(String self, Listener listener) {
    listener.found(members);
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "static:" + String.join(",", members);
  }
}
