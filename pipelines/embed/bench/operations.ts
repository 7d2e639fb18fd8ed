import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OnnxGraph } from '@promptloom/clip/synthetic/onnx-graph'
import { RandomWeights } from '@promptloom/clip/synthetic/random-weights'
import { z } from 'zod'
import { timed } from '../../measurement/timing.ts'
import { BareRuntime } from './bare-runtime.ts'

const tower = z.object({ hidden_size: z.number(), num_hidden_layers: z.number(), intermediate_size: z.number() })
const schema = z.object({
  projection_dim: z.number(),
  text_config: tower,
  vision_config: tower.extend({ image_size: z.number(), patch_size: z.number() }),
})

/** Floating-point operations of a model's towers, counted as two for each multiplication with its addition. */
export interface Operations {
  text(tokens: number): number
  readonly image: number
}

/** Counts the operations of CLIP's towers by the sizes in config.json; undefined where it doesn't name them all. */
export async function countOperations(model: string): Promise<Operations | undefined> {
  const parsed = schema.safeParse(JSON.parse(await readFile(join(model, 'config.json'), 'utf8')))
  if (!parsed.success) return undefined
  const { text_config: text, vision_config: vision, projection_dim: dimension } = parsed.data
  const patches = (vision.image_size / vision.patch_size) ** 2
  const embedPatches = 2 * patches * vision.hidden_size * 3 * vision.patch_size ** 2
  return {
    text: (tokens) => layers(text, tokens) + 2 * text.hidden_size * dimension,
    image: layers(vision, patches + 1) + embedPatches + 2 * vision.hidden_size * dimension,
  }
}

function layers(
  { hidden_size: width, num_hidden_layers, intermediate_size }: z.infer<typeof tower>,
  tokens: number,
): number {
  const linear = 2 * tokens * width * (4 * width + 2 * intermediate_size)
  return num_hidden_layers * (linear + 4 * tokens ** 2 * width)
}

/** Sizes of products in a CLIP tower of width 512 and 768: rows, inner, columns. */
const PRODUCTS = [
  [1184, 512, 2048],
  [1184, 2048, 512],
  [1600, 768, 3072],
] as const
/** Products of each size that a worker multiplies in a round: a few tenths of a second. */
const REPEATS = 4

/**
 * The library's own matrix-multiply peak on this machine with all workers busy, in operations a processor second: the
 * best of a few sizes of product, each over as much work as the rounds of the benchmark ask for.
 */
export async function measurePeak(workers: number, rounds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'promptloom-peak-'))
  const found: number[] = []
  for (const [rows, inner, columns] of PRODUCTS) {
    const graph = new OnnxGraph('product')
    const weights = new RandomWeights(1)
    const left = graph.input('left', 'float', [rows, inner])
    const right = graph.constant(weights.values(inner * columns, 1), [inner, columns])
    graph.node('ReduceMax', [graph.node('MatMul', [left, right])], { keepdims: 0 }, 'most')
    graph.output('most', [])
    const path = join(folder, `${rows}-${inner}-${columns}.onnx`)
    await graph.save(path)
    await using runtime = await BareRuntime.open(path, workers)
    const tensor = { type: 'float32', data: weights.values(rows * inner, 1), dims: [rows, inner] } as const
    const tensors = Array.from({ length: REPEATS * rounds * workers }, () => tensor)
    await runtime.run(tensors.slice(0, workers))
    const { processorSeconds } = await timed(() => runtime.run(tensors))
    found.push((2 * rows * inner * columns * tensors.length) / processorSeconds)
  }
  return Math.max(...found)
}
