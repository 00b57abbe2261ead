/**
 * Files as bytes, whatever model they hold: mapped in windows, zips read by their directory so that
 * records stay where they are, zips written record by record, and the promise that output appears
 * whole or not at all.
 */
@NullMarked
package org.tensorferry.file;

import org.jspecify.annotations.NullMarked;
