package io.dawncache.node.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address on which a node listens.
 *
 * @param host a name or an address, without brackets
 * @param port the port, 0 for any free port
 */
public record HostPort(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^\\s:/\\[\\]]+)):([0-9]{1,5})");

  /** Returns whether only programs of this machine reach it. */
  public boolean isLoopback() {
    return host.equalsIgnoreCase("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  /**
   * Reads {@code HOST:PORT}, an IPv6 address in brackets.
   *
   * @throws IllegalArgumentException if it has another form, or there is no such port
   */
  public static HostPort parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches() && Integer.parseInt(form.group(3)) <= 0xffff) {
      String address = form.group(1);
      return new HostPort(
          address == null ? form.group(2) : address, Integer.parseInt(form.group(3)));
    }
    throw new IllegalArgumentException(
        text + " (expected: HOST:PORT, such as 127.0.0.1:8001 or [::1]:8001)");
  }
}
