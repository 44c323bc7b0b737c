package io.dawncache.server.inbound;

import io.dawncache.core.Forget;
import io.dawncache.core.Group;
import io.dawncache.core.GroupEndpoint;
import io.dawncache.core.MemberList;
import io.dawncache.core.Offer;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.OperationResult.Status;
import io.dawncache.core.PastChanges;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.wire.BadRequestException;
import io.dawncache.server.wire.KeyPath;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.PeerCodec;
import io.dawncache.server.wire.Refusal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What other nodes ask of this one beyond a get: our messages, and mailgun's puts and deletes. */
final class Operations {
  private static final OperationResult DONE = OperationResult.done(List.of());

  private final Inbound inbound;

  Operations(Inbound inbound) {
    this.inbound = inbound;
  }

  /** Serves a message of one of our nodes. */
  void message(MessageKind kind, ByteBuffer body, Reply reply) throws BadRequestException {
    switch (kind) {
      case FORGET -> forget(PeerCodec.decodeForget(body), reply);
      case COORDINATE -> change(PeerCodec.decodeOperation(body), true, reply, answerTo(reply));
      case GET_ALL -> getAll(PeerCodec.decodeGetAll(body), reply);
      case MEMBERS -> members(body, reply);
      case OFFER -> offer(PeerCodec.decodeOffer(body), reply);
      case HAND_OVER -> handOver(PeerCodec.decodeHandOver(body), reply);
    }
  }

  private void members(ByteBuffer body, Reply reply) throws BadRequestException {
    MemberList list = PeerCodec.decodeMembers(body.duplicate());
    inbound.fleet().noteList(list);
    if (PeerCodec.saysEjected(body.duplicate())) {
      inbound.fleet().noteReadmitted();
    }
    Runnable done = () -> reply.operated(MessageKind.MEMBERS, DONE);
    if (PeerCodec.saysLeaving(body)) {
      inbound.fleet().noteLeaving(list.self(), list.instance(), done);
    } else {
      done.run();
    }
  }

  /** Takes over the values that another node, which leaves, offers. */
  private void offer(Offer offer, Reply reply) {
    Group group = staying(offer.group(), MessageKind.OFFER, reply);
    Runnable done = () -> reply.operated(MessageKind.OFFER, DONE);
    if (group != null && !group.forServers().offered(offer, done)) {
      reply.operated(
          MessageKind.OFFER, OperationResult.of(Status.NOT_ASKED, "it takes too many others over"));
    }
  }

  private void handOver(PastChanges changes, Reply reply) {
    Group group = staying(changes.what().group(), MessageKind.HAND_OVER, reply);
    if (group != null) {
      group.forServers().handedOver(changes);
      reply.operated(MessageKind.HAND_OVER, DONE);
    }
  }

  /** Returns the group, unless this node has none or leaves, too; then refuses. */
  private @Nullable Group staying(String name, MessageKind kind, Reply reply) {
    Group group = inbound.node().group(name);
    if (inbound.fleet().isLeaving()) {
      reply.operated(kind, OperationResult.of(Status.NOT_ASKED, "it leaves, too"));
      return null;
    } else if (group == null) {
      reply.refuse(Refusal.noSuchGroup(inbound.dialect(), name));
    }
    return group;
  }

  /** If there is no such group there is nothing to forget. */
  private void forget(Forget what, Reply reply) {
    Group group = inbound.node().group(what.group());
    if (group != null) {
      group.forServers().forget(what);
    }
    reply.operated(MessageKind.FORGET, DONE);
  }

  private void getAll(List<PeerRequest> requests, Reply reply) {
    String name = requests.get(0).group();
    Group group = inbound.node().group(name);
    if (group == null) {
      reply.refuse(Refusal.noSuchGroup(inbound.dialect(), name));
    } else {
      GroupEndpoint endpoint = group.forServers();
      endpoint.getAllForPeer(requests, reply.stream(requests, endpoint::getAllForPeer));
    }
  }

  private static Consumer<OperationResult> answerTo(Reply reply) {
    return result -> reply.operated(MessageKind.COORDINATE, result);
  }

  /**
   * Makes a change. A peer sends it to the owner, so this node coordinates it; a client asks any
   * node.
   */
  private void change(
      Operation operation, boolean fromPeer, Reply reply, Consumer<OperationResult> answering) {
    Group group = inbound.node().group(operation.group());
    int limit = inbound.limits().maxValueBytes();
    int maxBytes = group == null ? limit : Math.min(limit, group.config().maxValueBytes());
    if (group == null) {
      reply.refuse(Refusal.noSuchGroup(inbound.dialect(), operation.group()));
    } else if (operation.value() != null && operation.value().length() > maxBytes) {
      reply.refuse(Refusal.tooLong("value", maxBytes));
    } else if (fromPeer) {
      group.forServers().coordinate(operation, answering);
    } else {
      group.forServers().change(operation, answering);
    }
  }

  /** Forgets one key here: a mailgun node sends its deletes to each node. */
  void delete(KeyPath path, Exchange exchange) {
    Group group = inbound.node().group(path.group());
    if (group == null) {
      exchange.refuse(Refusal.noSuchGroup(inbound.dialect(), path.group()));
    } else if (path.key().isEmpty()) {
      exchange.refuse(Refusal.failed(inbound.dialect(), "key is required"));
    } else {
      group.forServers().forget(Forget.key(path.group(), path.key()));
      exchange.answer(() -> Responses.done(MessageKind.FORGET, List.of(), List.of()));
    }
  }

  /** Puts a value as the key's owner, for one of our nodes. */
  void putForOurs(KeyPath path, ByteBuffer body, Exchange exchange) throws BadRequestException {
    Operation put = PeerCodec.decodeSet(path.group(), body, inbound.clock());
    change(put, true, exchange, answerTo(exchange));
  }

  /**
   * Puts a value: as the key's owner for a mailgun node, which sends it to one node; else for a
   * client.
   */
  void put(
      KeyPath path, ByteBuffer body, boolean fromPeer, FailedPuts failedPuts, Exchange exchange)
      throws BadRequestException {
    Operation put = PeerCodec.decodeSet(path.group(), body, inbound.clock());
    exchange.answersPlainPut();
    Consumer<OperationResult> answer = answerTo(exchange);
    change(
        put,
        fromPeer,
        exchange,
        result -> {
          try {
            failedPuts.note(put, result);
          } finally {
            answer.accept(result); // even if the log throws
          }
        });
  }
}
