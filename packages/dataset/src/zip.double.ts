import { crc32, deflateRawSync } from 'node:zlib'

/** Builds a zip archive in memory, also with names that a well-behaved program would not write. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content)
    const packed = deflateRawSync(data)
    const fileName = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(fileName.length, 22)
    local.push(Buffer.from('PK\x03\x04', 'latin1'), common, fileName, packed)
    const place = Buffer.alloc(16)
    place.writeUInt32LE(offset, 12)
    // In the central directory, `version made by` precedes what is common and the comment's length follows it.
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place.subarray(2), fileName)
    offset += 30 + fileName.length + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(Object.keys(files).length, 8)
  end.writeUInt16LE(Object.keys(files).length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}
