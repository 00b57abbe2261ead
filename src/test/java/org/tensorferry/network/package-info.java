@NullMarked
package org.tensorferry.network;

import org.jspecify.annotations.NullMarked;
