import { emptyPictureRow, type PictureRow } from '@promptloom/dataset/picture-table'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PictureBytes } from './picture-bytes.ts'

/** An archive in which each picture's bytes are its place, and the places that were read. */
function archive(most?: number) {
  const read: number[] = []
  const bytes = new PictureBytes(async ({ offset, length }) => {
    read.push(offset)
    return new Uint8Array(length).fill(offset)
  }, most)
  return { read, bytes }
}
const picture = (offset: number, length = 10): PictureRow => ({ ...emptyPictureRow('x', 'ok'), offset, length })
const keyOf = (bytes: Uint8Array) => `key ${bytes[0]}`

it('a picture is read once for its key and its embedding, and one that lies in the same place not at all', async () => {
  const { read, bytes } = archive()
  const wanted: string[] = []
  const key = { keyOf, wanted: (one: string) => wanted.push(one) > 0 }
  expect(await bytes.key(picture(1), key)).toBe('key 1')
  expect(await bytes.key(picture(2), key)).toBe('key 2')
  expect(await bytes.key(picture(1), key)).toBe('key 1')
  expect(await bytes.take(picture(2))).toEqual(new Uint8Array(10).fill(2))
  expect(await bytes.take(picture(1))).toEqual(new Uint8Array(10).fill(1))
  expect(await bytes.take(picture(3))).toEqual(new Uint8Array(10).fill(3))
  expect(read).toEqual([1, 2, 3])
  expect(wanted).toEqual(['key 1', 'key 2'])
})

it('bytes that nobody wants are not kept', async () => {
  const { read, bytes } = archive()
  await bytes.key(picture(1), { keyOf, wanted: () => false })
  await bytes.take(picture(1))
  expect(read).toEqual([1, 1])
})

it('any pictures have their own keys and bytes, and no more bytes are kept than there is room for', async () => {
  const rows = fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(60), async (all, most) => {
      const { read, bytes } = archive(most)
      for (const [offset, wanted] of all)
        expect(await bytes.key(picture(offset), { keyOf, wanted: () => wanted })).toBe(`key ${offset}`)
      const distinct = [...new Set(all.map(([offset]) => offset))]
      expect(read).toEqual(distinct)
      for (const offset of distinct) expect(await bytes.take(picture(offset))).toEqual(new Uint8Array(10).fill(offset))
      const firstWanted = distinct.filter((offset) => all.find(([one]) => one === offset)?.[1])
      const fitting = Math.min(firstWanted.length, Math.floor(most / 10))
      expect(read).toHaveLength(2 * distinct.length - fitting)
    }),
    { numRuns: 50 },
  )
})
