/**
 * TLS on connections to and from a node: the certificate and the trust that are in force, which
 * change when their files do, and the handlers that use them. Knows nothing of HTTP and frames.
 */
@NullMarked
package io.dawncache.server.tls;

import org.jspecify.annotations.NullMarked;
