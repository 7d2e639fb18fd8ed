import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Graph, type SessionOptions, type TokenRows } from './graph.ts'
import { OnnxGraph } from './synthetic/onnx-graph.ts'

const CPU: SessionOptions = { device: 'cpu', deviceId: 0, threads: 1 }
/** ONNX's number of float32, as `Cast` takes it. */
const FLOAT = 1
const TEXT_INPUTS = ['input_ids', 'attention_mask', 'position_ids', 'token_type_ids']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-graph-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A graph that a test draws, opened for the time of the test. */
async function drawn(name: string, draw: (graph: OnnxGraph) => void) {
  const graph = new OnnxGraph(name)
  draw(graph)
  const path = join(folder, `${name}.onnx`)
  await graph.save(path)
  const open = await Graph.open(path, CPU)
  return { text: open.text.bind(open), image: open.image.bind(open), [Symbol.asyncDispose]: () => open.close() }
}

/** The mean of each row of integers of the shape `rows × tokens`. */
function meanOf(graph: OnnxGraph, input: string): string {
  const floats = graph.node('Cast', [input], { to: FLOAT })
  const places = graph.node('Cast', [graph.node('Shape', [input])], { to: FLOAT })
  const width = graph.node('Gather', [places, graph.integers(1)], { axis: 0 })
  return graph.node('Div', [graph.node('ReduceSum', [floats, graph.integers(1)], { keepdims: 1 }), width])
}

/** Gives back what it was fed: the mean of each input's row, and a last number of 1 to tell their size by. */
const echo = (inputs: readonly string[], output: string) => (graph: OnnxGraph) => {
  const fed = inputs.map((name) => graph.input(name, 'int64', ['rows', 'tokens']))
  const means = fed.map((name) => meanOf(graph, name))
  const one = graph.node('Add', [graph.node('Mul', [means[0] as string, graph.scalar(0)]), graph.scalar(1)])
  graph.node('Concat', [...means, one], { axis: 1 }, output)
  graph.output(output, ['rows', inputs.length + 1])
}

const tokenRows = (...rows: number[][]): TokenRows => {
  const length = Math.max(...rows.map((row) => row.length))
  const ids = new Int32Array(rows.length * length)
  rows.forEach((row, at) => {
    ids.set(row, at * length)
  })
  return { ids, lengths: Int32Array.from(rows, (row) => row.length), length }
}

/** The numbers before they were brought to unit length: the last of a row was 1. */
function undone(vectors: Float32Array, width: number): number[][] {
  return Array.from({ length: vectors.length / width }, (_, row) => {
    const vector = vectors.subarray(row * width, (row + 1) * width)
    return [...vector].map((value) => Number((value / (vector[width - 1] as number)).toFixed(3))).slice(0, -1)
  })
}

describe('a text graph', () => {
  it('is fed by the names of its inputs: ids, mask up to each row’s length, places, and types of nought', async () => {
    await using graph = await drawn('four', echo(TEXT_INPUTS, 'text_embeds'))
    const vectors = await graph.text(tokenRows([4, 8, 12, 16], [6, 2]))
    expect(undone(vectors, 5)).toEqual([
      [10, 1, 1.5, 0],
      [2, 0.5, 1.5, 0],
    ])
  })

  it.each(TEXT_INPUTS)('may have %s alone', async (name) => {
    await using graph = await drawn(`only-${name}`, echo([name], 'text_embeds'))
    const expected = { input_ids: 9, attention_mask: 1, position_ids: 0.5, token_type_ids: 0 }[name]
    expect(undone(await graph.text(tokenRows([8, 10])), 2)).toEqual([[expected]])
  })

  it('has vectors of unit length, whatever comes out of it', async () => {
    await using graph = await drawn('length', echo(['input_ids'], 'text_embeds'))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 49_407 }), { minLength: 1, maxLength: 9 }), {
          minLength: 1,
          maxLength: 6,
        }),
        async (rows) => {
          const vectors = await graph.text(tokenRows(...rows))
          expect(vectors).toHaveLength(2 * rows.length)
          for (let at = 0; at < vectors.length; at += 2) {
            expect(Math.hypot(vectors[at] as number, vectors[at + 1] as number)).toBeCloseTo(1, 5)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('is told by a row’s own length where padding begins, in every row', async () => {
    await using graph = await drawn('mask', echo(['attention_mask'], 'text_embeds'))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }), async (lengths) => {
        const longest = Math.max(...lengths)
        const vectors = await graph.text(tokenRows(...lengths.map((length) => new Array(length).fill(7))))
        const expected = lengths.map((length) => [Number((length / longest).toFixed(3))])
        expect(undone(vectors, 2)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })
})

