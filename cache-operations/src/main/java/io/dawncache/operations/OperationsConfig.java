package io.dawncache.operations;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.RemoteChanges;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where an operations listener listens, and what of its program it shows and changes.
 *
 * @since 0.1.0
 */
public final class OperationsConfig {
  private final String host;
  private final int port;
  private final boolean tls;
  private final Set<String> hostNames;
  private final List<ReadyCheck> readyChecks;
  private final @Nullable Supplier<String> metrics;
  private final @Nullable Supplier<String> configuration;
  private final @Nullable LogLevels logLevels;
  private final @Nullable GroupResize resize;
  private final Function<String, RemoteChanges> remoteChanges;
  private final @Nullable Supplier<AccessTokens> tokens;

  private OperationsConfig(Builder builder) {
    this.host = builder.host;
    this.port = builder.port;
    this.tls = builder.tls;
    this.hostNames = Set.copyOf(builder.hostNames);
    this.readyChecks = List.copyOf(builder.readyChecks);
    this.metrics = builder.metrics;
    this.configuration = builder.configuration;
    this.logLevels = builder.logLevels;
    this.resize = builder.resize;
    this.remoteChanges = builder.remoteChanges;
    this.tokens = builder.tokens;
  }

  /** {@return a builder of a listener on a free port of loopback} */
  public static Builder builder() {
    return new Builder();
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  boolean tls() {
    return tls;
  }

  Set<String> hostNames() {
    return hostNames;
  }

  List<ReadyCheck> readyChecks() {
    return readyChecks;
  }

  @Nullable Supplier<String> metrics() {
    return metrics;
  }

  @Nullable Supplier<String> configuration() {
    return configuration;
  }

  @Nullable LogLevels logLevels() {
    return logLevels;
  }

  @Nullable GroupResize resize() {
    return resize;
  }

  RemoteChanges remoteChanges(String group) {
    return remoteChanges.apply(group);
  }

  @Nullable Supplier<AccessTokens> tokens() {
    return tokens;
  }

  /** {@return where to listen, and what is checked and kept from others; no token} */
  @Override
  public String toString() {
    return "OperationsConfig[host="
        + host
        + ", port="
        + port
        + ", tls="
        + tls
        + ", hostNames="
        + hostNames
        + ", readyChecks="
        + readyChecks.stream().map(ReadyCheck::name).toList()
        + ", tokens="
        + (tokens == null ? "none" : "some")
        + "]";
  }

  /** Collects the settings. Not thread-safe. */
  @SuppressWarnings("exports") // CanIgnoreReturnValue is for compilers that know it
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port;
    private boolean tls;
    private final Set<String> hostNames = new LinkedHashSet<>();
    private final List<ReadyCheck> readyChecks = new ArrayList<>();
    private @Nullable Supplier<String> metrics;
    private @Nullable Supplier<String> configuration;
    private @Nullable LogLevels logLevels;
    private @Nullable GroupResize resize;
    private Function<String, RemoteChanges> remoteChanges = group -> RemoteChanges.REMOVE;
    private @Nullable Supplier<AccessTokens> tokens;

    private Builder() {}

    /**
     * Sets the address to listen on; by default {@code 127.0.0.1}. Without {@link #tokens}
     * everybody who reaches it may drain the node, and change the groups as {@link #remoteChanges}
     * allows.
     *
     * @param host an address or a name of this machine
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder host(String host) {
      this.host = Objects.requireNonNull(host, "host");
      return this;
    }

    /**
     * Sets the port; by default 0, a free one.
     *
     * @param port 0 to 65535
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder port(int port) {
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
      }
      this.port = port;
      return this;
    }

    /**
     * Sets whether the listener accepts TLS alone, with the certificate of the server and its rules
     * for those of clients; by default it does not.
     *
     * @param tls whether it does; only if the server has a certificate
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder tls(boolean tls) {
      this.tls = tls;
      return this;
    }

    /**
     * Adds a name under which acting requests may reach the listener, beside its address, the
     * configured host, and {@code localhost} on loopback.
     *
     * @param name the {@code Host} of such requests, without the port
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder hostName(String name) {
      hostNames.add(name.toLowerCase(Locale.ROOT));
      return this;
    }

    /**
     * Adds a condition for {@code /readyz}.
     *
     * @param check asked for each request
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder readyCheck(ReadyCheck check) {
      readyChecks.add(Objects.requireNonNull(check, "check"));
      return this;
    }

    /**
     * Sets what {@code /metrics} answers; by default there is no such page.
     *
     * @param metrics returns the metrics in Prometheus's text format; asked on the listener's
     *     thread
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder metrics(Supplier<String> metrics) {
      this.metrics = Objects.requireNonNull(metrics, "metrics");
      return this;
    }

    /**
     * Sets what {@code /config} answers; by default there is no such page.
     *
     * @param configuration returns the configuration in force as text, secrets masked
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder configuration(Supplier<String> configuration) {
      this.configuration = Objects.requireNonNull(configuration, "configuration");
      return this;
    }

    /**
     * Sets the log levels that {@code /log} shows and changes; by default there is no such page.
     *
     * @param logLevels the program's
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder logLevels(LogLevels logLevels) {
      this.logLevels = Objects.requireNonNull(logLevels, "logLevels");
      return this;
    }

    /**
     * Sets how a group's budget is changed; by default it cannot be.
     *
     * @param resize changes it
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder resize(GroupResize resize) {
      this.resize = Objects.requireNonNull(resize, "resize");
      return this;
    }

    /**
     * Sets what requests may change in each group; by default {@link RemoteChanges#REMOVE}.
     *
     * @param remoteChanges returns it for the name of a group that the node has; quick, asked for
     *     each request on the listener's thread
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder remoteChanges(Function<String, RemoteChanges> remoteChanges) {
      this.remoteChanges = Objects.requireNonNull(remoteChanges, "remoteChanges");
      return this;
    }

    /**
     * Asks each client that does not come from loopback for a token, except for {@code /healthz}
     * and {@code /readyz}; by default nobody is asked. The role {@link AccessTokens.Role#WRITE}
     * suffices to change a group as far as {@link #remoteChanges} allows, and all else needs {@link
     * AccessTokens.Role#OPERATE}. From loopback everything is allowed to a request without a token.
     *
     * @param tokens returns the tokens in force, {@link AccessTokens#NONE} to allow loopback alone;
     *     quick, asked for each request on the listener's thread
     * @return this builder
     */
    @CanIgnoreReturnValue
    public Builder tokens(Supplier<AccessTokens> tokens) {
      this.tokens = Objects.requireNonNull(tokens, "tokens");
      return this;
    }

    /** {@return the configuration} */
    public OperationsConfig build() {
      return new OperationsConfig(this);
    }
  }
}
