package io.dawncache.server;

/**
 * Makes discoveries of one kind that does not come with the server. {@link Discoveries#parse} finds
 * it by {@link java.util.ServiceLoader} when its jar is on the class path or module path.
 *
 * @since 0.1.0
 */
public interface DiscoveryProvider {
  /** {@return the word that names the kind, such as {@code jgroups}} */
  String kind();

  /** {@return how a discovery of this kind is written, for messages: {@code jgroups[:CONFIG]}} */
  String form();

  /**
   * {@return a discovery that is not started}
   *
   * @param config what is written behind the kind and its colon; empty if nothing is
   * @throws IllegalArgumentException if that is wrong
   */
  Discovery create(String config);
}
