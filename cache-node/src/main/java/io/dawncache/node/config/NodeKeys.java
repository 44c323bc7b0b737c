package io.dawncache.node.config;

import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.HostPort;
import io.dawncache.node.text.TimeSpan;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.Dialect;
import io.dawncache.server.Discovery;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.TlsConfig.ClientCertificates;
import io.dawncache.server.wire.NodeUrl;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The table of a node's keys: how it serves, and who the other members are. */
public final class NodeKeys {
  public static final Key<ServerConfig.Builder, HostPort> LISTEN =
      new Key<ServerConfig.Builder, HostPort>(
              "listen",
              ValueTypes.ADDRESS,
              null,
              "The address to listen on; port 0 takes any free port.",
              (server, address) -> server.host(address.host()).port(address.port()))
          .withFlag();

  public static final Key<ServerConfig.Builder, NodeUrl> SELF =
      new Key<ServerConfig.Builder, NodeUrl>(
              "self",
              ValueTypes.URL,
              null,
              "This node's URL, exactly as in the member lists; http://HOST:PORT of listen by"
                  + " default, https:// with a certificate.",
              (server, url) -> server.self(url.text()))
          .withFlag()
          .describedAs(
              "This node's URL, exactly as in the member lists; http://HOST:PORT of --listen by"
                  + " default, https:// with a certificate.");

  public static final Key<ServerConfig.Builder, String> CLUSTER =
      new Key<>(
              "cluster",
              ValueTypes.TEXT,
              null,
              "The name of the fleet, the same at every node; a node neither asks nor answers nodes"
                  + " with another name or without one.",
              ServerConfig.Builder::cluster)
          .withFlag();

  public static final Key<ServerConfig.Builder, String> ZONE =
      new Key<>(
              "zone",
              ValueTypes.TEXT,
              null,
              "The zone in which this node is, such as a data centre; of values from other zones the"
                  + " node keeps copies sooner, and counts their bytes apart.",
              ServerConfig.Builder::zone)
          .withFlag();

  public static final Key<ServerConfig.Builder, List<byte[]>> SECRET =
      new Key<ServerConfig.Builder, List<byte[]>>(
              "secret",
              ValueTypes.SECRETS,
              null,
              "The secret of the cluster, 16 bytes or more and random; several of them, such as a new"
                  + " one and the old one, on a line each. Nodes that have one in common prove it to"
                  + " each other; without the proof nobody is a peer. Best as {file: PATH}.",
              ServerConfig.Builder::secrets)
          .withFileFlag("--secret-file")
          .describedAs(
              "A file with the secret of the cluster, 16 bytes or more and random; several of them,"
                  + " such as a new one and the old one, on a line each. Nodes that have one in"
                  + " common prove it to each other; without the proof nobody is a peer. The node"
                  + " reads it again when it changes.")
          .named("secrets");

  public static final Key<ServerConfig.Builder, List<NodeUrl>> PEERS =
      new Key<ServerConfig.Builder, List<NodeUrl>>(
              "peers",
              ValueTypes.URLS,
              null,
              "The member list, the same at every node, with this node's own URL; by default only"
                  + " this node.",
              (server, urls) -> server.members(urls.stream().map(NodeUrl::text).toList()))
          .withFlag()
          .named("members");

  public static final Key<ServerConfig.Builder, Discovery> DISCOVERY =
      new Key<>(
              "discovery",
              ValueTypes.DISCOVERY,
              null,
              "Where to find the members in place of peers: static:URL,... as peers; file:PATH, a"
                  + " file with a URL on each line; dns:NAME:PORT, all addresses of a DNS name;"
                  + " dns-srv:NAME, all services of one. All but static may change while the node"
                  + " runs. @SERVER:PORT behind a DNS name is the name server to ask. Other"
                  + " sources, such as jgroups, come with jars on the class path.",
              ServerConfig.Builder::discovery)
          .withFlag()
          .describedAs(
              "Where to find the members in place of --peers: static:URL,... as --peers; file:PATH,"
                  + " a file with a URL on each line; dns:NAME:PORT, all addresses of a DNS name;"
                  + " dns-srv:NAME, all services of one. All but static may change while the node"
                  + " runs. @SERVER:PORT behind a DNS name is the name server to ask. Other"
                  + " sources, such as jgroups, come with jars on the class path.");

  public static final Key<ServerConfig.Builder, Dialect> DIALECT =
      new Key<>(
              "dialect",
              ValueTypes.DIALECT,
              "dawncache",
              "The fleet's protocol: our own (the default), or that of a fleet of Go programs.",
              ServerConfig.Builder::dialect)
          .withFlag();

