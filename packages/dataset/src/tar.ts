const BLOCK = 512
/** Longest name that the plain header holds, in bytes. */
const NAME_BYTES = 100
/** Largest size that its eleven octal digits hold: 8 GiB less one byte. */
const LARGEST = 8 ** 11 - 1

/** Two empty blocks end an archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK)

/**
 * The 512-byte header of one regular file in POSIX ustar form (IEEE 1003.1, pax). Time, owner and mode are fixed, so
 * that the same files give the same archive. Throws a RangeError for a name or a size that the form can't hold.
 */
export function tarHeader(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new RangeError(`"${name}" is longer than ${NAME_BYTES} bytes.`)
  if (size > LARGEST) throw new RangeError(`${name} has ${size} bytes; a tar entry holds at most ${LARGEST}.`)
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0)
  header.write('0000644\0', 100, 'latin1')
  header.write('0000000\0', 108, 'latin1')
  header.write('0000000\0', 116, 'latin1')
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  header.write('00000000000\0', 136, 'latin1')
  // The checksum counts its own field as eight spaces.
  header.write('        ', 148, 'latin1')
  header.write('0', 156, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

/** Zero bytes that fill up the last block of a file of this size. */
export function tarPadding(size: number): Buffer {
  return TAR_END.subarray(0, (BLOCK - (size % BLOCK)) % BLOCK)
}
