import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, VIT_B_32, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { textTensors } from './bare-runtime.ts'
import { benchEmbed } from './embed-bench.ts'
import { rates } from './measurement.ts'
import { countOperations } from './operations.ts'
import { embedReport } from './report.ts'

describe('figures', () => {
  it('are medians with the least and the most', () => {
    const rounds = [
      { rows: 10, seconds: 1, cpuSeconds: 2 },
      { rows: 10, seconds: 2, cpuSeconds: 4 },
    ]
    expect(rates('a', rounds)).toMatchObject({
      rows: 10,
      perSecond: { median: 7.5 },
      perCpuSecond: { least: 2.5, most: 5 },
    })
  })
})

describe('work', () => {
  it('is counted as CLIP ViT-B/32 has it: 8.82 GFLOP a picture, 5.96 a text of 77 tokens', async () => {
    const model = await mkdtemp(join(tmpdir(), 'promptloom-work-'))
    const tower = (width: number) => ({ hidden_size: width, num_hidden_layers: 12, intermediate_size: width * 4 })
    const { vision } = VIT_B_32
    const config = {
      projection_dim: 512,
      text_config: tower(512),
      vision_config: { ...tower(768), image_size: vision.image, patch_size: vision.patch },
    }
    await writeFile(join(model, 'config.json'), JSON.stringify(config))
    const operations = await countOperations(model)
    expect((operations?.image ?? 0) / 1e9).toBeCloseTo(8.82, 2)
    expect((operations?.text(77) ?? 0) / 1e9).toBeCloseTo(5.96, 2)
    await writeFile(join(model, 'config.json'), '{}')
    expect(await countOperations(model)).toBeUndefined()
  })
})

describe('ready tensors', () => {
  const texts = [Int32Array.of(1, 2), Int32Array.of(3, 4, 5), Int32Array.of(6, 7), Int32Array.of(8, 9)]

  it('are of one length each, longest first', () => {
    expect(textTensors(texts, 2).map(({ data, dims }) => [dims, [...data].map(Number)])).toEqual([
      [
        [1, 3],
        [3, 4, 5],
      ],
      [
        [2, 2],
        [1, 2, 6, 7],
      ],
      [
        [1, 2],
        [8, 9],
      ],
    ])
  })

  it('or all padded to the same', () => {
    const [first, ...rest] = textTensors(texts, 3, { length: 4, id: 0 })
    expect(first?.dims).toEqual([3, 4])
    expect([...(first?.data ?? [])].map(Number)).toEqual([1, 2, 0, 0, 3, 4, 5, 0, 6, 7, 0, 0])
    expect(rest.map(({ dims }) => dims)).toEqual([[1, 4]])
  })
})

describe('the benchmark', () => {
  it('refuses what is no model, and pictures that a model has no tower for, before it measures anything', async () => {
    const model = join(await mkdtemp(join(tmpdir(), 'promptloom-bench-')), 'tiny')
    await writeSyntheticModel(model, TINY)
    await rm(join(model, 'onnx', 'vision_model.onnx'))
    const lines: string[] = []
    const listener = (line: string) => void lines.push(line)
    const options = { model, prompts: ['a'], pictures: ['x.png'], rounds: 1, peer: model, listener }
    await expect(benchEmbed(options)).rejects.toMatchObject({
      exitCode: 2,
      message: `The model directory ${model} has no picture tower; leave out --pictures, or name another model.`,
    })
    await expect(benchEmbed({ ...options, model: '/nowhere' })).rejects.toThrow('There is no model directory /nowhere')
    expect(lines).toEqual([])
  })

  it('measures texts and pictures, and skips a peer that is not there, by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promptloom-bench-'))
    const model = join(folder, 'tiny')
    await writeSyntheticModel(model, TINY)
    const pictures = await Promise.all(
      ['red', 'lime', 'blue'].map(async (background) => {
        const path = join(folder, `${background}.png`)
        await sharp({ create: { width: 70, height: 70, channels: 3, background } }).toFile(path)
        return path
      }),
    )
    const lines: string[] = []
    const report = await benchEmbed({
      ...{ model, pictures, prompts: ['a cat', 'a dog', 'a cat', 'A CAT', 'two birds'], rounds: 1, peer: folder },
      listener: (line) => lines.push(line),
    })
    expect(report.peerSkipped).toBe(`@huggingface/transformers is not installed in ${folder}`)
    expect(report.text).toMatchObject({ rows: 4, embedded: 2 })
    expect(report.image).toMatchObject({ rows: 2, embedded: 2 })
    expect(report.text.rates.map((one) => one.name)).toEqual(['stage', 'bare, sorted', 'bare, padded to 77'])
    for (const one of [...report.text.rates, ...(report.image?.rates ?? [])])
      expect(one.perSecond.median).toBeGreaterThan(0)
    expect(report.peak).toBeGreaterThan(1e9)
    expect(lines).toContain('pictures, round 1 of 1: stage')
    expect(report.text.comparisons.map(({ aim }) => aim)).toEqual([0.9, 1.9, 2.4])
    expect(report.image?.comparisons.map(({ aim }) => aim)).toEqual([0.9, undefined])
    expect(report.image?.decodingShare?.median).toBeGreaterThan(0)
    expect(report.text.delayMost).toBeGreaterThanOrEqual(report.text.delayP99)
    expect(embedReport('tiny', report).join('\n')).toMatch(/decode \+ resize alone takes .* of the ceiling/)
  }, 120_000)
})