  public static final Key<ServerConfig.Builder, Scheme> RING =
      new Key<>(
              "ring",
              ValueTypes.RING,
              null,
              "How the dawncache dialect divides keys among the members. native, the default:"
                  + " evenly, as soon as all members know it; until then, and with seed, by the"
                  + " ring of Dawncache's first nodes, which all know.",
              ServerConfig.Builder::ring)
          .withFlag();

  public static final Key<ServerConfig.Builder, Boolean> GO_PEERS =
      new Key<>(
              "go-peers",
              ValueTypes.SWITCH,
              "off",
              "Whether some members are Go programs, so that their requests are those of peers.",
              ServerConfig.Builder::goPeers)
          .withFlag()
          .describedAs("Some members are Go programs: treat their requests as requests of peers.");

  public static final Key<ServerConfig.Builder, Boolean> PEER_FRAMES =
      new Key<>(
              "peer-frames",
              ValueTypes.SWITCH,
              "on",
              "on, the default: use frames, many requests at a time on one connection, with peers"
                  + " that take them; off: use HTTP, one request at a time on a connection.",
              ServerConfig.Builder::peerFrames)
          .withFlag();

  public static final Key<ServerConfig.Builder, HostPort> OPERATIONS =
      new Key<ServerConfig.Builder, HostPort>(
              "operations",
              ValueTypes.ADDRESS,
              null,
              "Where to listen for operators, apart from the data: health, readiness, statistics and"
                  + " what acts, such as to remove a key or to drain the node; none by default. Without"
                  + " tokens keep it on loopback or in a network of operators.",
              (server, address) -> {})
          .withFlag();

  public static final Key<ServerConfig.Builder, AccessTokens> TOKENS =
      new Key<ServerConfig.Builder, AccessTokens>(
              "tokens",
              ValueTypes.TOKENS,
              null,
              "Who may use the operations listener from elsewhere than loopback, and get values if"
                  + " clients is token: lines of TOKEN and read, write or operate, with :GROUP,..."
                  + " behind read and write. Without them, and with a secret, nobody may. Best as"
                  + " {file: PATH}.",
              (server, tokens) -> {})
          .withFileFlag("--tokens-file")
          .describedAs(
              "A file that says who may use the operations listener from elsewhere than loopback:"
                  + " lines of TOKEN and read, write or operate, with :GROUP,... behind read and"
                  + " write. Without them, and with a secret, nobody may.");

  public static final Key<ServerConfig.Builder, Clients> CLIENTS =
      new Key<ServerConfig.Builder, Clients>(
          "clients",
          ValueTypes.CLIENTS,
          "any",
          "Who may get values on the data port: any, or only who sends a token with the role read,"
              + " which needs tokens and a secret. With token, /stats is on the operations listener"
              + " alone.",
          (server, clients) -> {});

  public static final Key<ServerConfig.Builder, Boolean> OPERATIONS_TLS =
      new Key<ServerConfig.Builder, Boolean>(
              "operations-tls",
              ValueTypes.SWITCH,
              null,
              "Whether the listener for operators accepts TLS alone, with the certificate and the"
                  + " rules of tls; by default if there is a certificate and it does not listen on"
                  + " loopback.",
              (server, on) -> {})
          .withFlag();

  public static final Key<ServerConfig.Builder, Path> TLS_CERTIFICATE =
      new Key<ServerConfig.Builder, Path>(
              "tls.certificate",
              ValueTypes.FILE,
              null,
              "The node's certificate in PEM, and behind it those that lead to its CA. With it the"
                  + " node accepts TLS alone, and its URL begins with https://. All files of tls are"
                  + " read again when they change.",
              (server, file) -> {})
          .withFlag("--tls-certificate");

  public static final Key<ServerConfig.Builder, Path> TLS_KEY =
      new Key<ServerConfig.Builder, Path>(
              "tls.key",
              ValueTypes.FILE,
              null,
              "The private key of the certificate in PEM, as PKCS#8.",
              (server, file) -> {})
          .withFlag("--tls-key");

  public static final Key<ServerConfig.Builder, Path> TLS_KEY_PASSWORD =
      new Key<ServerConfig.Builder, Path>(
              "tls.key-password",
              ValueTypes.FILE,
              null,
              "A file with the password of the private key; none by default.",
              (server, file) -> {})
          .withFlag("--tls-key-password");

