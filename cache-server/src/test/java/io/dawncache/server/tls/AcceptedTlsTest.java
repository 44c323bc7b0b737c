package io.dawncache.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many handshakes may be under way. */
class AcceptedTlsTest {
  private final CacheNode node = CacheNode.create();
  private final TlsCounts counts = new TlsCounts();
  private final List<EmbeddedChannel> channels = new ArrayList<>();

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertEquals(0, node.bytesInFlight().bytes());
    node.close();
  }

  private EmbeddedChannel accept() throws GeneralSecurityException {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(false);
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new AcceptedTls(
                engine, Duration.ofSeconds(10), node.bytesInFlight(), counts, chain -> {}));
    channels.add(channel);
    return channel;
  }

  @Test
  void oneHandshakeMoreThanThereMayBeIsClosedUntilAnotherHasEnded() throws Exception {
    node.bytesInFlight().resize(1L << 30);
    for (int i = 0; i < AcceptedTls.MOST_HANDSHAKES; i++) {
      assertTrue(accept().isOpen());
    }

    assertFalse(accept().isOpen());
    assertEquals(1, counts.failures().sum());

    channels.get(0).close();
    assertTrue(accept().isOpen());
    assertEquals(AcceptedTls.MOST_HANDSHAKES, counts.open().get());
  }
}
