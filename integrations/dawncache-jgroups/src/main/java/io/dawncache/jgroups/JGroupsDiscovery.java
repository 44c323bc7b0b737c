package io.dawncache.jgroups;

import io.dawncache.server.Discovery;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.conf.ConfiguratorFactory;
import org.jgroups.conf.ProtocolStackConfigurator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the members by a JGroups cluster that each node joins. JGroups finds the nodes, notices
 * those that leave or do not answer, and merges the parts of a cluster that was partitioned; each
 * of its views is a member list.
 *
 * @since 0.1.0
 */
public final class JGroupsDiscovery implements Discovery {
  /*
   * To join blocks: alone, for as long as JGroups looks for others. So a thread of its own joins,
   * leaves, and joins again if that failed; the channel belongs to it. Views come on threads of
   * JGroups, and are only handed on.
   */

  /** The stack that finds nodes by a list of some of their hosts. The default. */
  public static final String TCPPING = "tcpping";

  /** The stack that finds nodes by the addresses of a DNS name. */
  public static final String DNS_PING = "dns-ping";

  /** The stack that finds nodes by files in a folder that all nodes see. */
  public static final String FILE_PING = "file-ping";

  private static final Set<String> STACKS = Set.of(TCPPING, DNS_PING, FILE_PING);
  private static final Set<String> ENCRYPTING = Set.of("SYM_ENCRYPT", "ASYM_ENCRYPT");
  private static final String PACKAGE = "org.jgroups.protocols."; // that names may begin with
  private static final String CLUSTER = "dawncache";
  private static final String MAVEN =
      "/META-INF/maven/io.dawncache/dawncache-jgroups/pom.properties";
  private static final long JOIN_AGAIN_MILLIS = 1_000;
  private static final long LEAVE_MILLIS = 3_000;

  private static final System.Logger LOG = System.getLogger(JGroupsDiscovery.class.getName());

  private final String config;
  private final String zone;
  private final byte[] stack;
  private final boolean isProtected;
  private final ScheduledThreadPoolExecutor thread;

  /** Written by the thread alone. */
  private volatile @Nullable JChannel channel;

  private volatile @Nullable Future<?> joining;
  private volatile boolean closed;
  private volatile List<JGroupsMember> members = List.of();

  private JGroupsDiscovery(String config, String zone, byte[] stack, boolean isProtected) {
    this.config = config;
    this.zone = Objects.requireNonNull(zone, "zone");
    this.stack = stack;
    this.isProtected = isProtected;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "dawncache-jgroups");
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * {@return a discovery that joins the JGroups cluster when it is started}
   *
   * @param config {@link #TCPPING}, {@link #DNS_PING}, {@link #FILE_PING}, or the path of a
   *     configuration of JGroups in XML
   * @throws IllegalArgumentException if it is none of these
   */
  public static JGroupsDiscovery of(String config) {
    return of(config, "");
  }

  /**
   * {@return a discovery that joins the JGroups cluster when it is started}
   *
   * @param config as for {@link #of(String)}
   * @param zone where this node runs, which other members see; may be empty
   * @throws IllegalArgumentException if one of them is wrong
   */
  public static JGroupsDiscovery of(String config, String zone) {
    try {
      byte[] stack = read(config);
      boolean isProtected = isProtected(configurator(stack)); // fails here, not in a thread
      return new JGroupsDiscovery(
          config, new JGroupsMember("", zone, "").zone(), stack, isProtected);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          config
              + ": "
              + e.getMessage()
              + " (expected: tcpping, dns-ping, file-ping, or the path of a JGroups configuration)",
          e);
    }
  }

  private static byte[] read(String config) throws IOException {
    try (InputStream in =
        STACKS.contains(config)
            ? JGroupsDiscovery.class.getResourceAsStream(config + ".xml")
            : Files.newInputStream(Path.of(config))) {
      return Objects.requireNonNull(in, config).readAllBytes();
    } catch (InvalidPathException e) {
      throw new IOException(e.getReason(), e);
    }
  }

