/** Member lists by JGroups, for fleets that have neither DNS nor a file that all nodes see. */
@NullMarked
package io.dawncache.jgroups;

import org.jspecify.annotations.NullMarked;
