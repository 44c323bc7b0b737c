/** The sources of member lists that come with the server. */
@NullMarked
package io.dawncache.server.discovery;

import org.jspecify.annotations.NullMarked;
