import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { BackEnd, Progress } from './back-end.ts'

/** A back end that is ready to paint, and how to be rid of it. */
export interface OpenedBackEnd extends AsyncDisposable {
  readonly backEnd: BackEnd
}

/** The tests that every back end must pass, whatever it paints with. */
export function backEndContract(name: string, open: () => Promise<OpenedBackEnd>): void {
  describe(`${name} as a back end`, () => {
    test('says who it is', async () => {
      await using opened = await open()
      const { kind, label, standIn } = opened.backEnd.describe()
      expect(kind).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(label).not.toBe('')
      expect(typeof standIn).toBe('boolean')
    })

    test('paints as many pictures as asked for, each handed over once and whole', async () => {
      await using opened = await open()
      const kept: unknown[] = []
      const onPicture = (picture: unknown, position: number) => {
        expect(kept[position]).toBeUndefined()
        kept[position] = picture
      }
      const pictures = await opened.backEnd.generate({ prompt: 'a fox', count: 3, seed: 2 ** 32 - 2 }, { onPicture })
      expect(pictures).toHaveLength(3)
      expect(kept).toEqual(pictures)
      for (const { bytes, mediaType, width, height } of pictures) {
        const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
        expect({ width: info.width, height: info.height }).toEqual({ width, height })
        expect(mediaType).toBe(`image/${(await sharp(bytes).metadata()).format}`)
      }
      const seeds = pictures.map((picture) => picture.parameters.seed)
      expect([
        [2 ** 32 - 2, 2 ** 32 - 1, 0],
        [null, null, null],
      ]).toContainEqual(seeds)
    })

    test('reports progress that never goes back', async () => {
      await using opened = await open()
      const told: Progress[] = []
      await opened.backEnd.generate({ prompt: 'a fox', count: 2 }, { onProgress: (progress) => told.push(progress) })
      const fractions = told.flatMap(({ fraction }) => (fraction === null ? [] : [fraction]))
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
      for (const fraction of fractions) expect(fraction >= 0 && fraction <= 1).toBe(true)
      for (const { state } of told) expect(state).not.toBe('')
    })

    test('ends an aborted request with its reason', async () => {
      await using opened = await open()
      const reason = new Error('stop')
      const early = opened.backEnd.generate({ prompt: 'a fox' }, { signal: AbortSignal.abort(reason) })
      await expect(early).rejects.toBe(reason)
      const controller = new AbortController()
      const onPicture = () => controller.abort(reason)
      const late = opened.backEnd.generate({ prompt: 'a fox', count: 3 }, { signal: controller.signal, onPicture })
      await expect(late).rejects.toBe(reason)
    })

    test.each([
      { prompt: ' ' },
      { prompt: 'a fox', count: 0 },
      { prompt: 'a fox', seed: -1 },
      { prompt: 'x', width: 1.5 },
    ])('turns %j down as the mistake of whoever asks', async (request) => {
      await using opened = await open()
      const work = opened.backEnd.generate(request)
      await expect(work).rejects.toMatchObject({ outcome: 'generator_invalid', exitCode: 2, retryable: false })
    })
  })
}
