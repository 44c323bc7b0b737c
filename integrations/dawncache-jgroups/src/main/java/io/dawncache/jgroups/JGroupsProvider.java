package io.dawncache.jgroups;

import io.dawncache.server.Discovery;
import io.dawncache.server.DiscoveryProvider;

/**
 * Makes the discovery of {@code --discovery jgroups[:CONFIG]}.
 *
 * @since 0.1.0
 */
public final class JGroupsProvider implements DiscoveryProvider {
  /** Creates the provider; {@link java.util.ServiceLoader} does. */
  public JGroupsProvider() {}

  @Override
  public String kind() {
    return "jgroups";
  }

  @Override
  public String form() {
    return "jgroups[:CONFIG]";
  }

  @Override
  public Discovery create(String config) {
    return JGroupsDiscovery.of(config.isEmpty() ? JGroupsDiscovery.TCPPING : config);
  }
}