  public static final Key<ServerConfig.Builder, Path> TLS_CA =
      new Key<ServerConfig.Builder, Path>(
              "tls.ca",
              ValueTypes.FILE,
              null,
              "The certificates of the CAs that are trusted, in PEM; by default those of the JDK.",
              (server, file) -> {})
          .withFlag("--tls-ca");

  public static final Key<ServerConfig.Builder, Path> TLS_CRL =
      new Key<ServerConfig.Builder, Path>(
              "tls.crl",
              ValueTypes.FILE,
              null,
              "The CRLs of the CAs in tls.ca, in PEM. Then certificates that they revoke are refused,"
                  + " and those of CAs whose CRL is missing or overdue, too.",
              (server, file) -> {})
          .withFlag("--tls-crl");

  public static final Key<ServerConfig.Builder, ClientCertificates> TLS_CLIENT_CERTIFICATES =
      new Key<ServerConfig.Builder, ClientCertificates>(
              "tls.client-certificates",
              ValueTypes.CLIENT_CERTIFICATES,
              "none",
              "Who has to present a certificate of a trusted CA: nobody (none, the default), peers,"
                  + " so that others can only get, or all, so that others cannot even connect.",
              (server, who) -> {})
          .withFlag("--tls-client-certificates");

  public static final Key<ServerConfig.Builder, Path> TLS_PEER_NAMES =
      new Key<ServerConfig.Builder, Path>(
              "tls.peer-names",
              ValueTypes.FILE,
              null,
              "A file with the names of peers, one on each line, as their certificates have them: DNS"
                  + " names, addresses or SPIFFE IDs. By default every certificate of a trusted CA is"
                  + " that of a peer, and a member's has to name the host of its URL.",
              (server, file) -> {})
          .withFlag("--tls-peer-names");

  public static final Key<ServerConfig.Builder, LogFormat> LOG_FORMAT =
      new Key<ServerConfig.Builder, LogFormat>(
              "log-format",
              ValueTypes.LOG_FORMAT,
              "text",
              "How the log is written: lines of text (the default), or a JSON object on each line.",
              (server, format) -> {})
          .withFlag();

  public static final Key<ServerConfig.Builder, String> ACCESS_LOG =
      new Key<ServerConfig.Builder, String>(
              "access-log",
              ValueTypes.LINES,
              "off",
              "Where to write a line for each HTTP request on the data port: a file, to which lines are"
                  + " appended and which SIGHUP opens anew; stderr; or off, the default. The lines have"
                  + " the form that log-format says.",
              (server, target) -> {})
          .withFlag()
          .describedAs(
              "Where to write a line for each HTTP request on the data port: a file, to which lines are"
                  + " appended and which SIGHUP opens anew; stderr; or off, the default. The lines have"
                  + " the form that --log-format says.");

  public static final Key<ServerConfig.Builder, Integer> MAX_EJECTED =
      new Key<>(
              "limits.max-ejected",
              ValueTypes.count(0, 99),
              "67",
              "How many of 100 members this node may leave out at a time because they cannot be"
                  + " asked; 67 by default.",
              ServerConfig.Builder::maxEjectedPercent)
          .withFlag();

  public static final Key<ServerConfig.Builder, TimeSpan> HAND_OVER_TIMEOUT =
      new Key<ServerConfig.Builder, TimeSpan>(
              "limits.hand-over-timeout",
              ValueTypes.TIME,
              "5s",
              "How long this node offers values to members that have come to own their keys, because"
                  + " it stops or they have joined; 5s by default, 0s for not at all.",
              (server, time) -> server.handOverTimeout(time.duration()))
          .withFlag();

  public static final Key<ServerConfig.Builder, ByteSize> HAND_OVER_BYTES =
      new Key<ServerConfig.Builder, ByteSize>(
              "limits.hand-over-bytes",
              ValueTypes.SIZE,
              "256m",
              "How much of them, the hottest first; 256m by default.",
              (server, size) -> server.handOverBytes(size.bytes()))
          .withFlag();

  public static final Key<ServerConfig.Builder, TimeSpan> STOP_GRACE =
      new Key<>(
          "limits.stop-grace",
          ValueTypes.TIME,
          "5s",
          "How long a stop waits for requests in flight.",
          (server, time) -> server.stopGrace(time.duration()));

  public static final Key<ServerConfig.Builder, TimeSpan> IDLE_TIMEOUT =
      new Key<>(
          "limits.idle-timeout",
          ValueTypes.TIME,
          "2m",
          "How long a connection may be idle before the node closes it.",
          (server, time) -> server.idleTimeout(time.duration()));