  private static boolean isProtected(ProtocolStackConfigurator configurator) {
    Set<String> protocols = new HashSet<>();
    configurator
        .getProtocolStack()
        .forEach(protocol -> protocols.add(protocol.getProtocolName().replace(PACKAGE, "")));
    return protocols.contains("AUTH") && !Collections.disjoint(protocols, ENCRYPTING);
  }

  private static ProtocolStackConfigurator configurator(byte[] stack) throws IOException {
    try {
      return ConfiguratorFactory.getStackConfigurator(new ByteArrayInputStream(stack));
    } catch (Exception e) { // as JGroups declares it
      throw new IOException("no configuration of JGroups, " + e.getMessage(), e);
    }
  }

  /**
   * {@return what the configuration of JGroups lacks to keep strangers out} It has to authenticate
   * members and to encrypt with means of its own: JGroups does not know the secret of the cluster.
   */
  @Override
  public @Nullable String missingForSecrets() {
    return isProtected
        ? null
        : "AUTH, and SYM_ENCRYPT or ASYM_ENCRYPT, in a configuration of JGroups, so that strangers"
            + " cannot join";
  }

  @Override
  public void start(String self, Listener listener) {
    String host = URI.create(self).getHost();
    if ("0.0.0.0".equals(host) || "[::]".equals(host)) {
      throw new IllegalArgumentException(
          "self: " + self + " (expected: a URL at which the other members reach this node)");
    }
    JGroupsMember own = new JGroupsMember(self, zone, version());
    joining = thread.submit(() -> join(own, listener));
  }

  private static String version() {
    Properties build = new Properties();
    try (InputStream in = JGroupsDiscovery.class.getResourceAsStream(MAVEN)) {
      if (in != null) {
        build.load(in);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, MAVEN + " cannot be read", e);
    }
    return build.getProperty("version", ""); // empty in a build that is not packaged
  }

  private void join(JGroupsMember own, Listener listener) {
    if (closed) {
      return;
    }
    try {
      JChannel made = new JChannel(configurator(stack));
      channel = made;
      made.setName(own.url());
      made.addAddressGenerator(own::toAddress);
      made.setReceiver(new Views(listener));
      made.connect(CLUSTER);
    } catch (Exception e) { // as JGroups declares it
      leave();
      if (!closed) {
        listener.failed(this + ": " + reason(e));
        joining =
            thread.schedule(() -> join(own, listener), JOIN_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    String text = cause == null ? failure.getMessage() : failure.getMessage() + ", " + cause;
    return "cannot join, " + text;
  }

  private void leave() {
    JChannel joined = channel;
    if (joined != null) {
      channel = null;
      joined.close();
    }
  }

  /** {@return what the members of the present view say about themselves} */
  public List<JGroupsMember> members() {
    return members;
  }

  /** Returns the channel, for tests that cut it off; null while there is none. */
  @Nullable JChannel channel() {
    return channel;
  }

  /** Leaves the cluster, so that the others need not miss this node first. Blocks for a moment. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Future<?> begun = joining;
    if (begun != null) {
      begun.cancel(true);
    }
    thread.execute(this::leave);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(LEAVE_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "{0}: has not left in {1} ms", this, LEAVE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "jgroups:" + config;
  }

  /** Reports each view; also one that merges the parts of a partitioned cluster. */
  private final class Views implements Receiver {
    private final Listener listener;

    Views(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void viewAccepted(View view) {
      List<JGroupsMember> found = new ArrayList<>();
      for (Address address : view) {
        JGroupsMember member = JGroupsMember.of(address);
        if (member == null) {
          LOG.log(
              Level.WARNING,
              "{0}: {1} in cluster {2} is no node (expected: nodes alone)",
              JGroupsDiscovery.this,
              address,
              CLUSTER);
        } else {
          found.add(member);
        }
      }
      LOG.log(Level.DEBUG, "{0}: view {1}: {2}", JGroupsDiscovery.this, view.getViewId(), found);
      members = List.copyOf(found);
      Set<String> urls = new LinkedHashSet<>(); // a node that starts again may be there twice
      found.forEach(member -> urls.add(member.url()));
      listener.found(List.copyOf(urls));
    }
  }
}
