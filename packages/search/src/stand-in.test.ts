import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { standInFor } from './stand-in.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-stand-in-'))
  await mkdir(join(folder, 'onnx'))
  const text_config = { vocab_size: 1_000, hidden_size: 64, num_hidden_layers: 2 }
  await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: 'clip', text_config }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('knows a stand-in by graphs too small for what the configuration describes', async () => {
  expect(await standInFor(folder)).toBeUndefined()
  await writeFile(join(folder, 'onnx', 'text_model.onnx'), Buffer.alloc(20_000))
  expect(await standInFor(folder)).toBe('the clip that its configuration describes (64 wide, 2 layers)')
  await writeFile(join(folder, 'onnx', 'text_model.onnx'), Buffer.alloc(700_000))
  expect(await standInFor(folder)).toBeUndefined()
  expect(await standInFor(join(folder, 'nowhere'))).toBeUndefined()
})

it.each<[string, string | undefined]>([
  ['It is a stand-in for CLIP and no substitute for it.', 'CLIP'],
  ['**A stand-in for `CLIP ViT-B/32`**, made here.', 'CLIP ViT-B/32'],
  ['This standin for the big model (see below) is small.', 'big model'],
  ['A stand-in for CLIP', 'CLIP'],
  ['CLIP, by OpenAI. It understands pictures and words.', undefined],
  ['Our cameras stand in for eyes.', undefined],
  ['', undefined],
])('knows it by a README that says %j', async (readme, expected) => {
  const directory = await mkdtemp(join(folder, 'readme-'))
  await writeFile(join(directory, 'README.md'), readme)
  expect(await standInFor(directory)).toBe(expected)
})
