package io.dawncache.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.dawncache.core.PeerRequest;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.PeerCodec;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Clients that ask for large values and read no answer. Each then sends one byte of its next
 * request each second, by which it notices that the node has closed its connection, and it comes
 * back.
 *
 * @param clients how many there are
 * @param request what each sends, by its number
 */
record NeverReading(String name, String title, int clients, IntFunction<ByteBuffer> request)
    implements Attack {
  private static final int BACK_A_SECOND = 100;
  private static final int RECEIVE_BYTES = 4096; // so that the kernel reads little in their place
  private static final long ROUND_MILLIS = 1000;
  private static final int BULK_KEYS = 64;
  private static final int BULK_KEYS_IN_ALL = 256;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Returns clients that each get a value of 1 MiB of its own. */
  static NeverReading gets(int clients) {
    return new NeverReading(
        "never-read",
        clients + " clients ask for values of 1 MiB, and never read",
        clients,
        client ->
            bytes(
                "GET "
                    + SiegeNode.path(LARGE)
                    + "unread-"
                    + client
                    + " HTTP/1.1\r\nHost: node\r\n\r\n"));
  }

  /** Returns clients that each get many values of 1 MiB by one message, as peers do. */
  static NeverReading bulks(int clients) {
    return new NeverReading(
        "bulk-never-read",
        clients
            + " clients ask for "
            + BULK_KEYS
            + " values of 1 MiB by one message, as peers do, and never read",
        clients,
        NeverReading::bulk);
  }

  private static ByteBuffer bulk(int client) {
    List<PeerRequest> requests =
        IntStream.range(0, BULK_KEYS)
            .map(i -> (client * 8 + i) % BULK_KEYS_IN_ALL)
            .mapToObj(key -> new PeerRequest(LARGE, "bulk-" + key, PATIENCE))
            .toList();
    ByteBuf body = PeerCodec.encode(requests, PATIENCE);
    ByteBuffer head =
        bytes(
            "POST "
                + Dialect.DAWNCACHE.basePath()
                + " HTTP/1.1\r\nHost: node\r\n"
                + Headers.PEER
                + ": http://siege.invalid\r\n"
                + Headers.MESSAGE
                + ": "
                + MessageKind.GET_ALL.label()
                + "\r\nContent-Length: "
                + body.readableBytes()
                + "\r\n\r\n");
    ByteBuffer request = ByteBuffer.allocate(head.remaining() + body.readableBytes());
    request.put(head).put(body.nioBuffer()).flip();
    body.release();
    return request;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  @Override
  public Running start(SiegeNode node, Plan plan) {
    return new Clients(node.data());
  }

  /** The clients, on a thread of their own. */
  private final class Clients implements Running {
    private final InetSocketAddress address;
    private final @Nullable SocketChannel[] open = new SocketChannel[clients];
    private final ByteBuffer[] unsent = new ByteBuffer[clients];
    private final Thread thread = new Thread(this::run, "siege-never-reading");

    Clients(InetSocketAddress address) {
      this.address = address;
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      int mayConnect = clients;
      try {
        while (!Thread.currentThread().isInterrupted()) {
          for (int i = 0; i < clients; i++) {
            mayConnect -= ask(i, mayConnect > 0) ? 1 : 0;
          }
          mayConnect = BACK_A_SECOND;
          Thread.sleep(ROUND_MILLIS);
        }
      } catch (InterruptedException e) {
        // The attack has ended.
      }
      for (int i = 0; i < clients; i++) {
        forget(i);
      }
    }

    /** Sends what a client can send, and returns whether it had to connect. */
    private boolean ask(int client, boolean mayConnect) {
      SocketChannel channel = open[client];
      boolean connects = channel == null && mayConnect;
      try {
        if (connects) {
          channel = connect(client);
        }
        if (channel != null) {
          channel.write(unsent[client]);
          sendOneMore(client);
        }
      } catch (IOException e) {
        forget(client); // the node has closed it
      }
      return connects;
    }

    /** Has a client that has asked send one byte of its next request. */
    private void sendOneMore(int client) {
      ByteBuffer sent = unsent[client];
      if (!sent.hasRemaining()) {
        if (sent.limit() == sent.capacity()) {
          sent = request.apply(client).limit(0);
          unsent[client] = sent;
        }
        sent.limit(sent.limit() + 1);
      }
    }

    private SocketChannel connect(int client) throws IOException {
      SocketChannel channel = SocketChannel.open();
      open[client] = channel;
      unsent[client] = request.apply(client);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
      channel.connect(address);
      channel.configureBlocking(false);
      return channel;
    }

    private void forget(int client) {
      SocketChannel channel = open[client];
      open[client] = null;
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        // It is closed.
      }
    }

    @Override
    public void close() throws IOException {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