describe('a picture graph', () => {
  const means =
    (output: string, more: (graph: OnnxGraph) => void = () => {}) =>
    (graph: OnnxGraph) => {
      graph.input('pixel_values', 'float', ['rows', 3, 'height', 'width'])
      more(graph)
      graph.node('ReduceMean', ['pixel_values'], { axes: [2, 3], keepdims: 0 }, output)
      graph.output(output, ['rows', 3])
    }

  it('gets the pixels as they are, channel by channel', async () => {
    await using graph = await drawn('channels', means('image_embeds'))
    const values = Float32Array.of(3, 3, 0, 0, 4, 4, 1, 1, 2, 2, 2, 2)
    const vectors = await graph.image({ values, rows: 2, height: 1, width: 2 })
    expect([...vectors].map((value) => Number(value.toFixed(3)))).toEqual([0.6, 0, 0.8, 0.333, 0.667, 0.667])
  })

  it('gets a text of one token where it wants words too, as joint graphs do', async () => {
    await using graph = await drawn(
      'joint-image',
      means('image_embeds', (graph) => {
        for (const name of ['input_ids', 'attention_mask']) graph.input(name, 'int64', ['texts', 'tokens'])
      }),
    )
    const vectors = await graph.image({ values: Float32Array.of(0, 5, 0), rows: 1, height: 1, width: 1 })
    expect([...vectors]).toEqual([0, 1, 0])
  })

  it('asked for words gets an empty picture, of the size that it names or else 224', async () => {
    for (const [name, size, sides] of [
      ['fixed', 16, 32],
      ['free', 'side', 448],
    ] as const) {
      await using graph = await drawn(`joint-${name}`, (graph) => {
        graph.input('pixel_values', 'float', ['pictures', 3, size, size])
        graph.input('input_ids', 'int64', ['rows', 'tokens'])
        const shape = graph.node('Cast', [graph.node('Shape', ['pixel_values'])], { to: FLOAT })
        const side = graph.node('ReduceSum', [graph.node('Gather', [shape, graph.integers(2, 3)]), graph.integers(0)], {
          keepdims: 1,
        })
        const sum = graph.node('ReduceSum', ['pixel_values'], { keepdims: 0 })
        const mean = meanOf(graph, 'input_ids')
        const sized = graph.node('Add', [graph.node('Mul', [mean, graph.scalar(0)]), graph.node('Add', [side, sum])])
        const one = graph.node('Add', [graph.node('Mul', [mean, graph.scalar(0)]), graph.scalar(1)])
        graph.node('Concat', [sized, one], { axis: 1 }, 'text_embeds')
        graph.output('text_embeds', ['rows', 2])
      })
      const [[told] = []] = undone(await graph.text(tokenRows([5], [6])), 2)
      expect(Math.round(told as number)).toBe(sides)
    }
  })
})

describe('the output of a graph', () => {
  const twoOutputs =
    (...names: [string, string]) =>
    (graph: OnnxGraph) => {
      const mean = meanOf(graph, graph.input('input_ids', 'int64', ['rows', 'tokens']))
      names.forEach((name, at) => {
        const one = graph.node('Add', [graph.node('Mul', [mean, graph.scalar(0)]), graph.scalar(1)])
        graph.node('Concat', at === 0 ? [mean, one] : [one, mean], { axis: 1 }, name)
        graph.output(name, ['rows', 2])
      })
    }

  it('is that of its role, wherever it stands', async () => {
    await using first = await drawn('role-first', twoOutputs('text_embeds', 'image_embeds'))
    await using second = await drawn('role-second', twoOutputs('image_embeds', 'text_embeds'))
    const rows = tokenRows([0])
    expect([...(await first.text(rows))]).toEqual([0, 1])
    expect([...(await second.text(rows))]).toEqual([1, 0])
  })

  it('may have any name where it is the only one', async () => {
    await using graph = await drawn('any-name', echo(['input_ids'], 'sentence_vector'))
    expect(undone(await graph.text(tokenRows([3])), 2)).toEqual([[3]])
  })

  it('is asked for by name where there are several of other names', async () => {
    await using graph = await drawn('no-role', twoOutputs('last_hidden_state', 'pooler_output'))
    await expect(graph.text(tokenRows([3]))).rejects.toMatchObject({
      name: 'ModelDirectoryError',
      message: expect.stringMatching(
        /^The text graph has the outputs last_hidden_state, pooler_output, and no text_embeds; run "promptloom model pull"/,
      ),
    })
  })

  it.each<[string, readonly number[], string]>([
    ['has a token axis', [2, 1, 2], '2 × 1 × 2'],
    ['has no row axis', [4], '4'],
    ['has another number of rows', [1, 4], '1 × 4'],
  ])('that %s is refused by its shape', async (name, shape, told) => {
    await using graph = await drawn(`shape-${name.replaceAll(' ', '-')}`, (graph) => {
      const mean = meanOf(graph, graph.input('input_ids', 'int64', ['rows', 'tokens']))
      const pair = graph.node('Concat', [mean, mean], { axis: 1 })
      graph.node('Reshape', [pair, graph.integers(...shape)], {}, 'text_embeds')
      graph.output('text_embeds', shape)
    })
    await expect(graph.text(tokenRows([1], [2]))).rejects.toMatchObject({
      name: 'InferenceError',
      exitCode: 1,
      message: `The graph's text_embeds has the shape ${told}, not 2 × dimension.`,
    })
  })
})

describe('opening a graph', () => {
  it.each<[string, string | undefined]>([
    ['is not there', undefined],
    ['is empty', ''],
    ['is a page that a hub answered', '<html>Not found</html>'],
    ['is a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'],
  ])('on the CPU, a file that %s is the fault of the directory', async (name, text) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.onnx`)
    if (text !== undefined) await writeFile(path, text)
    await expect(Graph.open(path, CPU)).rejects.toMatchObject({
      name: 'ModelDirectoryError',
      exitCode: 2,
      message: expect.stringContaining(`${path} can't be opened as an ONNX graph (`),
      cause: expect.any(Error),
    })
  })

  it('on a device that this machine lacks fails, and never falls back', async () => {
    const path = join(folder, 'fine.onnx')
    const graph = new OnnxGraph('fine')
    echo(['input_ids'], 'text_embeds')(graph)
    await graph.save(path)
    const absent = process.platform === 'darwin' ? 'dml' : 'coreml'
    await expect(Graph.open(path, { ...CPU, device: absent })).rejects.toThrow()
  })
})
