/** Writes part of the training set: `tsx render.mts <pictures> <part> <parts> <folder>`. See README.md. */
import { createWriteStream, mkdirSync } from 'node:fs'
import { interpret } from '@promptloom/generate/sketch/interpretation'
import { paint } from '@promptloom/generate/sketch/paint'
import { randomFor } from '@promptloom/generate/sketch/random'
import { type Kind, KINDS } from '@promptloom/generate/sketch/vocabulary'
import { sampleCsv } from '@promptloom/pipelines/sample/collection'
import {
  heldOutPairs,
  normalised,
  sameScene,
  showsUnseenPair,
  TRAINING_SIZES,
  unseenPairs,
} from '@promptloom/pipelines/sample/held-out'
import { drawWish, writePrompt } from '@promptloom/pipelines/sample/prompt-writer'
import sharp from 'sharp'

const SIZE = 96
const WORDINGS = 4
const [count = 0, part = 0, parts = 1] = process.argv.slice(2, 5).map(Number)
const folder = process.argv[5] ?? 'data/runs/training'

const unseen = unseenPairs()
const excluded = new Set([...heldOutPairs().map(({ prompt }) => normalised(prompt))])
const sample = sampleCsv().toLowerCase()

mkdirSync(folder, { recursive: true })
const pixels = createWriteStream(`${folder}/pixels-${part}.u8`)
const rows = createWriteStream(`${folder}/rows-${part}.jsonl`)
for (let index = part; index < count; index += parts) {
  const random = randomFor(`training:${index}`)
  const wish = drawWish(random, random.chance(0.5) ? ['subject', 'setting', 'style'] : [])
  const prompt = writePrompt(wish, random)
  if (!allowed(prompt)) continue
  const wordings = Array.from({ length: WORDINGS - 1 }, () => writePrompt(wish, random)).filter(
    (other) => sameScene(prompt, other) && allowed(other),
  )
  const [width = 0, height = 0] = random.pick(TRAINING_SIZES).split('x').map(Number)
  const { bytes, scene } = await paint({ prompt, seed: random.integer(0, 2 ** 32 - 1), width, height, format: 'jpeg' })
  pixels.write(await preprocessed(bytes, width, height))
  const labels = Object.entries(KINDS).map(([kind, concepts]) => Object.keys(concepts).indexOf(scene[kind as Kind] ?? ''))
  rows.write(`${JSON.stringify({ prompts: [prompt, ...wordings], labels })}\n`)
  if (index % 500 < parts) console.log(index)
}
pixels.end()
rows.end()

function allowed(prompt: string): boolean {
  return !excluded.has(normalised(prompt)) && !sample.includes(normalised(prompt)) && !showsUnseenPair(interpret(prompt), unseen)
}

/** What the product does before the vision model, up to the bytes: short side to SIZE (bicubic), then the centre. */
async function preprocessed(bytes: Uint8Array, width: number, height: number): Promise<Buffer> {
  const short = Math.min(width, height)
  const [wide, tall] = [Math.floor((width * SIZE) / short), Math.floor((height * SIZE) / short)]
  return sharp(bytes)
    .resize(wide, tall, { kernel: 'cubic', fit: 'fill', fastShrinkOnLoad: false })
    .extract({ left: (wide - SIZE) >> 1, top: (tall - SIZE) >> 1, width: SIZE, height: SIZE })
    .removeAlpha()
    .raw()
    .toBuffer()
}