  public static final Key<ServerConfig.Builder, TimeSpan> REQUEST_TIMEOUT =
      new Key<>(
          "limits.request-timeout",
          ValueTypes.TIME,
          "1m",
          "How long a request may take to arrive, from its first byte to its last.",
          (server, time) -> server.requestTimeout(time.duration()));

  public static final Key<ServerConfig.Builder, ByteSize> MAX_REQUEST_LINE_BYTES =
      new Key<>(
          "limits.max-request-line-bytes",
          ValueTypes.LENGTH,
          "64k",
          "The longest request line that the node accepts.",
          (server, size) -> server.maxRequestLineBytes((int) size.bytes()));

  public static final Key<ServerConfig.Builder, ByteSize> MAX_HEADER_BYTES =
      new Key<>(
          "limits.max-header-bytes",
          ValueTypes.LENGTH,
          "16k",
          "The greatest length of all headers of a message together.",
          (server, size) -> server.maxHeaderBytes((int) size.bytes()));

  public static final Key<ServerConfig.Builder, ByteSize> MAX_VALUE_BYTES =
      new Key<>(
          "limits.max-value-bytes",
          ValueTypes.LENGTH,
          "16m",
          "The longest value that the node sends and accepts; the same at every node.",
          (server, size) -> server.maxValueBytes((int) size.bytes()));

  public static final Key<ServerConfig.Builder, Integer> MAX_CONNECTIONS =
      new Key<>(
          "limits.max-connections",
          ValueTypes.count(1, Integer.MAX_VALUE),
          null,
          "How many connections others may have open to the node; a quarter of the heap at 8 KiB each"
              + " by default.",
          ServerConfig.Builder::maxConnections);

  public static final Key<ServerConfig.Builder, Integer> MAX_CONNECTIONS_FROM_ONE_ADDRESS =
      new Key<>(
          "limits.max-connections-from-one-address",
          ValueTypes.count(1, Integer.MAX_VALUE),
          null,
          "How many of them may come from one address, such as that of a proxy; three quarters of them by"
              + " default.",
          ServerConfig.Builder::maxConnectionsFromOneAddress);

  public static final Key<ServerConfig.Builder, Integer> MAX_PEER_CONNECTIONS =
      new Key<>(
          "limits.max-peer-connections",
          ValueTypes.count(1, Integer.MAX_VALUE),
          "512",
          "How many connections one event loop opens to one peer that does not take frames.",
          ServerConfig.Builder::maxPeerConnections);

  public static final Key<ServerConfig.Builder, Integer> EVENT_LOOPS =
      new Key<>(
          "limits.event-loops",
          ValueTypes.count(1, 1024),
          null,
          "How many threads serve all connections; one per core by default.",
          ServerConfig.Builder::eventLoops);

  public static final Key<ServerConfig.Builder, Map<String, LogLevel>> LOG =
      new Key<>(
          "log",
          ValueTypes.LEVELS,
          null,
          "The levels of loggers, by their names: off, error, warn, info, debug or trace. An empty"
              + " name is all loggers. In a variable: LOGGER=LEVEL,... They may change while the node"
              + " runs.",
          (server, levels) -> {});

  /** All of them, in the order in which they are shown. */
  public static final KeyTable<ServerConfig.Builder> TABLE =
      new KeyTable<>(
          List.of(
              LISTEN,
              SELF,
              CLUSTER,
              ZONE,
              SECRET,
              PEERS,
              DISCOVERY,
              DIALECT,
              RING,
              GO_PEERS,
              PEER_FRAMES,
              OPERATIONS,
              TOKENS,
              CLIENTS,
              OPERATIONS_TLS,
              TLS_CERTIFICATE,
              TLS_KEY,
              TLS_KEY_PASSWORD,
              TLS_CA,
              TLS_CRL,
              TLS_CLIENT_CERTIFICATES,
              TLS_PEER_NAMES,
              LOG_FORMAT,
              ACCESS_LOG,
              MAX_EJECTED,
              HAND_OVER_TIMEOUT,
              HAND_OVER_BYTES,
              STOP_GRACE,
              IDLE_TIMEOUT,
              REQUEST_TIMEOUT,
              MAX_REQUEST_LINE_BYTES,
              MAX_HEADER_BYTES,
              MAX_VALUE_BYTES,
              MAX_CONNECTIONS,
              MAX_CONNECTIONS_FROM_ONE_ADDRESS,
              MAX_PEER_CONNECTIONS,
              EVENT_LOOPS,
              LOG));

  private NodeKeys() {}
}
