package io.dawncache.server;

import io.dawncache.server.discovery.DnsDiscovery;
import io.dawncache.server.discovery.FileDiscovery;
import io.dawncache.server.discovery.StaticDiscovery;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/**
 * Makes the {@link Discovery} implementations that come with the server.
 *
 * @since 0.1.0
 */
public final class Discoveries {
  private static final String FORMS =
      "static:URL,..., file:PATH, dns:NAME:PORT[@SERVER:PORT], dns-srv:NAME[@SERVER:PORT]";

  private Discoveries() {}

  /**
   * {@return a discovery of these members for ever}
   *
   * @param members the URLs of all members, at least one
   */
  public static Discovery of(List<String> members) {
    return new StaticDiscovery(members);
  }

  /**
   * {@return a discovery that reads the members from a file whenever it changes} The file has a URL
   * on each line; empty lines and what follows a {@code #} do not count. It may be replaced, or
   * edited in place; a change is seen within half a second. A file that cannot be read, or has no
   * member, leaves the last list in force, and is logged.
   *
   * @param path the file, which need not exist yet
   */
  public static Discovery file(Path path) {
    return new FileDiscovery(path);
  }

  /**
   * {@return a discovery whose members are all addresses of a DNS name, each with the same port}
   * The IPv6 addresses count if there is no IPv4 address.
   *
   * <p>The name servers of the machine's {@code /etc/resolv.conf} are asked, no others and no
   * cache: every few seconds, and at once when a member could not be reached. If they do not
   * answer, or the name has no address, the last list stays in force, and that is logged.
   *
   * @param name such as {@code cache.default.svc.cluster.local.}; without the dot at its end it is
   *     completed as {@code resolv.conf} says
   * @param port the port of every member
   * @throws IllegalArgumentException if no DNS name or port can be so
   */
  public static Discovery dns(String name, int port) {
    return DnsDiscovery.ofAddresses(name + ":" + port);
  }

  /**
   * {@return a discovery whose members are the services (SRV records) of a DNS name} Each has its
   * own host and port; priorities and weights do not count. A host without an address is left out.
   * The rest is as for {@link #dns}.
   *
   * @param name such as {@code _http._tcp.cache.default.svc.cluster.local.}
   * @throws IllegalArgumentException if no DNS name can be so
   */
  public static Discovery dnsServices(String name) {
    return DnsDiscovery.ofServices(name);
  }

  /**
   * {@return the discovery that a text names, as the option {@code --discovery} has it}
   *
   * @param text {@code static:URL,...}, {@code file:PATH}, {@code dns:NAME:PORT} or {@code
   *     dns-srv:NAME}, of which the last two may end with {@code @SERVER:PORT}, the address of a
   *     name server that is asked in place of the machine's; or what a {@link DiscoveryProvider}
   *     takes
   * @throws IllegalArgumentException if it has none of these forms
   */
  public static Discovery parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    for (DiscoveryProvider provider : providers()) {
      if (provider.kind().equals(kind)) {
        return named(text, () -> provider.create(rest));
      }
    }
    if (rest.isEmpty()) {
      throw unknown(text);
    }
    return switch (kind) {
      case "static" -> of(Arrays.asList(rest.split(",", -1)));
      case "file" -> file(path(text, rest));
      case "dns" -> named(text, () -> DnsDiscovery.ofAddresses(rest));
      case "dns-srv" -> named(text, () -> DnsDiscovery.ofServices(rest));
      default -> throw unknown(text);
    };
  }

  private static ServiceLoader<DiscoveryProvider> providers() {
    return ServiceLoader.load(DiscoveryProvider.class);
  }

  private static IllegalArgumentException unknown(String text) {
    StringBuilder forms = new StringBuilder(FORMS);
    providers().forEach(provider -> forms.append(", ").append(provider.form()));
    return new IllegalArgumentException("discovery: " + text + " (expected: " + forms + ")");
  }

  private static Discovery named(String text, Supplier<Discovery> discovery) {
    try {
      return discovery.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("discovery: " + text + ": " + e.getMessage(), e);
    }
  }

  private static Path path(String text, String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("discovery: " + text + ": " + e.getReason(), e);
    }
  }
}
