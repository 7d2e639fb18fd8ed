import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Progress } from '@promptloom/generate/back-end'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { restrictDecoders } from '../fetch-images/picture.ts'
import { SketchProcess } from './sketch-process.ts'

const painter = new SketchProcess()
afterAll(() => painter[Symbol.asyncDispose]())

describe('the sketch painter in a process of its own', () => {
  it('paints although this process has shut every decoder that it needs', async () => {
    restrictDecoders()
    await expect(sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')).metadata()).rejects.toThrow()
    const told: number[] = []
    const progress: Progress[] = []
    const request = { prompt: 'a castle at night', seed: 7, width: 64, height: 48, count: 2 }
    const pictures = await painter.generate(request, {
      onPicture: (_, position) => told.push(position),
      onProgress: (one) => progress.push(one),
    })
    expect(pictures.map(({ parameters }) => parameters.seed)).toEqual([7, 8])
    expect(await sharp(pictures[0]?.bytes).metadata()).toMatchObject({ format: 'png', width: 64, height: 48 })
    expect(told).toEqual([0, 1])
    expect(progress.map(({ fraction }) => fraction)).toEqual([0.5, 1])
  })

  it('answers requests side by side, each with its own', async () => {
    const paint = (prompt: string) => painter.generate({ prompt, seed: 1, width: 32, height: 32 })
    const [cat, dog] = await Promise.all([paint('a cat'), paint('a dog')])
    expect([cat[0]?.parameters.prompt, dog[0]?.parameters.prompt]).toEqual(['a cat', 'a dog'])
  })

  it('keeps a process alive until the last request is answered, and no longer', async () => {
    const program = join(import.meta.dirname, 'sketch-process.double.ts')
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program])
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    expect(await once(child, 'close')).toEqual([0, null])
    expect(said).toBe('32 1024')
  })

  it('refuses what cannot be painted, with the reason', async () => {
    await expect(painter.generate({ prompt: ' ' })).rejects.toMatchObject({ outcome: 'generator_invalid' })
    const huge = painter.generate({ prompt: 'a cat', width: 4_000 })
    await expect(huge).rejects.toMatchObject({ outcome: 'generator_invalid', message: expect.stringContaining('2048') })
  })

  it('ends at once when it is stopped, and paints again afterwards', async () => {
    const stop = new AbortController()
    const onPicture = () => stop.abort(new Error('enough'))
    const many = painter.generate({ prompt: 'a cat', count: 100 }, { signal: stop.signal, onPicture })
    await expect(many).rejects.toThrow('enough')
    expect(await painter.generate({ prompt: 'a cat', width: 32, height: 32 })).toHaveLength(1)
    await expect(painter.generate({ prompt: 'a cat' }, { signal: stop.signal })).rejects.toThrow('enough')
  })
})
