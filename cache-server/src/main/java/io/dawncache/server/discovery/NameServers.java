package io.dawncache.server.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name servers to ask, and how a short name is completed, as {@code resolv.conf} says it. There
 * are no others: if it names no server, none is asked.
 *
 * @param servers in the order in which to ask them, at least one
 * @param search the domains that complete a short name, in the order in which to try them
 * @param ndots a name with fewer dots is first completed, and then asked for as it is
 */
record NameServers(List<InetSocketAddress> servers, List<String> search, int ndots) {
  private static final int PORT = 53;
  private static final int MOST_NDOTS = 15; // the C library's own bound
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
  private static final Pattern NDOTS = Pattern.compile("ndots:(\\d{1,4})");
  private static final Pattern SERVER = Pattern.compile("\\[(.+)]:(\\d{1,5})|([^:]+):(\\d{1,5})");

  /** Returns the one server at {@code address}, which is asked for names as they are. */
  static NameServers only(InetSocketAddress address) {
    return new NameServers(List.of(address), List.of(), 0);
  }

  /**
   * Reads the file as it is now.
   *
   * @throws IOException if it cannot be read, or names no server
   */
  static NameServers readFrom(Path resolvConf) throws IOException {
    String text;
    try {
      text = Files.readString(resolvConf, UTF_8);
    } catch (IOException e) {
      throw new IOException(resolvConf + ": cannot be read, " + e.getMessage(), e);
    }
    List<InetSocketAddress> servers = new ArrayList<>();
    List<String> search = List.of();
    int ndots = 1;
    for (String line : text.lines().toList()) {
      List<String> words = List.of(WHITE_SPACE.split(line.replaceFirst("[#;].*", "").strip()));
      List<String> rest = words.subList(1, words.size());
      switch (words.get(0)) {
        case "nameserver" -> rest.stream().limit(1).forEach(server -> add(server, servers));
        case "search", "domain" -> search = rest;
        case "options" -> ndots = ndotsIn(rest, ndots);
        default -> {} // how often and in which order the C library asks, for example
      }
    }
    if (servers.isEmpty()) {
      throw new IOException(resolvConf + ": no name server");
    }
    return new NameServers(List.copyOf(servers), List.copyOf(search), ndots);
  }

  private static void add(String address, List<InetSocketAddress> servers) {
    InetAddress server = literal(address);
    if (server != null) {
      servers.add(new InetSocketAddress(server, PORT));
    }
  }

  private static int ndotsIn(List<String> options, int ndots) {
    int last = ndots;
    for (String option : options) {
      Matcher matcher = NDOTS.matcher(option);
      if (matcher.matches()) {
        last = Math.min(MOST_NDOTS, Integer.parseInt(matcher.group(1)));
      }
    }
    return last;
  }

  /**
   * Reads the address of one server, such as {@code 127.0.0.1:8600} or {@code [::1]:8600}.
   *
   * @throws IllegalArgumentException if it is not an address with a port
   */
  static InetSocketAddress parse(String text) {
    Matcher matcher = SERVER.matcher(text);
    if (matcher.matches()) {
      boolean bracketed = matcher.group(1) != null;
      InetAddress address = literal(matcher.group(bracketed ? 1 : 3));
      int port = Integer.parseInt(matcher.group(bracketed ? 2 : 4));
      if (address != null && port > 0 && port <= 0xffff) {
        return new InetSocketAddress(address, port);
      }
    }
    throw new IllegalArgumentException(
        "name server: " + text + " (expected: ADDRESS:PORT, such as 127.0.0.1:8600)");
  }

  private static @Nullable InetAddress literal(String text) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      return address == null ? null : InetAddress.getByAddress(address);
    } catch (UnknownHostException e) { // of another length than an address has
      return null;
    }
  }

  /** Returns the full names that {@code name} may stand for, in the order in which to ask. */
  List<String> fullNames(String name) {
    if (name.endsWith(".")) {
      return List.of(name);
    }
    List<String> names = new ArrayList<>();
    search.forEach(domain -> names.add(name + "." + domain));
    boolean first = name.chars().filter(c -> c == '.').count() >= ndots;
    names.add(first ? 0 : names.size(), name);
    return names;
  }
}
