/** The JSON pages of a node: written here, and read by the tools that come with the program. */
@NullMarked
package io.dawncache.operations.page;

import org.jspecify.annotations.NullMarked;
